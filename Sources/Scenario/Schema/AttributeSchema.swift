// Schemas of quantities and of the attributes of faults.

enum AttributeSchema {
    /// The written forms of quantities, as definitions.
    static let quantities: [String: JSONValue] = [
        "duration": .pattern(#"^([0-9]+(\.[0-9]+)?(d|h|m|s|ms|us|ns))+$"#),
        "percentage": .pattern(#"^[0-9]+(\.[0-9]+)?%$"#),
        "byteCount": .pattern(#"^[0-9]+(\.[0-9]+)?(B|[KMGT]i?B)$"#),
        "byteRate": .pattern(#"^[0-9]+(\.[0-9]+)?(B|[KMGT]i?B)/s$"#),
        "eventRate": .pattern(#"^[0-9]+(\.[0-9]+)?/s$"#),
        "number": .object(["type": .text("number")]),
        "ramp": .pattern("^[^>]+->[^>]+$"),
        "address": .object(["type": .texts(["string"]), "description": .text("host:port or unix:/path")]),
        "condition": .object([
            "type": .text("string"), "description": .text("payments.success >= 95% over 30s, az-a is dark, …"),
        ]),
    ]

    static func schema(_ attribute: AttributeDeclaration) -> JSONValue {
        schema(attribute.shape, mayMove: attribute.mayMove)
    }

    /// A quantity that may move.
    static func moving(_ quantity: String) -> JSONValue {
        .anyOf([.reference(quantity), .reference("ramp")] + forms(.reference(quantity)))
    }

    /// The maps of a moving quantity.
    private static func forms(_ value: JSONValue) -> [JSONValue] {
        [MovingDecoder.ramp, MovingDecoder.wave, MovingDecoder.flap, MovingDecoder.steps].map { table in
            let properties = table.keys.map { key in (key.name, property(key, value).described(key.help)) }
            return .object([
                "type": .text("object"),
                "properties": .object(Dictionary(uniqueKeysWithValues: properties)),
                "required": .texts(table.keys.filter(\.isRequired).map(\.name).sorted()),
                "additionalProperties": .flag(false),
            ])
        }
    }

    private static func property(_ key: Key, _ value: JSONValue) -> JSONValue {
        switch key.shape {
        case .word(let words): .object(["enum": .texts(words)])
        case .duration: .reference("duration")
        case .list: .listOf(value)
        default: value
        }
    }

    private static func quantity(_ name: String, _ mayMove: Bool) -> JSONValue {
        mayMove ? moving(name) : .reference(name)
    }

    private static func schema(_ shape: AttributeShape, mayMove: Bool) -> JSONValue {
        switch shape {
        case .duration: quantity("duration", mayMove)
        case .percentage: quantity("percentage", mayMove)
        case .byteCount: quantity("byteCount", mayMove)
        case .byteRate: quantity("byteRate", mayMove)
        case .eventRate: quantity("eventRate", mayMove)
        case .number, .integer: quantity("number", mayMove)
        case .boolean: .object(["type": .text("boolean")])
        case .text, .file: .object(["type": .texts(["string", "number"])])
        case .word(let words): .object(["enum": .texts(words)])
        case .either(let words, let shape): .anyOf([.object(["enum": .texts(words)]), schema(shape, mayMove: mayMove)])
        case .amount: .anyOf([quantity("percentage", mayMove), quantity("byteCount", mayMove)])
        case .extent: .anyOf([quantity("duration", mayMove), quantity("byteCount", mayMove)])
        case .durationWithJitter: .anyOf([quantity("duration", mayMove), .pattern(#"^[^+]+\+-[^+]+$"#)])
        case .quantiles: map(quantity("duration", mayMove), names: "^(p[0-9]{1,6}|max)$")
        case .headers: map(.object(["type": .texts(["string", "number"])]), names: nil)
        case .statuses:
            .anyOf([
                .object(["type": .text("integer"), "minimum": .number(100), "maximum": .number(599)]),
                map(.reference("percentage"), names: "^[1-5][0-9]{2}$"),
            ])
        case .group(let shapes):
            .object([
                "type": .text("object"),
                "properties": .object(shapes.mapValues { schema($0, mayMove: mayMove) }),
                "additionalProperties": .flag(false),
            ])
        case .form(let attributes, let shorthand): form(attributes, shorthand)
        case .list(let shape): .anyOf([schema(shape, mayMove: mayMove), .listOf(schema(shape, mayMove: mayMove))])
        }
    }

    /// The bare value, or the attributes.
    private static func form(_ attributes: [AttributeDeclaration], _ shorthand: String) -> JSONValue {
        let properties = attributes.map { ($0.name, schema($0).described($0.help)) }
        let object = JSONValue.object([
            "type": .text("object"), "properties": .object(Dictionary(uniqueKeysWithValues: properties)),
            "additionalProperties": .flag(false),
        ])
        return .anyOf(attributes.filter { $0.name == shorthand }.map(schema) + [object])
    }

    private static func map(_ value: JSONValue, names: String?) -> JSONValue {
        var object: [String: JSONValue] = ["type": .text("object"), "additionalProperties": value]
        if let names { object["propertyNames"] = .object(["pattern": .text(names)]) }
        return .object(object)
    }
}
