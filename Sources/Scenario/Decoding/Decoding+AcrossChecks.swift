// Checks that need the whole file, made once its parts are right: size, protection, cycles of `when`, and the harm of
// entries that are live together (HarmCheck).

extension Decoding {
    func checkAcross(_ file: ScenarioFile, _ limits: YAMLNode?) {
        let size = Timeline.size(file.timeline)
        guard size.stretches <= Timeline.mostStretches, size.entries <= Timeline.mostEntries else {
            error(
                file.timeline.first?.faults.first?.position ?? Position(line: 1, column: 1),
                "the timeline is too long: \(size.stretches) passes of phases with \(size.entries) entries",
                help: "at most \(Timeline.mostStretches) and \(Timeline.mostEntries)")
            return
        }
        let entries = file.timeline.flatMap(\.allFaults)
        checkProtection(file, entries)
        checkCycles(entries)
        checkDarkness(entries)
        checkHarm(file, limits?["share"])
    }

    /// What is protected by its path cannot be told from the rest when connections are cut.
    private func checkProtection(_ file: ScenarioFile, _ entries: [FaultEntry]) {
        guard let match = file.limits.protect.first(where: \.needsExchange) else { return }
        for entry in entries {
            guard let levels = catalogue[entry.fault.name]?.levels, levels.isDisjoint(with: [.exchange, .stream]) else {
                continue
            }
            error(
                entry.position,
                "\(entry.fault.name) acts on connections, from which `limits.protect` cannot shield \(match.subject)",
                help: "protect by client instead, or leave \(entry.fault.name) out")
        }
    }

    /// `zone is dark` in a file that never darkens it.
    private func checkDarkness(_ entries: [FaultEntry]) {
        let dark = Set(entries.filter { isZoneFault($0) }.compactMap(\.zone))
        for located in conditions {
            for zone in located.condition.darkZones where !dark.contains(zone) && names.zones.contains(zone) {
                warning(
                    located.position, "no entry darkens \(zone), so this is never true", offending: located.text,
                    help: "a blackout of the whole zone makes it dark")
            }
        }
    }

    private func isZoneFault(_ entry: FaultEntry) -> Bool {
        catalogue[entry.fault.name]?.levels.contains(.zone) == true
    }
}

// MARK: - Cycles

extension Decoding {
    /// `when` may look at what other entries do; an entry must not wait for itself by way of others.
    private func checkCycles(_ entries: [FaultEntry]) {
        var graph = WhenGraph(entries.map { entry in entry.when?.condition })
        for (index, entry) in entries.enumerated() where entry.when != nil {
            graph.link(index, to: dependencies(of: entry, entries))
        }
        guard let index = graph.cycle(), let when = entries[index].when else { return }
        error(
            when.position, "\"\(entries[index].name)\" waits for itself: its `when` depends on what it does",
            offending: when.text, help: "break the cycle: let one of them depend on time or on a metric of a service")
    }

    private func dependencies(of entry: FaultEntry, _ entries: [FaultEntry]) -> [Int] {
        guard let condition = entry.when?.condition else { return [] }
        let zones = Set(condition.darkZones)
        let injected = Set(condition.metrics.compactMap(\.injectedName))
        return entries.indices.filter { index in
            let other = entries[index]
            return other.when != nil
                && (other.zone.map { zones.contains($0) && isZoneFault(other) } == true || injected.contains(other.name)
                    || injected.contains(other.phase))
        }
    }
}

/// Which entries wait for which.
private struct WhenGraph {
    private var edges: [[Int]]
    /// 0 new, 1 on the way, 2 done.
    private var marks: [Int]

    init(_ conditions: [Condition?]) {
        edges = conditions.map { _ in [] }
        marks = conditions.map { _ in 0 }
    }

    mutating func link(_ index: Int, to others: [Int]) { edges[index] = others }

    /// An entry that lies on a cycle; depth first, with a stack of our own.
    mutating func cycle() -> Int? {
        for start in edges.indices where marks[start] == 0 && !edges[start].isEmpty {
            var stack = [(node: start, next: 0)]
            marks[start] = 1
            while let (node, next) = stack.last {
                guard next < edges[node].count else {
                    marks[node] = 2
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let other = edges[node][next]
                if marks[other] == 1 { return other }
                if marks[other] == 0 {
                    marks[other] = 1
                    stack.append((other, 0))
                }
            }
        }
        return nil
    }
}

// MARK: - What is looked at

extension Phase {
    /// The entries of the phase and of its lanes.
    package var allFaults: [FaultEntry] { faults + together.flatMap { $0.flatMap(\.allFaults) } }
}

extension Match {
    /// What it looks at besides the client, for messages.
    fileprivate var subject: String {
        if let path = paths.first { return "the path \(path.text)" }
        return methods.isEmpty ? "exchanges" : "\(methods[0]) requests"
    }
}

extension Condition {
    var darkZones: [String] {
        switch self {
        case .and(let terms), .or(let terms): terms.flatMap(\.darkZones)
        case .not(let term): term.darkZones
        case .isDark(let zone): [zone]
        case .comparison, .isOver, .backoff, .breakerOpens: []
        }
    }
}

extension Metric {
    var injectedName: String? {
        if case .injected(let name) = self { name } else { nil }
    }
}
