// Where a run stands in its timeline. A value: the director tells it how much time has been played (pauses left out) and
// what people and conditions decided, and it says what is live.
//
//     advance(to:)   time goes on: stretches end, the next ones begin, gates hold for at most their bound
//     open()         a person says go on at a gate
//     leave(phase:)  a phase's `until` came true: its remaining passes are not played
//     skip()         a person leaves the current phase of the main line
//     jump(to:)      … and everything up to a later phase of the main line
//
// A gate holds at the end of its phase, whose faults stay live meanwhile. When its bound is over, it opens by itself.

package import Units

/// What became of a phase so far.
package enum PhaseStatus: String, Sendable, Hashable, CaseIterable {
    case notPlayed = "not played"
    case playing, over, skipped
}

/// The place of one run in its timeline.
package struct TimelineCursor: Sendable {
    /// Time played so far.
    package private(set) var played: TimeSpan = .zero
    private var ledger: Ledger
    private var track: Track

    /// At the beginning: the first phase is live.
    package init(_ timeline: Timeline) {
        var ledger = Ledger(timeline)
        track = Track(timeline.track, at: .zero, &ledger)
        self.ledger = ledger
    }

    package var timeline: Timeline { ledger.timeline }

    /// All phases are over.
    package var isOver: Bool { track.endedAt != nil }

    /// The time played when the last phase ended.
    package var endedAt: TimeSpan? { track.endedAt }

    package func status(of phase: String) -> PhaseStatus { ledger.statuses[phase] ?? .notPlayed }

    /// `phase is over`: played to its end, left, or skipped.
    package func isOver(phase: String) -> Bool { status(of: phase) == .over || status(of: phase) == .skipped }

    /// What is live, stretches that hold lanes before their lanes.
    package var live: [LiveStretch] { track.live(timeline, played) }

    /// Stretches that wait at their gate.
    package var waiting: [LiveStretch] { live.filter(\.isWaiting) }

    /// The entries that are live, in the order of the file.
    package var liveFaults: [LiveFault] { live.flatMap { $0.faults(at: played) } }

    /// When something changes next by itself (a stretch, an entry's window, a gate's bound); nil at the end.
    package var nextChange: TimeSpan? {
        live.flatMap { $0.changes }.filter { $0 > played }.min()
    }
}

// MARK: - What happens to it

extension TimelineCursor {
    /// Time goes on to `played`; going back is ignored.
    package mutating func advance(to played: TimeSpan) {
        self.played = max(self.played, played)
        track.advance(to: self.played, &ledger)
    }

    /// Opens every gate that waits; false when none does.
    @discardableResult
    package mutating func open() -> Bool {
        let opened = track.open(at: played, timeline)
        advance(to: played)
        return opened
    }

    /// Leaves `phase`, with the passes that it has left; false when it is not being played.
    @discardableResult
    package mutating func leave(phase: String) -> Bool { track.leave(phase, .left, at: played, &ledger) }

    /// Leaves the current phase of the main line, lanes and all; false at the end.
    @discardableResult
    package mutating func skip() -> Bool {
        guard let phase = track.phase(timeline) else { return false }
        return track.leave(phase, .skipped, at: played, &ledger)
    }

    /// Goes to a later phase of the main line; false when there is none of that name.
    @discardableResult
    package mutating func jump(to phase: String) -> Bool {
        guard track.isAhead(phase, timeline) else { return false }
        while let current = track.phase(timeline), current != phase { skip() }
        return true
    }

    /// What happened since somebody last asked, by time; what happened at one moment, lane by lane.
    package mutating func takeChanges() -> [TimelineChange] {
        defer { ledger.changes = [] }
        return ledger.changes.enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }
}

// MARK: - What is live

/// A stretch that is being played.
package struct LiveStretch: Sendable {
    package let stretch: Timeline.Stretch
    /// The time played when it began.
    package let began: TimeSpan
    /// Its time is over, and its gate is not open yet.
    package let isWaiting: Bool
    /// When it ends by itself; nil while lanes decide that.
    let ends: TimeSpan?

    /// The entries of this stretch that are live at `played`.
    package func faults(at played: TimeSpan) -> [LiveFault] {
        stretch.faults.filter { $0.isLive(at: played - began) }.map { fault in
            LiveFault(
                entry: fault.entry, stretch: stretch.index, began: began + fault.after, length: fault.length,
                endsByItself: fault.endsByItself)
        }
    }

    var changes: [TimeSpan] {
        let windows = stretch.faults.flatMap { fault in
            [began + fault.after] + (fault.endsByItself ? [began + fault.after + fault.length] : [])
        }
        return windows + [began + stretch.length] + (ends.map { [$0] } ?? [])
    }
}

/// An entry that is live.
package struct LiveFault: Sendable {
    package let entry: FaultEntry
    /// The index of its stretch.
    package let stretch: Int
    /// The time played when it went live.
    package let began: TimeSpan
    /// What ramps and steps divide.
    package let length: TimeSpan
    /// Whether it ends after `length` even when its phase goes on.
    package let endsByItself: Bool
}
