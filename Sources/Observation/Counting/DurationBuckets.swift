// Durations counted in the few buckets that metrics show; percentiles come from LatencyHistogram.

/// Counts of durations by bucket.
package struct DurationBuckets: Sendable, Hashable {
    /// Upper bounds in seconds.
    package static let bounds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    private static let nanoseconds = bounds.map { Int64($0 * 1e9) }
    /// By the number of a duration's highest bit: the first bucket that it may fall into.
    private static let starts = (0..<64).map { bit in
        nanoseconds.firstIndex { $0 >= Int64(bitPattern: 1 << UInt64(min(bit, 62))) } ?? bounds.count
    }

    /// By bucket; the last one is for what is longer than all bounds.
    package private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    /// Seconds.
    package var sum: Double { Double(total) / 1e9 }
    private var total: Int64 = 0

    package init() {}

    mutating func add(_ duration: Int64) {
        let duration = max(duration, 1)
        var bucket = Self.starts[63 - duration.leadingZeroBitCount]
        while bucket < Self.nanoseconds.count, duration > Self.nanoseconds[bucket] { bucket += 1 }
        counts[bucket] += 1
        total &+= duration
    }
}
