// The whole of a run, or of what has been played of it, as sums over its seconds. Live runs and journals come to the same
// totals by the same way: `add` a second, say when a phase begins and ends.

package import Units

/// Sums over a run, by series, entry and phase.
package struct RunTotals: Sendable, Hashable {
    package private(set) var series: [SeriesKey: ExchangeTally] = [:]
    /// By entry number.
    package private(set) var entries: [Int: EntryTally] = [:]
    /// The highest of each phase, by number.
    package private(set) var phaseGauges: [Int: Gauges] = [:]
    package private(set) var gauges = Gauges()
    package private(set) var droppedRecords: UInt64 = 0
    /// Time played, all passes together, by phase.
    private var played: [Int: TimeSpan] = [:]
    private var beganAt: [Int: Instant] = [:]

    package init() {}

    /// Takes a second in.
    package mutating func add(_ second: Second) {
        for sample in second.series { series[sample.key, default: ExchangeTally()].merge(ExchangeTally(sample)) }
        for sample in second.injections { entries[sample.entry, default: EntryTally()].merge(EntryTally(sample)) }
        for phase in second.phases { phaseGauges[phase, default: Gauges()].raise(to: second.gauges) }
        gauges.raise(to: second.gauges)
        droppedRecords = second.droppedRecords
    }

    /// Its number will mean another service.
    mutating func forget(service: Int) { series = series.filter { $0.key.service != service } }

    /// Its number will mean another rule.
    mutating func forget(entry: Int) { entries[entry] = nil }

    /// Forgets what numbers meant that mean something else from `old` to `new`.
    mutating func follow(from old: ServiceDirectory, to new: ServiceDirectory) {
        for (number, names) in zip(old.services, new.services).enumerated() where names.0.name != names.1.name {
            forget(service: number)
        }
        for (number, names) in zip(old.faults, new.faults).enumerated() where names.0.name != names.1.name {
            forget(entry: number)
        }
    }

    package mutating func phaseBegan(_ phase: Int, at now: Instant) {
        beganAt[phase] = now
    }

    package mutating func phaseEnded(_ phase: Int, at now: Instant) {
        guard let began = beganAt.removeValue(forKey: phase) else { return }
        played[phase, default: .zero] += now - began
    }

    /// How long `phase` has been live until `now`, all passes together.
    package func length(ofPhase phase: Int, at now: Instant) -> TimeSpan {
        (played[phase] ?? .zero) + (beganAt[phase].map { now - $0 } ?? .zero)
    }

    /// The numbers of the phases that are live.
    package var livePhases: [Int] { beganAt.keys.sorted() }

    /// The sum of all series that `isIncluded`.
    package func sum(where isIncluded: (SeriesKey) -> Bool) -> ExchangeTally {
        var sum = ExchangeTally()
        for (key, tally) in series where isIncluded(key) { sum.merge(tally) }
        return sum
    }
}
