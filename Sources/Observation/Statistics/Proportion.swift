// A share that was counted, and what is known of the share behind it. The exact bounds (Clopper and Pearson, 1934) never
// promise more than they hold, and decide verdicts; Wilson's interval (1927) is nearer to the truth on average, and is
// for showing.

/// Where the true value lies, with the stated confidence.
package struct Interval: Sendable, Hashable {
    package var lower: Double
    package var upper: Double

    package init(_ lower: Double, _ upper: Double) {
        self.lower = lower
        self.upper = upper
    }
}

/// `successes` of `trials`, each 0 or more, `successes` <= `trials`.
package struct Proportion: Sendable, Hashable {
    package var successes: Int
    package var trials: Int

    package init(_ successes: Int, of trials: Int) {
        self.successes = successes
        self.trials = trials
    }

    /// The share as counted; nil of nothing.
    package var share: Double? { trials > 0 ? Double(successes) / Double(trials) : nil }

    /// The exact one-sided lower bound.
    package func exactLowerBound(confidence: Double) -> Double {
        if successes == 0 { return 0 }
        return IncompleteBeta.inverse(1 - confidence, Double(successes), Double(trials - successes + 1))
    }

    /// The exact one-sided upper bound.
    package func exactUpperBound(confidence: Double) -> Double {
        if successes == trials { return 1 }
        return IncompleteBeta.inverse(confidence, Double(successes + 1), Double(trials - successes))
    }

    /// The exact two-sided interval: half of what may be missed lies on either side.
    package func exactInterval(confidence: Double) -> Interval {
        let oneSided = (1 + confidence) / 2
        return Interval(exactLowerBound(confidence: oneSided), exactUpperBound(confidence: oneSided))
    }

    /// Wilson's score interval, without correction for continuity; all of 0…1 of nothing.
    package func wilsonInterval(confidence: Double) -> Interval {
        guard let share else { return Interval(0, 1) }
        let n = Double(trials)
        let z = Normal.quantile((1 + confidence) / 2)
        let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        return Interval(
            successes == 0 ? 0 : max(middle - half, 0), successes == trials ? 1 : min(middle + half, 1))
    }
}
