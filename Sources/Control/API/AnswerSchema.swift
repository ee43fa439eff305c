// The schema of an answer, from the type that is encoded: a decoder that knows nothing, lets the type ask for what it wants,
// and writes down what that was. So the document cannot differ from what is sent.

import Foundation
import Observation
import Scenario

enum AnswerSchema {
    /// The JSON Schema of what `type` is encoded as.
    static func of<Answer: Decodable>(_ type: Answer.Type) -> JSONValue { sketch(type).schema }

    /// Types that say more in JSON than they ask for.
    private static func known(_ type: Any.Type) -> (schema: JSONValue, sample: Any)? {
        switch type {
        case is String.Type: (.object(["type": .text("string")]), "")
        case is Bool.Type: (.object(["type": .text("boolean")]), false)
        case is Double.Type: (.object(["type": .text("number")]), 0.0)
        case is Int.Type: (.object(["type": .text("integer")]), 0)
        case is UInt64.Type: (.object(["type": .text("integer"), "minimum": .number(0)]), UInt64(0))
        case is Date.Type: (.object(["type": .text("string"), "format": .text("date-time")]), Date())
        default: nil
        }
    }

    /// What a type asks for, and a value of it where one can be made of nothing.
    static func sketch<Value: Decodable>(_ type: Value.Type) -> (schema: JSONValue, sample: Value?) {
        if let known = known(type) { return (known.schema, known.sample as? Value) }
        // Its layout is documented with the reports of runs.
        if type is RunReport.Type { return (.object(["type": .text("object")]), nil) }
        let sketch = Sketch()
        let sample = try? Value(from: SketchDecoder(sketch: sketch))
        return (sketch.schema, sample)
    }
}

/// What was asked for so far.
private final class Sketch {
    var properties: [String: JSONValue] = [:]
    var required: [String] = []
    /// Keys that the type asked after before it asked for them.
    var optional: Set<String> = []
    var items: JSONValue?

    var schema: JSONValue {
        if let items { return .object(["type": .text("array"), "items": items]) }
        return .object([
            "type": .text("object"), "properties": .object(properties), "required": .texts(required.sorted()),
        ])
    }
}

/// A type whose value cannot be made of nothing: what holds it is sketched up to there.
private struct NoSample: Error {}

private struct SketchDecoder: Decoder {
    let sketch: Sketch
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(SketchKeys<Key>(sketch: sketch))
    }
    func unkeyedContainer() -> any UnkeyedDecodingContainer { SketchItems(sketch: sketch) }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw NoSample() }
}

private struct SketchKeys<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let sketch: Sketch
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool {
        sketch.optional.insert(key.stringValue)
        return true
    }

    func decodeNil(forKey key: Key) -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        let found = AnswerSchema.sketch(type)
        sketch.properties[key.stringValue] = found.schema
        if !sketch.optional.contains(key.stringValue) { sketch.required.append(key.stringValue) }
        guard let sample = found.sample else { throw NoSample() }
        return sample
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) -> Value? {
        sketch.properties[key.stringValue] = AnswerSchema.sketch(type).schema
        return nil
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw NoSample() }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw NoSample() }
    func superDecoder() throws -> any Decoder { throw NoSample() }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw NoSample() }
}

private struct SketchItems: UnkeyedDecodingContainer {
    let sketch: Sketch
    var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var count: Int? { 1 }
    var isAtEnd: Bool { currentIndex > 0 }

    mutating func decodeNil() -> Bool { false }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        currentIndex += 1
        let found = AnswerSchema.sketch(type)
        sketch.items = found.schema
        guard let sample = found.sample else { throw NoSample() }
        return sample
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { throw NoSample() }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { throw NoSample() }
    mutating func superDecoder() throws -> any Decoder { throw NoSample() }
}
