// Events counted in a stretch of time, when each comes by itself: how many chance explains, and which mean a count allows.

import Glibc

/// The Poisson distribution of a count.
package enum PoissonCount {
    /// P(count <= `count`).
    package static func cumulative(_ count: Int, mean: Double) -> Double {
        count < 0 ? 0 : IncompleteGamma.upper(Double(count) + 1, mean)
    }

    /// The least count with P(count <= it) >= `probability` < 1: more than this is more than chance.
    package static func quantile(_ probability: Double, mean: Double) -> Int {
        var high = Int(mean) + 1
        while cumulative(high, mean: mean) < probability { high *= 2 }
        var low = -1
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if cumulative(middle, mean: mean) < probability { low = middle } else { high = middle }
        }
        return high
    }

    /// The exact two-sided interval of the mean behind `count` events (Garwood, 1936).
    package static func exactInterval(_ count: Int, confidence: Double) -> Interval {
        let missed = (1 - confidence) / 2
        let lower = count == 0 ? 0 : IncompleteGamma.inverseLower(missed, Double(count))
        return Interval(lower, IncompleteGamma.inverseLower(1 - missed, Double(count) + 1))
    }
}
