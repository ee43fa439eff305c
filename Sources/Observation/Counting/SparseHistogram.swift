// A LatencyHistogram put away: four bytes for each slot that counted something, in order. This is what sliding windows
// keep of a second that is over, and what a journal holds.
//
// An entry is slot << 19 | count; a slot that counted more than 524,287 takes several entries.
//
// In a journal: {"n": 3, "sum": 3.1e6, "max": 2000000, "slots": [1408, 2, 1536, 1]}, times in nanoseconds, `slots`
// alternating between slot and count.

/// The slots of a histogram that are not empty.
package struct SparseHistogram: Sendable, Hashable {
    private static let countBits: UInt32 = 19
    private static let largestCount: UInt32 = 1 << countBits - 1

    private var entries: [UInt32] = []
    package private(set) var count = 0
    private(set) var sum = 0.0
    private(set) var longest: Int64 = 0

    package init() {}

    init(count: Int, sum: Double, longest: Int64) {
        self.count = count
        self.sum = sum
        self.longest = longest
    }

    package var isEmpty: Bool { count == 0 }

    /// Slots must come in order.
    mutating func append(slot: Int, count: UInt64) {
        var rest = count
        while rest > 0 {
            let part = Swift.min(rest, UInt64(Self.largestCount))
            entries.append(UInt32(slot) << Self.countBits | UInt32(part))
            rest -= part
        }
    }

    func forEach(_ body: (_ slot: Int, _ count: Int) -> Void) {
        for entry in entries { body(Int(entry >> Self.countBits), Int(entry & Self.largestCount)) }
    }

    /// Takes in what `other` counted.
    package mutating func merge(_ other: SparseHistogram) {
        if other.isEmpty { return }
        if isEmpty {
            self = other
            return
        }
        var full = LatencyHistogram()
        full.merge(self)
        full.merge(other)
        self = full.sparse
    }

    /// Bytes of memory behind it.
    package var footprint: Int { entries.capacity * 4 }
}

extension SparseHistogram: Codable {
    private enum CodingKeys: String, CodingKey {
        case count = "n"
        case sum
        case longest = "max"
        case slots
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(count, forKey: .count)
        try container.encode(sum, forKey: .sum)
        try container.encode(longest, forKey: .longest)
        var slots: [Int] = []
        forEach { slots += [$0, $1] }
        try container.encode(slots, forKey: .slots)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        count = try container.decode(Int.self, forKey: .count)
        sum = try container.decode(Double.self, forKey: .sum)
        longest = try container.decode(Int64.self, forKey: .longest)
        let slots = try container.decode([Int].self, forKey: .slots)
        guard Self.arePlausible(slots, count: count) else {
            throw DecodingError.dataCorruptedError(
                forKey: .slots, in: container, debugDescription: "slots and counts that do not add up")
        }
        for pair in stride(from: 0, to: slots.count, by: 2) {
            append(slot: slots[pair], count: UInt64(slots[pair + 1]))
        }
    }

    private static func arePlausible(_ slots: [Int], count: Int) -> Bool {
        guard slots.count.isMultiple(of: 2) else { return false }
        var total = 0
        for pair in stride(from: 0, to: slots.count, by: 2) {
            guard 0..<LatencyHistogram.slots ~= slots[pair], slots[pair + 1] > 0, slots[pair + 1] <= count - total
            else { return false }
            total += slots[pair + 1]
        }
        return total == count
    }
}
