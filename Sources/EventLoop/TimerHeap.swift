// A 4-ary min-heap of timers by (deadline, order). Each timer knows its place, so cancelling is O(log n).
// The heap does not keep timers alive: a timer leaves the heap in its deinit.

import Units

/// The waiting timers of one loop.
final class TimerHeap {
    private struct Entry {
        var deadline: Instant
        var order: UInt64
        unowned let timer: Timer

        func precedes(_ other: Entry) -> Bool {
            deadline < other.deadline || (deadline == other.deadline && order < other.order)
        }
    }

    private var entries: [Entry] = []
    private var nextOrder: UInt64 = 0

    var count: Int { entries.count }
    var first: Timer? { entries.first?.timer }
    var earliest: Instant? { entries.first?.deadline }

    func insert(_ timer: Timer) {
        nextOrder += 1
        timer.order = nextOrder
        let entry = Entry(deadline: timer.deadline, order: nextOrder, timer: timer)
        entries.append(entry)
        siftUp(from: entries.count - 1, entry)
    }

    func remove(_ timer: Timer) {
        let hole = timer.index
        timer.index = -1
        let last = entries.removeLast()
        if hole == entries.count { return }
        if hole > 0 && last.precedes(entries[(hole - 1) / 4]) {
            siftUp(from: hole, last)
        } else {
            siftDown(from: hole, last)
        }
    }

    /// Takes the earliest timer if it is due at `instant`.
    func popFirst(notAfter instant: Instant) -> Timer? {
        guard let first = entries.first, first.deadline <= instant else { return nil }
        let timer = first.timer
        remove(timer)
        return timer
    }

    private func place(_ entry: Entry, at index: Int) {
        entries[index] = entry
        entry.timer.index = index
    }

    private func siftUp(from start: Int, _ entry: Entry) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 4
            if !entry.precedes(entries[parent]) { break }
            place(entries[parent], at: index)
            index = parent
        }
        place(entry, at: index)
    }

    private func siftDown(from start: Int, _ entry: Entry) {
        var index = start
        while let child = smallestChild(of: index), entries[child].precedes(entry) {
            place(entries[child], at: index)
            index = child
        }
        place(entry, at: index)
    }

    private func smallestChild(of index: Int) -> Int? {
        let first = index * 4 + 1
        if first >= entries.count { return nil }
        var smallest = first
        for child in first + 1..<max(first + 1, min(first + 4, entries.count))
        where entries[child].precedes(entries[smallest]) {
            smallest = child
        }
        return smallest
    }
}
