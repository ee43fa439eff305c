// `limits.share` against what the timeline plans: 1 - Π(1 - share) over the entries of a service that are live together.
//
// The windows of all entries cut time into intervals within which the same entries are live. In each of them ramps are
// taken at a row of moments, and what goes up and down (waves, flaps, steps) at its highest.

import Units

extension Decoding {
    func checkHarm(_ file: ScenarioFile, _ node: YAMLNode?) {
        guard let limit = file.limits.share, let node else { return }
        var check = HarmCheck(Timeline(file.timeline))
        for service in file.services {
            guard let worst = check.worst(for: service), worst.share > limit + 1e-9 else { continue }
            let names = worst.entries.map { "\"\($0.name)\"" }.joined(separator: ", ")
            error(
                node,
                "at \(worst.time) \(Unit.percentage.text(worst.share)) of the traffic to \(service.name) would be harmed",
                help: "live together: \(names); the limit is \(Unit.percentage.text(limit))")
        }
        if check.isExhausted {
            warning(
                node.position, "the timeline is too large to check this limit beforehand; it holds while the run lasts")
        }
    }
}

/// The most harm that is planned.
struct HarmCheck {
    struct Worst {
        let share: Double
        let time: TimeSpan
        let entries: [FaultEntry]
    }

    private struct Window {
        let fault: Timeline.ScheduledFault
        let start: TimeSpan
        let end: TimeSpan
    }

    private static let samples = 32
    private static let mostWork = 2_000_000

    private let windows: [Window]
    private var work = 0

    init(_ timeline: Timeline) {
        windows = timeline.stretches.flatMap { stretch in
            stretch.faults.map { fault in
                let start = stretch.start + fault.after
                return Window(fault: fault, start: start, end: min(start + fault.length, stretch.end))
            }
        }
    }

    /// Whether there was too much to look at.
    var isExhausted: Bool { work > Self.mostWork }

    /// The moment of most harm to a service; nil without any.
    mutating func worst(for service: Service) -> Worst? {
        work += windows.count
        if isExhausted { return nil }
        let met = windows.filter { window in window.end > window.start && window.fault.entry.meets(service) }
        let times = Set(met.flatMap { [$0.start, $0.end] }).sorted()
        let ordered = met.sorted { $0.start < $1.start }
        var (next, live, worst): (Int, [Window], Worst?) = (0, [], nil)
        for (start, end) in zip(times, times.dropFirst()) where !isExhausted {
            live.removeAll { $0.end <= start }
            while next < ordered.count, ordered[next].start <= start {
                live.append(ordered[next])
                next += 1
            }
            work += live.count * Self.samples
            if let found = Self.worst(of: live, start, end), found.share > worst?.share ?? 0 { worst = found }
        }
        return worst
    }

    private static func worst(of live: [Window], _ start: TimeSpan, _ end: TimeSpan) -> Worst? {
        guard !live.isEmpty else { return nil }
        let count = live.contains { $0.fault.entry.share.isRamp } ? samples : 0
        var worst: (share: Double, time: TimeSpan) = (-1, start)
        for sample in 0...count {
            let time = start + (end - start) * (count == 0 ? 0 : Double(sample) / Double(count))
            let spared = live.reduce(1.0) { $0 * (1 - min(1, $1.fault.share(at: time - $1.start))) }
            if 1 - spared > worst.share { worst = (1 - spared, time) }
        }
        return Worst(share: worst.share, time: worst.time, entries: live.map(\.fault.entry))
    }
}

extension FaultEntry {
    /// Whether traffic to `service` can meet it.
    func meets(_ service: Service) -> Bool {
        if case .named(let named) = services, !named.contains(service.name) { return false }
        if let zone, !service.endpoints.contains(where: { $0.zone == zone }) { return false }
        if let endpoint, !service.endpoints.contains(where: { $0.to == endpoint }) { return false }
        return true
    }
}

extension Timeline.ScheduledFault {
    /// The share `elapsed` into its window, at its highest where it goes up and down.
    fileprivate func share(at elapsed: TimeSpan) -> Double {
        entry.share.isRamp ? entry.share.value(at: elapsed, of: length) : entry.share.peak
    }
}

extension Moving {
    fileprivate var isRamp: Bool {
        if case .ramp = self { true } else { false }
    }
}
