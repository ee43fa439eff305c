// How long things took, in bounded memory: a log-linear histogram. Every octave of nanoseconds is cut into 128 equal
// slots, so a slot is at most 1/128 of its values wide and its middle is right to 0.4 %.
//
//     octave 9              10                    11                  …  41
//     512 ns ├128 slots┤ 1024 ns ├ 128 slots ┤ 2048 ns ├ …              ┤ 4398 s (73 minutes)
//
// An octave takes memory (1 KiB) once something falls into it; an empty histogram takes none. What is shorter or longer
// than the range counts in its first or last slot; the longest is kept exactly. Own code rather than a library, because
// sliding windows and journals must merge histograms in their sparse form (SparseHistogram), which shares these slots.

package import Units

/// Counts of durations from 1 us to 1 h, right to 0.5 %.
package struct LatencyHistogram: Sendable, Hashable {
    static let slotBits = 7
    static let slotsPerOctave = 1 << slotBits
    static let firstOctave = 9
    static let lastOctave = 41
    /// Slots in all octaves.
    static let slots = (lastOctave - firstOctave + 1) * slotsPerOctave

    /// Counts by octave and slot; empty octaves, and trailing ones, hold nothing.
    private var octaves: [[UInt64]] = []
    package private(set) var count = 0
    /// Of everything recorded, in nanoseconds.
    private(set) var sum = 0.0
    private(set) var longest: Int64 = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }

    /// The longest, exactly; nil when empty.
    package var max: TimeSpan? { isEmpty ? nil : TimeSpan(nanoseconds: longest) }

    package var mean: TimeSpan? { isEmpty ? nil : TimeSpan(seconds: sum / Double(count) / 1e9) }

    /// O(1).
    @inline(__always)
    package mutating func record(_ span: TimeSpan) {
        add(1, slot: Self.slot(of: span.nanoseconds))
        note(count: 1, sum: Double(Swift.max(span.nanoseconds, 0)), longest: span.nanoseconds)
    }

    /// Takes in what `other` counted; O(slots in use).
    package mutating func merge(_ other: LatencyHistogram) {
        for (octave, counts) in other.octaves.enumerated() where !counts.isEmpty {
            prepare(octave)
            for slot in counts.indices { octaves[octave][slot] += counts[slot] }
        }
        note(count: other.count, sum: other.sum, longest: other.longest)
    }

    /// Takes in what `other` counted; O(its slots).
    package mutating func merge(_ other: SparseHistogram) {
        other.forEach { slot, number in add(UInt64(number), slot: slot) }
        note(count: other.count, sum: other.sum, longest: other.longest)
    }

    /// The nearest-rank quantile, `probability` in 0…1; nil when empty. The last one is exact.
    package func quantile(_ probability: Double) -> TimeSpan? {
        guard count > 0 else { return nil }
        let rank = UInt64(Swift.min(Swift.max((probability * Double(count)).rounded(.up), 1), Double(count)))
        if rank >= UInt64(count) { return max }
        var passed: UInt64 = 0
        for (octave, counts) in octaves.enumerated() {
            for (slot, number) in counts.enumerated() where number > 0 {
                passed += number
                if passed >= rank { return middle(of: octave << Self.slotBits + slot) }
            }
        }
        return max
    }

    /// The same counts without the empty slots; O(slots in use).
    package var sparse: SparseHistogram {
        var sparse = SparseHistogram(count: count, sum: sum, longest: longest)
        forEach { sparse.append(slot: $0, count: $1) }
        return sparse
    }

    /// Slots that are not empty, in order.
    func forEach(_ body: (_ slot: Int, _ count: UInt64) -> Void) {
        for (octave, counts) in octaves.enumerated() {
            for (slot, number) in counts.enumerated() where number > 0 {
                body(octave << Self.slotBits + slot, number)
            }
        }
    }

    // MARK: Slots

    @inline(__always)
    static func slot(of nanoseconds: Int64) -> Int {
        let value = UInt64(Swift.max(nanoseconds, 1 << firstOctave))
        let octave = UInt64.bitWidth - 1 - value.leadingZeroBitCount
        if octave > lastOctave { return slots - 1 }
        let within = Int(truncatingIfNeeded: value >> UInt64(octave - slotBits)) & (slotsPerOctave - 1)
        return (octave - firstOctave) << slotBits + within
    }

    private func middle(of slot: Int) -> TimeSpan {
        let octave = slot >> Self.slotBits + Self.firstOctave
        let width = Int64(1) << Int64(octave - Self.slotBits)
        let start = Int64(1) << Int64(octave) + Int64(slot & (Self.slotsPerOctave - 1)) * width
        return TimeSpan(nanoseconds: Swift.min(start + width / 2, longest))
    }

    @inline(__always)
    private mutating func add(_ number: UInt64, slot: Int) {
        let octave = slot >> Self.slotBits
        prepare(octave)
        octaves[octave][slot & (Self.slotsPerOctave - 1)] += number
    }

    private mutating func prepare(_ octave: Int) {
        while octaves.count <= octave { octaves.append([]) }
        if octaves[octave].isEmpty { octaves[octave] = Array(repeating: 0, count: Self.slotsPerOctave) }
    }

    private mutating func note(count: Int, sum: Double, longest: Int64) {
        self.count += count
        self.sum += sum
        self.longest = Swift.max(self.longest, longest)
    }
}
