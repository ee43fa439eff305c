// One mapping of the file against its table of keys: unknown keys are reported with the nearest known one, missing ones
// with what they mean. Afterwards a rule asks for its keys by name.

/// A mapping whose keys were checked.
struct Fields {
    let node: YAMLNode
    private let values: [String: YAMLNode]
    private let keyPositions: [String: Position]

    /// Checks `node` against `table`; keys for which `admits` says yes are nobody's business here.
    init?(_ node: YAMLNode, _ table: KeyTable, _ decoding: Decoding, admits: (String) -> Bool = { _ in false }) {
        guard let pairs = node.pairs else {
            decoding.error(
                node, "expected \(table.title), a mapping, and found \(node.kind)",
                help: "its keys: \(table.names.joined(separator: ", "))")
            return nil
        }
        self.node = node
        var values: [String: YAMLNode] = [:]
        var positions: [String: Position] = [:]
        for pair in pairs {
            positions[pair.key] = pair.position
            if table.names.contains(pair.key) {
                if pair.value.isEmpty { decoding.reportEmpty(pair) } else { values[pair.key] = pair.value }
            } else if !admits(pair.key) {
                decoding.reportUnknown(pair, table)
            }
        }
        (self.values, keyPositions) = (values, positions)
        for key in table.keys where key.isRequired && positions[key.name] == nil {
            decoding.error(node.position, "\(table.title) needs `\(key.name)`", help: "\(key.name): \(key.help)")
        }
    }

    subscript(key: String) -> YAMLNode? { values[key] }

    /// Where a key was written.
    func position(of key: String) -> Position { keyPositions[key] ?? node.position }
}

extension Decoding {
    fileprivate func reportEmpty(_ pair: YAMLPair) {
        error(
            pair.position, "nothing is written behind `\(pair.key)`", offending: pair.key,
            help: "give it a value, or leave the key out")
    }

    func reportUnknown(_ pair: YAMLPair, _ table: KeyTable, more: [String] = []) {
        error(
            pair.position, "\(table.title) has no key `\(pair.key)`", offending: pair.key,
            help: Self.booleanKey(pair.key, table) ?? Self.mergeKey(pair.key)
                ?? Suggestion.help(for: pair.key, among: table.names + more, of: "its keys"))
    }

    private static func mergeKey(_ key: String) -> String? {
        key == "<<" ? "merge keys are not part of the language: write the keys out" : nil
    }

    /// Keys that YAML 1.1 reads as booleans, and what was probably meant.
    private static func booleanKey(_ key: String, _ table: KeyTable) -> String? {
        guard ["on", "off", "yes", "no", "y", "n"].contains(key.lowercased()) else { return nil }
        let meant = ["service", "when", "in", "to", "optional", "mark"].filter(table.names.contains).prefix(2)
        let hint = meant.isEmpty ? "" : "; did you mean \(meant.map { "\"\($0)\"" }.joined(separator: " or "))?"
        return "YAML 1.1 reads `\(key)` as a boolean, so no key is called that\(hint)"
    }
}
