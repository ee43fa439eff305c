// Where a run stands, in wall time: the cursor knows played time, this knows when that was.
//
//      wall    0 ────────► 40 ┤ paused ├ 55 ────────►
//      played  0 ────────► 40 ┤        ├ 40 ────────►        origin moves on by 15 when it goes on

import Faults
package import Scenario
package import Units

/// A timeline being played.
package struct Playback: Sendable {
    package private(set) var cursor: TimelineCursor
    package private(set) var pausedAt: Instant?
    /// Paused with every fault lifted.
    package private(set) var isLifted = false
    /// When played time was zero, pauses counted in.
    private var origin: Instant

    package init(_ timeline: Timeline, at now: Instant) {
        cursor = TimelineCursor(timeline)
        origin = now
    }

    package var isOver: Bool { cursor.isOver }

    /// Time played at `now`.
    package func played(at now: Instant) -> TimeSpan { (pausedAt ?? now) - origin }

    /// Time goes on; nothing happens while paused.
    package mutating func advance(to now: Instant) {
        cursor.advance(to: played(at: now))
    }

    /// When something changes next by itself; nil while paused and at the end.
    package var nextChange: Instant? {
        pausedAt == nil ? cursor.nextChange.map { origin + $0 } : nil
    }

    /// False when it is paused already (`clear` then lifts what is left).
    @discardableResult
    package mutating func pause(clear: Bool, at now: Instant) -> Bool {
        isLifted = isLifted || clear
        guard pausedAt == nil else { return false }
        advance(to: now)
        pausedAt = now
        return true
    }

    @discardableResult
    package mutating func resume(at now: Instant) -> Bool {
        guard let pausedAt else { return false }
        origin = origin + (now - pausedAt)
        self.pausedAt = nil
        isLifted = false
        return true
    }

    package mutating func openGates() -> Bool { cursor.open() }
    package mutating func leave(phase: String) -> Bool { cursor.leave(phase: phase) }
    package mutating func skip() -> Bool { cursor.skip() }
    package mutating func jump(to phase: String) -> Bool { cursor.jump(to: phase) }

    /// The entries in their stretches, with their clocks.
    package func live(_ entries: EntryTable) -> [LiveEntry] {
        guard !isLifted else { return [] }
        return cursor.liveFaults.compactMap { fault in
            entries.number(of: fault.entry).map { number in
                entries.live(
                    number, pass: fault.stretch,
                    clock: RuleClock(
                        began: origin + fault.began, length: fault.length, endsByItself: fault.endsByItself,
                        frozenAt: pausedAt))
            }
        }
    }
}
