// Parts of a file that stand alone: what the control plane is given. The same rules and words as in a file; places count
// from the beginning of the part.

package import Units

extension ScenarioDecoder {
    /// Decodes one fault entry, to be live for `length` at most, against the services and zones of `environment`. `name` is
    /// nil where the entry gives itself none.
    package static func decodeEntry(
        text: String, length: TimeSpan, fileName: String, catalogue: Catalogue, environment: ScenarioFile
    ) -> (entry: FaultEntry?, name: String?, diagnostics: [Diagnostic]) {
        let decoding = Decoding(
            text, fileName: fileName, catalogue: catalogue, environment: environment, reader: nil)
        guard let root = decoding.root() else { return (nil, nil, decoding.diagnostics) }
        decoding.declare(environment)
        let entry = decoding.entry(root, 0, Phase(name: "by hand", length: length))
        decoding.checkReferences()
        return (decoding.hasErrors ? nil : entry, root["name"]?.text, decoding.diagnostics)
    }

    /// Decodes one service, as it stands behind its name in a file.
    package static func decodeService(
        name: String, text: String, fileName: String
    ) -> (service: Service?, diagnostics: [Diagnostic]) {
        let decoding = Decoding(
            text, fileName: fileName, catalogue: Catalogue(faults: []), environment: nil, reader: nil)
        let start = Position(line: 1, column: 1)
        let service = decoding.root().flatMap { decoding.service(YAMLPair(key: name, position: start, value: $0)) }
        if let service { decoding.checkPreferences(of: service, at: start) }
        return (decoding.hasErrors ? nil : service, decoding.diagnostics)
    }
}

extension Decoding {
    /// Preferred zones that no endpoint is in.
    fileprivate func checkPreferences(of service: Service, at position: Position) {
        let zones = Set(service.endpoints.compactMap(\.zone))
        for zone in service.prefer where !zones.contains(zone) {
            error(
                position, "no endpoint of \(service.name) is in the zone \"\(zone)\"", offending: zone,
                help: Suggestion.help(for: zone, among: zones.sorted(), of: "its zones"))
        }
    }
}
