// One line of steps that follow each other: the main line of a timeline, or a lane. The current step has tracks of its
// own where it holds lanes; it is over when all of them are. What happens on the way goes into a ledger.

package import Units

/// One thing that happened to a stretch.
package struct TimelineChange: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable { case began, ended, left, skipped }

    package let kind: Kind
    /// The index of the stretch.
    package let stretch: Int
    /// The time played.
    package let time: TimeSpan
}

/// What became of the phases, and what changed since somebody looked.
struct Ledger: Sendable {
    let timeline: Timeline
    private(set) var statuses: [String: PhaseStatus]
    var changes: [TimelineChange] = []

    init(_ timeline: Timeline) {
        self.timeline = timeline
        statuses = Dictionary(timeline.phases.map { ($0, .notPlayed) }) { first, _ in first }
    }

    mutating func note(_ kind: TimelineChange.Kind, _ stretch: Int, at time: TimeSpan) {
        changes.append(TimelineChange(kind: kind, stretch: stretch, time: time))
        statuses[timeline.stretches[stretch].phase] = kind == .began ? .playing : kind == .skipped ? .skipped : .over
    }

    /// Phases of lanes that were never reached when their phase was left.
    mutating func noteUnreached(_ steps: ArraySlice<Timeline.Step>) {
        for step in steps {
            let phase = timeline.stretches[step.stretch].phase
            if statuses[phase] == .notPlayed { statuses[phase] = .skipped }
            for lane in step.lanes { noteUnreached(lane[...]) }
        }
    }
}

/// The place in one line of steps.
struct Track: Sendable {
    let steps: [Timeline.Step]
    /// The current step; `steps.count` at the end.
    private var index = 0
    /// The time played when the current step began.
    private var began: TimeSpan
    /// When its gate was opened.
    private var openedAt: TimeSpan?
    private var lanes: [Track] = []
    private(set) var endedAt: TimeSpan?

    init(_ steps: [Timeline.Step], at time: TimeSpan, _ ledger: inout Ledger) {
        self.steps = steps
        began = time
        enter(0, at: time, &ledger)
    }

    mutating func advance(to time: TimeSpan, _ ledger: inout Ledger) {
        while endedAt == nil {
            for lane in lanes.indices { lanes[lane].advance(to: time, &ledger) }
            guard let end = end(ledger.timeline), end <= time else { return }
            ledger.note(.ended, steps[index].stretch, at: end)
            enter(index + 1, at: end, &ledger)
        }
    }

    /// Opens the gates that wait; whether there was one.
    mutating func open(at time: TimeSpan, _ timeline: Timeline) -> Bool {
        var opened = false
        for lane in lanes.indices { opened = lanes[lane].open(at: time, timeline) || opened }
        guard isWaiting(at: time, timeline) else { return opened }
        openedAt = time
        return true
    }

    /// Leaves `phase` here or in a lane, with its remaining passes; false when it is not current.
    mutating func leave(_ phase: String, _ kind: TimelineChange.Kind, at time: TimeSpan, _ ledger: inout Ledger) -> Bool
    {
        guard self.phase(ledger.timeline) == phase else {
            for lane in lanes.indices where lanes[lane].leave(phase, kind, at: time, &ledger) {
                advance(to: time, &ledger)
                return true
            }
            return false
        }
        abandon(kind, at: time, &ledger)
        var next = index
        while next < steps.count, ledger.timeline.stretches[steps[next].stretch].phase == phase { next += 1 }
        enter(next, at: time, &ledger)
        return true
    }

    /// Notes the end of the current step and of everything in its lanes.
    private func abandon(_ kind: TimelineChange.Kind, at time: TimeSpan, _ ledger: inout Ledger) {
        guard index < steps.count else { return }
        for lane in lanes {
            lane.abandon(kind, at: time, &ledger)
            ledger.noteUnreached(lane.steps.dropFirst(lane.index + 1))
        }
        ledger.note(kind, steps[index].stretch, at: time)
    }

    private mutating func enter(_ index: Int, at time: TimeSpan, _ ledger: inout Ledger) {
        (self.index, began, openedAt) = (index, time, nil)
        guard index < steps.count else {
            (endedAt, lanes) = (time, [])
            return
        }
        ledger.note(.began, steps[index].stretch, at: time)
        lanes = steps[index].lanes.map { Track($0, at: time, &ledger) }
    }
}

// MARK: - Looking at it

extension Track {
    /// The name of the current phase; nil at the end.
    func phase(_ timeline: Timeline) -> String? { stretch(timeline)?.phase }

    /// Whether a later step belongs to `phase`.
    func isAhead(_ phase: String, _ timeline: Timeline) -> Bool {
        self.phase(timeline) != phase
            && steps.dropFirst(index + 1).contains { timeline.stretches[$0.stretch].phase == phase }
    }

    func live(_ timeline: Timeline, _ time: TimeSpan) -> [LiveStretch] {
        guard let stretch = stretch(timeline) else { return [] }
        let current = LiveStretch(
            stretch: stretch, began: began, isWaiting: isWaiting(at: time, timeline), ends: end(timeline))
        return [current] + lanes.flatMap { $0.live(timeline, time) }
    }

    private func stretch(_ timeline: Timeline) -> Timeline.Stretch? {
        index < steps.count ? timeline.stretches[steps[index].stretch] : nil
    }

    /// When the step's own time is over, its gate left out; nil while lanes go on.
    private func ownEnd(_ timeline: Timeline) -> TimeSpan? {
        guard let stretch = stretch(timeline) else { return nil }
        if lanes.isEmpty { return began + stretch.length }
        let ends = lanes.map(\.endedAt)
        return ends.contains(nil) ? nil : ends.compactMap { $0 }.max()
    }

    private func end(_ timeline: Timeline) -> TimeSpan? {
        guard let own = ownEnd(timeline), let stretch = stretch(timeline) else { return nil }
        guard let gate = stretch.gate else { return own }
        return openedAt.map { max(own, $0) } ?? own + gate.within
    }

    private func isWaiting(at time: TimeSpan, _ timeline: Timeline) -> Bool {
        guard stretch(timeline)?.gate != nil, openedAt == nil, let own = ownEnd(timeline) else { return false }
        return time >= own
    }
}
