// The JSON Schema (draft 2020-12) of scenario files, for editors. It is made from the tables that decode the file and
// from the catalogue's declarations, so it cannot know another language than the decoder; it is only less strict.

/// The schema of scenario files.
package enum ScenarioSchema {
    /// The schema as JSON text.
    package static func json(catalogue: Catalogue) -> String {
        var root = object(Keys.scenario)
        root["$schema"] = .text("https://json-schema.org/draft/2020-12/schema")
        root["title"] = .text("Brownout scenario")
        root["$defs"] = .object(definitions(catalogue))
        return JSONValue.object(root).formatted
    }

    /// What an API takes singly, `service` and `faultEntry`, with all that they refer to, at `place` in its document.
    package static func parts(catalogue: Catalogue, at place: String) -> [String: JSONValue] {
        var parts = definitions(catalogue)
        parts["phase"] = nil
        parts["service"] = .object(object(Keys.service))
        return parts.mapValues { $0.referring(to: place) }
    }

    private static func definitions(_ catalogue: Catalogue) -> [String: JSONValue] {
        var definitions = AttributeSchema.quantities
        definitions["phase"] = .object(object(Keys.phase))
        definitions["faultEntry"] = .object(entry(catalogue))
        for fault in catalogue.faults { definitions["fault.\(fault.name)"] = self.fault(fault) }
        return definitions
    }

    private static func object(_ table: KeyTable) -> [String: JSONValue] {
        let properties = table.keys.map { ($0.name, schema($0.shape).described($0.help)) }
        return [
            "type": .text("object"),
            "properties": .object(Dictionary(uniqueKeysWithValues: properties)),
            "required": .texts(table.keys.filter(\.isRequired).map(\.name).sorted()),
            "additionalProperties": .flag(false),
        ]
    }

    /// Selectors and exactly one fault.
    private static func entry(_ catalogue: Catalogue) -> [String: JSONValue] {
        var entry = object(Keys.entry)
        guard case .object(var properties) = entry["properties"] else { return entry }
        for fault in catalogue.faults { properties[fault.name] = .reference("fault.\(fault.name)") }
        entry["properties"] = .object(properties)
        entry["oneOf"] = .list(catalogue.faults.map { .object(["required": .texts([$0.name])]) })
        return entry
    }

    /// Nothing, the shorthand's value, or attributes.
    private static func fault(_ fault: FaultDeclaration) -> JSONValue {
        let attributes = fault.attributes.map { attribute in
            (attribute.name, AttributeSchema.schema(attribute).described(attribute.help))
        }
        let object: [String: JSONValue] = [
            "type": .text("object"),
            "properties": .object(Dictionary(attributes) { first, _ in first }),
            "required": .texts(fault.attributes.filter(\.isRequired).map(\.name).sorted()),
            "additionalProperties": .flag(false),
        ]
        let needsNothing = !fault.attributes.contains(where: \.isRequired)
        let nothing: [JSONValue] = needsNothing ? [.object(["type": .text("null")])] : []
        let bare = fault.shorthand.flatMap { fault[$0] }.map { [AttributeSchema.schema($0)] } ?? []
        return JSONValue.anyOf(nothing + bare + [.object(object)]).described(fault.summary)
    }

    private static func schema(_ shape: KeyShape) -> JSONValue {
        switch shape {
        case .version: .object(["const": .number(1)])
        case .text: .object(["type": .texts(["string", "number"])])
        case .word(let words): .object(["enum": .texts(words)])
        case .boolean: .object(["type": .text("boolean")])
        case .count(let least): .object(["type": .text("integer"), "minimum": .number(Double(least))])
        case .duration: .reference("duration")
        case .percentage: .reference("percentage")
        case .share: AttributeSchema.moving("percentage")
        case .byteCount: .reference("byteCount")
        case .address: .reference("address")
        case .condition: .reference("condition")
        case .list(let item): .listOf(schema(item))
        case .oneOrMore(let item): .anyOf([schema(item), .listOf(schema(item))])
        case .named(let value): .object(["type": .text("object"), "additionalProperties": schema(value)])
        case .mapping(let table): .object(object(table))
        case .either(let shapes): .anyOf(shapes.map(schema))
        case .reference(let name): .reference(name)
        }
    }
}
