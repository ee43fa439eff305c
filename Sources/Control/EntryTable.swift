// Every entry of the timeline, numbered once in the order of the file: numbers stand in records and plans, and stay the
// same over the run. State belongs to the NAME: entries of one name in several phases share cohort and ordinals.

package import Faults
package import Scenario

/// All entries of a run with their state.
package final class EntryTable: Sendable {
    package let entries: [FaultEntry]
    /// By number.
    package let names: [String]
    /// By number; one object per name.
    package let states: [EntryState]
    /// Phases by number, as records name them.
    package let phases: [String]
    let seed: UInt64
    private let numbers: [Key: Int]

    private struct Key: Hashable, Sendable {
        let phase: String
        let entry: String
    }

    package init(_ timeline: [Phase], seed: UInt64) {
        self.seed = seed
        let phases = timeline.flatMap(Self.flattened)
        entries = phases.flatMap(\.faults)
        names = entries.map(\.name)
        self.phases = phases.map(\.name)
        let byName = Dictionary(entries.map { ($0.name, EntryState(name: $0.name)) }) { first, _ in first }
        states = entries.map { byName[$0.name] ?? EntryState(name: $0.name) }
        numbers = Dictionary(
            entries.enumerated().map { (Key(phase: $1.phase, entry: $1.name), $0) }
        ) { first, _ in first }
    }

    /// The number of an entry of `phase`.
    package func number(of entry: FaultEntry) -> Int? {
        numbers[Key(phase: entry.phase, entry: entry.name)]
    }

    /// The entry `number` in a stretch with this clock.
    package func live(_ number: Int, pass: Int = 0, clock: RuleClock) -> LiveEntry {
        LiveEntry(
            number: number, entry: entries[number], state: states[number], seed: seed, pass: pass, clock: clock)
    }

    /// The number of the phase called `name`.
    package func number(ofPhase name: String) -> Int? { phases.firstIndex(of: name) }

    /// The phase and those of its lanes.
    private static func flattened(_ phase: Phase) -> [Phase] {
        [phase] + phase.together.joined().flatMap(flattened)
    }
}
