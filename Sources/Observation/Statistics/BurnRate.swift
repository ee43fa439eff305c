// How fast an error budget goes: the bad share over the share that the target allows. 1 spends a period's budget in a
// period. Alerts by two windows as in "The Site Reliability Workbook", chapter 5: a long one, so that a blip wakes nobody, and
// a short one of a twelfth of it, so that the alert ends when the trouble does.
//
//     budget share spent    2 %       5 %       10 %      10 %        of a period of 30 days; other periods scale the
//     long window           1 h       6 h       1 d       3 d         windows, and the factors stay
//     factor                14.4      6         3         1           = share x period / long window

package import Units

/// Good and bad events of a stretch of time.
package struct EventCounts: Sendable, Hashable {
    package var bad: Int
    package var total: Int

    package init(bad: Int, total: Int) {
        self.bad = bad
        self.total = total
    }

    /// The burn rate against a `target` share of good events below 1, such as 0.999; nil of nothing.
    package func burnRate(target: Double) -> Double? {
        total > 0 ? Double(bad) / Double(total) / (1 - target) : nil
    }

    /// The share of a period's budget that these took, `expected` being the requests of a whole period.
    package func consumed(target: Double, of expected: Double) -> Double {
        Double(bad) / ((1 - target) * expected)
    }
}

/// Two windows that fire together.
package struct BurnPair: Sendable, Hashable {
    package var long: TimeSpan
    package var short: TimeSpan
    /// The burn rate from which on both fire.
    package var factor: Double

    /// Bad events in the short window below which it does not fire: two failures at night are no incident.
    static let leastBad = 3

    /// The four of the workbook for a budget of `period`, the shortest first.
    package static func pairs(of period: TimeSpan) -> [BurnPair] {
        [(0.02, 1.0 / 720), (0.05, 6.0 / 720), (0.1, 1.0 / 30), (0.1, 3.0 / 30)].map { share, part in
            let long = period.seconds * part
            return BurnPair(
                long: TimeSpan(seconds: long), short: TimeSpan(seconds: long / 12), factor: share / part)
        }
    }

    /// Whether it fires on what was counted in its two windows.
    package func fires(long: EventCounts, short: EventCounts, target: Double) -> Bool {
        guard let slow = long.burnRate(target: target), let fast = short.burnRate(target: target) else { return false }
        return slow >= factor && fast >= factor && short.bad >= Self.leastBad
    }
}
