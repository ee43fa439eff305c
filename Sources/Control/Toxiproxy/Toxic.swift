// A toxic as its clients know it, and how it is read from a request. Nothing is changed while a body is read: a toxic that
// cannot be leaves everything as it was.

package import Scenario

/// One toxic of a proxy.
package struct Toxic: Sendable, Hashable {
    /// Unique in its proxy, over both streams.
    package let name: String
    package let kind: ToxicKind
    /// As sent, in whatever case.
    package let stream: String
    package let direction: FaultEntry.Direction
    /// The share of connections that it acts on.
    package private(set) var toxicity: Double
    package private(set) var attributes = ToxicAttributes()

    /// Reads a new toxic, which must not have one of the names `taken`. What is asked first: body, stream, type, name,
    /// attributes.
    init(_ input: JSONInput, taken: Set<String>) throws(ToxiproxyError) {
        let fields = try RequestFields(input)
        let type = try fields.text("type") ?? ""
        let name = try fields.text("name") ?? ""
        stream = try fields.text("stream") ?? FaultEntry.Direction.downstream.rawValue
        toxicity = try fields.number("toxicity") ?? 1
        let attributes = try fields.object("attributes")
        guard let direction = FaultEntry.Direction(rawValue: stream.lowercased()) else { throw .badStream }
        guard let kind = ToxicKind(rawValue: type) else { throw .badType }
        self.direction = direction
        self.kind = kind
        self.name = name.isEmpty ? "\(type)_\(stream)" : name
        try self.name.checkAsToxiproxyName()
        if taken.contains(self.name) { throw .toxicExists }
        try self.attributes.merge(attributes, of: kind)
    }

    /// The toxic with what a request changes: attributes, key by key, and toxicity; nothing else counts.
    func changed(by input: JSONInput) throws(ToxiproxyError) -> Toxic {
        let fields = try RequestFields(input)
        var changed = self
        if let toxicity = try fields.number("toxicity") { changed.toxicity = toxicity }
        try changed.attributes.merge(try fields.object("attributes"), of: kind)
        return changed
    }
}

/// The fields of a request's object, by names in lower case; null is as if it were not there.
struct RequestFields {
    private let input: JSONInput

    init(_ input: JSONInput) throws(ToxiproxyError) {
        guard case .object = input else { throw .badBody("an object is expected") }
        self.input = input
    }

    func text(_ name: String) throws(ToxiproxyError) -> String? {
        guard let value = input[name] else { return nil }
        guard case .text(let text) = value else { throw .badBody("\(name) must be a string") }
        return text
    }

    func flag(_ name: String) throws(ToxiproxyError) -> Bool? {
        guard let value = input[name] else { return nil }
        guard case .flag(let flag) = value else { throw .badBody("\(name) must be true or false") }
        return flag
    }

    func number(_ name: String) throws(ToxiproxyError) -> Double? {
        guard let value = input[name] else { return nil }
        guard let number = value.double, number.isFinite else { throw .badBody("\(name) must be a number") }
        return number
    }

    func object(_ name: String) throws(ToxiproxyError) -> JSONInput? {
        guard let value = input[name] else { return nil }
        guard case .object = value else { throw .badBody("\(name) must be an object") }
        return value
    }

    func list(_ name: String) throws(ToxiproxyError) -> [JSONInput]? {
        guard let value = input[name] else { return nil }
        guard case .list(let values) = value else { throw .badBody("\(name) must be a list") }
        return values
    }
}
