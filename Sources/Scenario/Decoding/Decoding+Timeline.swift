// Phases: their lengths, their lanes, and what each of them holds.

import Units

extension Decoding {
    /// Lanes within lanes end here; more is not for people.
    private static let deepestLanes = 4
    /// Most phases of a file, and most passes of one phase.
    private static let mostPhases = 10_000

    func timeline(_ node: YAMLNode) -> [Phase] {
        let items = list(node, "timeline")
        declarePhases(items, depth: 0)
        guard names.phases.values.reduce(0, +) <= Self.mostPhases else {
            error(node.position, "a timeline has at most \(Self.mostPhases) phases")
            return []
        }
        return items.compactMap { phase($0, depth: 0) }
    }

    /// Names first: conditions may look ahead.
    private func declarePhases(_ items: [YAMLNode], depth: Int) {
        guard depth <= Self.deepestLanes else { return }
        for item in items {
            if let name = item["phase"]?.text {
                names.phases[name, default: 0] += 1
                declareEntries(item["faults"], name)
            }
            for lane in item["together"]?.items ?? [] { declarePhases(lane.items ?? [lane], depth: depth + 1) }
        }
    }

    private func declareEntries(_ node: YAMLNode?, _ phase: String) {
        for (index, entry) in (node?.items ?? []).enumerated() {
            names.entries.insert(entry["name"]?.text ?? Self.defaultName(phase, index))
        }
    }

    /// `onset/1`: counted from one, as people count.
    static func defaultName(_ phase: String, _ index: Int) -> String { "\(phase)/\(index + 1)" }

    private func phase(_ node: YAMLNode, depth: Int) -> Phase? {
        guard let fields = Fields(node, Keys.phase, self) else { return nil }
        let name = fields["phase"].flatMap { self.name($0, "phase") } ?? ""
        checkUnique(name, fields)
        var phase = Phase(name: name, length: .zero)
        phase.repeats = fields["repeat"].flatMap { integer($0, "repeat", in: 1...Self.mostPhases) } ?? 1
        phase.until = fields["until"].flatMap(condition)
        phase.gate = fields["gate"].flatMap(gate)
        phase.together = fields["together"].map { lanes($0, depth) } ?? []
        phase.length = length(fields, phase.together)
        phase.faults = fields["faults"].map { entries($0, phase) } ?? []
        return phase
    }

    /// A name that reports and conditions can quote.
    func name(_ node: YAMLNode, _ what: String) -> String? {
        guard let text = text(node, what) else { return nil }
        let isPrintable = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard !text.trimmed.isEmpty, text.utf8.count <= 200, isPrintable, text == text.trimmed else {
            error(node, "\(what) must be a name of one line and at most 200 bytes")
            return nil
        }
        return text
    }

    private func checkUnique(_ name: String, _ fields: Fields) {
        guard let node = fields["phase"], !name.isEmpty else { return }
        if !names.seenPhases.insert(name).inserted {
            error(
                node, "two phases are called \"\(name)\"", help: "reports and conditions name phases: give each its own"
            )
        }
    }

    private func length(_ fields: Fields, _ lanes: [[Phase]]) -> TimeSpan {
        let longest = lanes.map { lane in lane.reduce(.zero) { $0 + $1.length.times($1.repeats) } }.max()
        if fields["together"] != nil {
            if fields["for"] != nil {
                error(
                    fields.position(of: "for"), "a phase with `together` lasts as long as its longest lane",
                    offending: "for", help: "leave `for` out")
            }
            return longest ?? .zero
        }
        guard let node = fields["for"] else {
            error(fields.node.position, "a phase needs `for`, its length", help: "for: 5m")
            return .seconds(1)
        }
        return duration(node, "for", atLeast: .milliseconds(1)) ?? .seconds(1)
    }

    private func gate(_ node: YAMLNode) -> Phase.Gate? {
        // In a mapping `manual` stands alone: {manual, within: 30m}.
        let bare = node.pairs?.filter { $0.key == "manual" && $0.value.isEmpty } ?? []
        let rest = (node.pairs ?? []).filter { pair in !bare.contains { $0.position == pair.position } }
        let content = bare.isEmpty ? node : YAMLNode(content: .mapping(rest), position: node.position)
        guard let fields = Fields(content, Keys.gate, self) else { return nil }
        if let manual = fields["manual"], boolean(manual, "manual") == false {
            error(manual, "a gate is always manual", help: "leave the gate out, or use `until`")
        }
        return fields["within"].flatMap { duration($0, "within", atLeast: .milliseconds(1)) }.map(Phase.Gate.init)
    }

    private func lanes(_ node: YAMLNode, _ depth: Int) -> [[Phase]] {
        guard depth < Self.deepestLanes else {
            error(node.position, "lanes within lanes: at most \(Self.deepestLanes) deep")
            return []
        }
        let items = list(node, "together")
        if items.isEmpty, node.items != nil { error(node.position, "together is an empty list") }
        return items.map { lane in (lane.items ?? [lane]).compactMap { phase($0, depth: depth + 1) } }
    }
}

extension TimeSpan {
    /// So many of them in a row; saturates.
    func times(_ count: Int) -> TimeSpan {
        let (product, overflow) = nanoseconds.multipliedReportingOverflow(by: Int64(count))
        return TimeSpan(nanoseconds: overflow ? .max : product)
    }
}
