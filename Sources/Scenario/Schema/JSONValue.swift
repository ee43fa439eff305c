// Just enough JSON to write a schema with its keys in order.

import Foundation

/// A JSON document, as far as schemas need it.
package indirect enum JSONValue: Encodable, Sendable, Hashable {
    case text(String)
    case number(Double)
    case flag(Bool)
    case list([JSONValue])
    case object([String: JSONValue])

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number):
            try number == number.rounded() ? container.encode(Int64(number)) : container.encode(number)
        case .flag(let flag): try container.encode(flag)
        case .list(let list): try container.encode(list)
        case .object(let object): try container.encode(object)
        }
    }

    /// Indented, keys sorted: the same schema is the same text.
    package var formatted: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = (try? encoder.encode(self)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    package static func texts(_ texts: [String]) -> JSONValue { .list(texts.map { .text($0) }) }

    /// A string that matches `pattern`.
    package static func pattern(_ pattern: String) -> JSONValue {
        .object(["type": .text("string"), "pattern": .text(pattern)])
    }

    package static func anyOf(_ choices: [JSONValue]) -> JSONValue {
        choices.count == 1 ? choices[0] : .object(["anyOf": .list(choices)])
    }

    package static func listOf(_ items: JSONValue) -> JSONValue { .object(["type": .text("array"), "items": items]) }

    package static func reference(_ name: String) -> JSONValue { .object(["$ref": .text(definitions + name)]) }

    /// The same with references to what stands elsewhere in a document.
    func referring(to place: String) -> JSONValue {
        switch self {
        case .text(let text) where text.hasPrefix(Self.definitions):
            .text(place + text.dropFirst(Self.definitions.count))
        case .list(let list): .list(list.map { $0.referring(to: place) })
        case .object(let object): .object(object.mapValues { $0.referring(to: place) })
        case .text, .number, .flag: self
        }
    }

    private static let definitions = "#/$defs/"

    /// The same with a description, for editors.
    package func described(_ help: String) -> JSONValue {
        guard case .object(var object) = self, !help.isEmpty else { return self }
        object["description"] = .text(help)
        return .object(object)
    }
}
