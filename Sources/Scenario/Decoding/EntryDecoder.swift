// One fault entry by itself: a rule given by hand, against services that are open. The grammar is that of an entry of a
// phase; its time to live takes the place of the phase.

import Units

/// What became of an entry's text.
package struct DecodedEntry: Sendable {
    /// nil when there is an error. Its name is empty when the text gives none.
    package let entry: FaultEntry?
    /// By position; warnings among errors.
    package let diagnostics: [Diagnostic]
}

extension ScenarioDecoder {
    /// Decodes an entry, YAML or JSON. `services` and `zones` are those that it may speak of, `entries` those that its
    /// `when` may.
    package static func decodeEntry(
        text: String, fileName: String, catalogue: Catalogue, services: [Service], zones: [String],
        entries: Set<String> = []
    ) -> DecodedEntry {
        let decoding = Decoding(text, fileName: fileName, catalogue: catalogue, environment: nil, reader: nil)
        var world = ScenarioFile()
        world.services = services
        world.zones = zones.map { Zone(name: $0) }
        decoding.declare(world)
        decoding.names.entries = entries
        let entry = decoding.root().flatMap { decoding.entryByHand($0) }
        decoding.checkReferences()
        return DecodedEntry(
            entry: decoding.hasErrors ? nil : entry, diagnostics: decoding.diagnostics.sorted { $0.isBefore($1) })
    }
}

extension Decoding {
    fileprivate func entryByHand(_ node: YAMLNode) -> FaultEntry? {
        var entry = entry(node, 0, Phase(name: "", length: .zero))
        if node["name"] == nil { entry?.name = "" }
        return entry
    }
}

extension Diagnostic {
    func isBefore(_ other: Diagnostic) -> Bool {
        (position.line, position.column) < (other.position.line, other.position.column)
    }
}
