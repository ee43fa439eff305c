// Those who wait for a server, in the order in which they came: a ring. Whoever leaves out of turn is marked as gone and
// skipped later; when more are gone than wait, the ring is closed up, so its memory follows the number of those who wait.

/// A line that is served from either end.
struct WaitingLine: Sendable {
    struct Item: Sendable, BitwiseCopyable {
        var owner: UInt64
        /// Increasing from the head to the tail.
        var id: UInt64
        /// For its service time; negative: gone.
        var draw: Double
    }

    /// A power of two long, or empty.
    private var ring: [Item] = []
    private var head = 0
    /// Stored, the gone included.
    private var length = 0
    /// Who still waits.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// Amortised O(1).
    mutating func append(_ item: Item) {
        if length == ring.count { rebuild() }
        ring[(head + length) & (ring.count - 1)] = item
        length += 1
        count += 1
    }

    /// Takes the one whose turn it is; amortised O(1).
    mutating func next(_ order: ServiceQueue.Order) -> Item? {
        while length > 0 {
            let item = order == .fifo ? takeFirst() : takeLast()
            if item.draw < 0 { continue }
            count -= 1
            return item
        }
        return nil
    }

    /// Marks the item as gone if it is there; O(log n).
    mutating func remove(_ id: UInt64) {
        var (low, high) = (0, length)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].id < id { low = middle + 1 } else { high = middle }
        }
        guard low < length, self[low].id == id, self[low].draw >= 0 else { return }
        ring[(head + low) & (ring.count - 1)].draw = -1
        count -= 1
        if length > 2 * count + 64 { rebuild() }
    }

    private subscript(index: Int) -> Item { ring[(head + index) & (ring.count - 1)] }

    private mutating func takeFirst() -> Item {
        let item = ring[head]
        head = (head + 1) & (ring.count - 1)
        length -= 1
        return item
    }

    private mutating func takeLast() -> Item {
        length -= 1
        return self[length]
    }

    /// Lays those who wait out anew, with room for as many again.
    private mutating func rebuild() {
        var items = (0..<length).map { self[$0] }.filter { $0.draw >= 0 }
        var capacity = 16
        while capacity <= items.count { capacity *= 2 }
        length = items.count
        items += Array(repeating: Item(owner: 0, id: 0, draw: -1), count: capacity - items.count)
        (ring, head) = (items, 0)
    }
}
