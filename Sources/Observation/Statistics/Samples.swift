// Figures of samples that are few enough to be kept; what is too many goes to LatencyHistogram, whose quantiles are the
// nearest-rank ones of this file to 0.5 %.

/// Sorted samples in any unit.
package struct Samples: Sendable, Hashable {
    package let sorted: [Double]

    /// O(n log n).
    package init(_ values: [Double]) {
        sorted = values.sorted()
    }

    package var count: Int { sorted.count }

    package var mean: Double? {
        sorted.isEmpty ? nil : sorted.reduce(0, +) / Double(count)
    }

    /// Unbiased: over n - 1; nil below two samples.
    package var variance: Double? {
        guard count > 1, let mean else { return nil }
        return sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
    }

    /// Variance over mean: 1 where events come by themselves, more in herds, less where something holds them apart; nil
    /// below two samples and for a mean of 0.
    package var fanoFactor: Double? {
        guard let mean, mean != 0, let variance else { return nil }
        return variance / mean
    }

    /// The least sample that the share `probability` of all does not exceed (type 1 of Hyndman and Fan, 1996).
    package func nearestRank(_ probability: Double) -> Double? {
        guard !sorted.isEmpty else { return nil }
        let rank = (probability * Double(count)).rounded(.up)
        return sorted[min(max(Int(rank), 1), count) - 1]
    }

    /// Between neighbours in proportion (type 7 of Hyndman and Fan): for few samples, whose ranks are coarse.
    package func interpolated(_ probability: Double) -> Double? {
        guard !sorted.isEmpty else { return nil }
        let position = min(max(probability, 0), 1) * Double(count - 1)
        let below = Int(position)
        let above = min(below + 1, count - 1)
        return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
    }
}
