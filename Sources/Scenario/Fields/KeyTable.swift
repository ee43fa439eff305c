// The keys of each mapping of the language, declared once: decoding refuses every other key, and the JSON Schema for
// editors is made from the same tables.

/// The keys that one kind of mapping may have.
struct KeyTable: Sendable {
    /// What the mapping is, with its article: `a service`.
    let title: String
    let keys: [Key]

    var names: [String] { keys.map(\.name) }
}

/// One key of a mapping.
struct Key: Sendable {
    let name: String
    let shape: KeyShape
    let help: String
    let isRequired: Bool

    init(_ name: String, _ shape: KeyShape, _ help: String, required: Bool = false) {
        self.name = name
        self.shape = shape
        self.help = help
        isRequired = required
    }
}

/// What may be written behind a key; the schema's half of a decoder.
indirect enum KeyShape: Sendable {
    case version
    case text
    case word([String])
    case boolean
    case count(least: Int)
    case duration
    case percentage
    /// A percentage that may move.
    case share
    case byteCount
    /// `host:port`, a bare port where something listens, or `unix:/path`.
    case address
    case condition
    case list(KeyShape)
    /// One, or a list of them.
    case oneOrMore(KeyShape)
    /// A mapping with names of the user's choice.
    case named(KeyShape)
    case mapping(KeyTable)
    case either([KeyShape])
    /// A definition of the schema that refers to itself: `phase`, `faultEntry`.
    case reference(String)
}
