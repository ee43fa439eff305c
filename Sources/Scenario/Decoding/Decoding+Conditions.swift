// Conditions of a file: parsed where they stand, their names checked once all names are known.

extension Decoding {
    func condition(_ node: YAMLNode) -> LocatedCondition? {
        guard let text = text(node, "a condition") else { return nil }
        do {
            let located = LocatedCondition(
                condition: try Condition.parse(text), text: text, position: position(atScalar: 0, in: node))
            conditions.append(located)
            return located
        } catch {
            self.error(
                position(atScalar: error.offset, in: node), "in this condition: \(error.message)",
                offending: error.offending, help: error.help)
            return nil
        }
    }

    /// Checks the names in all conditions of the file.
    func checkReferences() {
        for located in conditions { check(located.condition, located) }
    }

    private func check(_ condition: Condition, _ located: LocatedCondition) {
        switch condition {
        case .and(let terms), .or(let terms): terms.forEach { check($0, located) }
        case .not(let term): check(term, located)
        case .comparison(let comparison): check(comparison.metric, located)
        case .isDark(let zone):
            if !names.zones.contains(zone) { reportUnknown(zone, among: names.zones.sorted(), "zone", located) }
        case .isOver(let phase):
            if names.phases[phase] == nil { reportUnknown(phase, among: names.phases.keys.sorted(), "phase", located) }
        case .backoff(let service, _, _), .breakerOpens(let service, _): check(service: service, located)
        }
    }

    private func check(_ metric: Metric, _ located: LocatedCondition) {
        switch metric {
        case .loopLag: return
        case .injected(let name):
            guard !names.entries.contains(name), names.phases[name] == nil else { return }
            let known = (names.entries.sorted() + names.phases.keys.sorted())
            reportUnknown(name, among: known, "fault entry or phase", located)
        case .service(let service, let zone, _):
            check(service: service, located)
            guard let zone, let zones = names.zonesOfService[service], !zones.contains(zone) else { return }
            reportUnknown(zone, among: zones.sorted(), "zone of \(service)", located)
        }
    }

    private func check(service: String, _ located: LocatedCondition) {
        guard names.services[service] == nil else { return }
        reportUnknown(service, among: names.serviceOrder, "service", located)
    }

    private func reportUnknown(
        _ name: String, among known: @autoclosure () -> [String], _ what: String, _ located: LocatedCondition
    ) {
        let offset = located.text.range(ofScalars: name) ?? 0
        let column = located.position.column + (source.has(located.text, at: located.position) ? offset : 0)
        error(
            Position(line: located.position.line, column: column), "there is no \(what) \"\(name)\"", offending: name,
            help: Suggestion.help(for: name, among: known(), of: "known"))
    }
}
