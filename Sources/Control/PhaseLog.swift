// Turns what is live into what has happened: phases that began and ended, gates that wait and open, entries in force,
// zones that went dark. It compares with what it saw last, so nothing is told twice and nothing is forgotten.

import Observation
import Scenario

/// What the director has told so far.
struct PhaseLog {
    /// Live phases with their pass.
    private var passes: [String: Int] = [:]
    /// Phases that were told of at all.
    private var known: Set<String> = []
    private var waiting: Set<String> = []
    private var inForce: [LiveEntry] = []
    private var dark: [String] = []

    /// Changes since the last call. `cut`: the run ends here. `left` and `opened`: by a condition, by somebody.
    mutating func phases(
        _ cursor: TimelineCursor, of phases: [String], cut: Bool, left: Set<String>, opened: Bool
    ) -> [JournalEvent] {
        let live = cut ? [] : cursor.live
        let now = Dictionary(live.map { ($0.stretch.phase, $0.stretch.pass) }) { first, _ in first }
        var events = gates(cut ? [] : Set(cursor.waiting.map(\.stretch.phase)), opened: opened)
        for phase in phases where passes[phase] != nil && now[phase] != passes[phase] {
            events.append(.phaseEnded(phase: phase, how: ending(of: phase, cursor, cut, left)))
        }
        for phase in phases where !known.contains(phase) && cursor.status(of: phase) == .skipped {
            events.append(.phaseEnded(phase: phase, how: .skipped))
        }
        for stretch in live.map(\.stretch) where passes[stretch.phase] != stretch.pass {
            events.append(.phaseBegan(phase: stretch.phase, pass: stretch.pass, passes: stretch.passes))
        }
        passes = now
        known.formUnion(phases.filter { cursor.status(of: $0) != .notPlayed })
        return events
    }

    private func ending(of phase: String, _ cursor: TimelineCursor, _ cut: Bool, _ left: Set<String>) -> PhaseEnding {
        if left.contains(phase) { return .left }
        switch cursor.status(of: phase) {
        case .skipped: return .skipped
        case .playing where cut: return .cut
        default: return .played
        }
    }

    private mutating func gates(_ now: Set<String>, opened: Bool) -> [JournalEvent] {
        defer { waiting = now }
        return now.subtracting(waiting).sorted().map { .gate(phase: $0, state: .waits) }
            + waiting.subtracting(now).sorted().map { .gate(phase: $0, state: opened ? .opened : .expired) }
    }

    /// Entries that came into force or are over, and a change of the zones that are dark.
    mutating func faults(_ draft: PlanDraft) -> [JournalEvent] {
        defer { inForce = draft.acting }
        let (before, now) = (Set(inForce.map(\.number)), Set(draft.inForce))
        var events: [JournalEvent] = inForce.filter { !now.contains($0.number) }
            .map { .faultOver(entry: $0.entry.name, phase: $0.phase) }
        events += draft.acting.filter { !before.contains($0.number) }
            .map { .faultLive(entry: $0.entry.name, phase: $0.phase) }
        let zones = draft.darkZones.sorted()
        if zones != dark { events.append(.dark(zones: zones)) }
        dark = zones
        return events
    }
}

extension LiveEntry {
    fileprivate var phase: String? { isByHand ? nil : entry.phase }
}
