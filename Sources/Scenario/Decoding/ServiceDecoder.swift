// A service that stands alone: what the control plane is given. The same rules and words as in a file; places count from
// the beginning of the part.

extension ScenarioDecoder {
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
