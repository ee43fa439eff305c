// The histogram against the truth: sorted samples.

import Foundation
import Testing
import Units

@testable import Observation

@Suite("A histogram of durations")
struct LatencyHistogramTests {
    /// Samples spread over the whole range, the same in every run.
    private static func samples(_ count: Int, from least: Double, to most: Double, seed: UInt64) -> [TimeSpan] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let unit = Double(state >> 11) / Double(1 << 53)
            return TimeSpan(seconds: least * pow(most / least, unit))
        }
    }

    private static func histogram(_ samples: [TimeSpan]) -> LatencyHistogram {
        var histogram = LatencyHistogram()
        for sample in samples { histogram.record(sample) }
        return histogram
    }

    @Test(
        "every quantile is within 0.5 % of the sample of that rank",
        arguments: [(1e-6, 3_600.0), (0.0001, 0.01), (0.5, 9)], [1, 2, 10, 1_000, 20_000])
    func quantiles(range: (Double, Double), count: Int) {
        let samples = Self.samples(count, from: range.0, to: range.1, seed: UInt64(count))
        let histogram = Self.histogram(samples)
        let sorted = samples.sorted()
        for probability in [0, 0.001, 0.1, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1] {
            let rank = min(max(Int((probability * Double(count)).rounded(.up)), 1), count)
            let truth = sorted[rank - 1].seconds
            let found = histogram.quantile(probability)?.seconds ?? 0
            #expect(abs(found - truth) <= 0.005 * truth, "p\(probability) of \(count)")
        }
    }

    @Test("count, longest and mean are exact")
    func exact() {
        let histogram = Self.histogram([.milliseconds(1), .milliseconds(2), .milliseconds(9)])
        #expect(histogram.count == 3)
        #expect(histogram.max == .milliseconds(9))
        #expect(histogram.mean == .milliseconds(4))
    }

    @Test("an empty one knows nothing")
    func empty() {
        let histogram = LatencyHistogram()
        #expect(histogram.quantile(0.5) == nil)
        #expect(histogram.max == nil)
        #expect(histogram.mean == nil)
        #expect(histogram.sparse.isEmpty)
    }

    @Test("what is out of range counts at the nearest end", arguments: [Int64.min, -1, 0, 511, .max])
    func range(nanoseconds: Int64) {
        var histogram = LatencyHistogram()
        histogram.record(TimeSpan(nanoseconds: nanoseconds))
        #expect(histogram.count == 1)
        #expect(LatencyHistogram.slot(of: nanoseconds) == (nanoseconds == .max ? LatencyHistogram.slots - 1 : 0))
    }

    @Test("slots are in order and none is skipped")
    func slots() {
        var previous = -1
        for octave in LatencyHistogram.firstOctave...LatencyHistogram.lastOctave {
            for step in 0..<LatencyHistogram.slotsPerOctave {
                let start = Int64(1) << octave + Int64(step) << (octave - LatencyHistogram.slotBits)
                #expect(LatencyHistogram.slot(of: start) == previous + 1)
                previous += 1
            }
        }
        #expect(previous == LatencyHistogram.slots - 1)
    }

    @Test("two merged are as one that saw everything, sparse or not")
    func merge() {
        let left = Self.samples(500, from: 1e-5, to: 1, seed: 1)
        let right = Self.samples(700, from: 1e-3, to: 100, seed: 2)
        let whole = Self.histogram(left + right)
        var merged = Self.histogram(left)
        merged.merge(Self.histogram(right))
        var sparse = Self.histogram(left).sparse
        sparse.merge(Self.histogram(right).sparse)
        var spread = LatencyHistogram()
        spread.merge(sparse)
        for candidate in [merged, spread] {
            #expect(candidate.count == whole.count)
            #expect(candidate.max == whole.max)
            #expect([0.1, 0.5, 0.99].map(candidate.quantile) == [0.1, 0.5, 0.99].map(whole.quantile))
        }
    }

    @Test("a slot may count more than fits into one sparse entry")
    func crowdedSlot() {
        var sparse = SparseHistogram(count: 1_200_000, sum: 0, longest: 1_000_000)
        sparse.append(slot: 77, count: 1_200_000)
        var full = LatencyHistogram()
        full.merge(sparse)
        var counts: [UInt64] = []
        full.forEach { _, count in counts.append(count) }
        #expect(counts == [1_200_000])
    }

    @Test("the sparse form survives JSON")
    func json() throws {
        let sparse = Self.histogram(Self.samples(300, from: 1e-4, to: 2, seed: 3)).sparse
        let copy = try JSONDecoder().decode(SparseHistogram.self, from: try JSONEncoder().encode(sparse))
        #expect(copy == sparse)
    }

    @Test(
        "what cannot be a histogram is refused",
        arguments: [
            "[1]", "[0, 0]", "[0, -1]", "[-1, 2]", "[4224, 2]", "[0, 1]", "[0, 3]", "[0, 9223372036854775807, 1, 1]",
        ])
    func damaged(slots: String) {
        let text = #"{"n": 2, "sum": 1, "max": 1, "slots": \#(slots)}"#
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(SparseHistogram.self, from: Data(text.utf8))
        }
    }
}
