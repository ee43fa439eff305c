// Until when bytes are held: a mark says where a chunk ends and before which instant it does not go on. Order is kept
// whatever the delays: no mark is earlier than the one before it. What waits behind others is not the fault's own delay, so
// asked and achieved leave it out.
//
//     position ──────► [ chunk ][ chunk ][ chunk ]          marks: (end, release, asked)

package import Units

/// Chunks on hold in one stage, oldest first.
struct HoldMarks: Sendable {
    /// More are joined with the last one, which then waits for the later of both.
    static let capacity = 16_384

    private struct Mark: Sendable {
        var end: Int64
        var release: Instant
        /// The fault's own delay.
        var asked: TimeSpan
    }

    private var marks: [Mark] = []
    private var first = 0

    var isEmpty: Bool { first == marks.count }
    var count: Int { marks.count - first }

    /// Bytes up to `end` are held for `asked` from `now`, and no less than what stands before them.
    mutating func hold(to end: Int64, for asked: TimeSpan, now: Instant) {
        let release = isEmpty ? now + asked : max(now + asked, marks[marks.count - 1].release)
        let mark = Mark(end: end, release: release, asked: asked)
        if count < Self.capacity { marks.append(mark) } else { marks[marks.count - 1] = mark }
    }

    /// Lets go of what is due: how far, and when to ask again.
    mutating func release(
        from position: Int64, now: Instant, next: inout Instant, tally: inout DelayTally, for entry: UInt16
    )
        -> Int64
    {
        var end = position
        while first < marks.count, marks[first].release <= now {
            let mark = marks[first]
            end = max(end, mark.end)
            tally.add(entry, asked: mark.asked, achieved: mark.asked + (now - mark.release))
            first += 1
        }
        if isEmpty { forget() } else { next = min(next, marks[first].release) }
        if first > 256 && first * 2 > marks.count { compact() }
        return end
    }

    mutating func forget() {
        marks.removeAll()
        first = 0
    }

    private mutating func compact() {
        marks.removeFirst(first)
        first = 0
    }
}

/// Delays that one direction met, and what became of them: those of the first entry that delayed anything.
package struct DelayTally: Sendable, Hashable {
    package private(set) var entry: UInt16 = .max
    package private(set) var count = 0
    private var asked = TimeSpan.zero
    private var achieved = TimeSpan.zero

    package init() {}

    mutating func add(_ entry: UInt16, asked: TimeSpan, achieved: TimeSpan) {
        if count == 0 { self.entry = entry }
        guard asked > .zero, entry == self.entry else { return }
        count += 1
        self.asked += asked
        self.achieved += achieved
    }

    package mutating func add(_ other: DelayTally) {
        if count == 0 { entry = other.entry }
        guard entry == other.entry else { return }
        count += other.count
        asked += other.asked
        achieved += other.achieved
    }

    /// On average; zero where nothing was delayed.
    package var meanAsked: TimeSpan { count == 0 ? .zero : asked / Double(count) }
    package var meanAchieved: TimeSpan { count == 0 ? .zero : achieved / Double(count) }
}
