// The condition language as a tree (SCENARIO-LANGUAGE.md, "Conditions"), and its three-valued evaluation:
// a metric without samples is unknown, and unknown is neither true nor false.

package import Units

package indirect enum Condition: Sendable, Hashable {
    case and([Condition])
    case or([Condition])
    case not(Condition)
    case comparison(Comparison)
    /// `zone is dark`.
    case isDark(zone: String)
    /// `phase is over`.
    case isOver(phase: String)
    /// `service.backoff is class [with jitter >= percentage]`.
    case backoff(service: String, kind: String, jitter: Double?)
    /// `service.breaker opens within duration`.
    case breakerOpens(service: String, within: TimeSpan)
}

/// `metric <= quantity over 30s on reused connections`.
package struct Comparison: Sendable, Hashable {
    package enum Operator: String, Sendable, Hashable, CaseIterable {
        case lessOrEqual = "<="
        case less = "<"
        case greaterOrEqual = ">="
        case greater = ">"
        case equal = "=="
    }

    package var metric: Metric
    package var comparator: Operator
    /// In the metric's base unit: seconds, fractions, per second, or a count.
    package var quantity: Double
    /// nil: the default of 10 s (a whole phase or run for `expect`).
    package var window: TimeSpan?
    package var connections: ConnectionAge?

    package enum ConnectionAge: String, Sendable, Hashable, CaseIterable { case new, reused }

    package init(
        metric: Metric, comparator: Operator, quantity: Double, window: TimeSpan?, connections: ConnectionAge?
    ) {
        self.metric = metric
        self.comparator = comparator
        self.quantity = quantity
        self.window = window
        self.connections = connections
    }
}

package enum Metric: Sendable, Hashable {
    /// `payments@az-a.p99`: the metric's name is one of `MetricName`.
    case service(String, zone: String?, MetricName)
    /// `injected(entry-or-phase)`: a count.
    case injected(String)
    /// `loop_lag`: seconds.
    case loopLag
}

package enum MetricName: String, Sendable, Hashable, CaseIterable {
    case success
    case organicSuccess = "organic.success"
    case errorRate = "error_rate"
    case rate, p50, p90, p95, p99, p999, max
    case inFlight = "in_flight"
    case connections
    case budgetConsumed = "budget.consumed"
    case budgetBurn = "budget.burn"
    case logicalSuccess = "logical.success"
    case logicalP99 = "logical.p99"
    case timeout
    case retriesMax = "retries.max"
    case amplification, backoff, jitter, breaker
    case poolPoisoned = "pool.poisoned"
    case recovery, overshoot, containment
}

/// True, false, or not known for want of samples.
package enum Truth: Sendable, Hashable {
    case yes, no, unknown
}

/// A measured value with the number of samples behind it.
package struct Measurement: Sendable, Hashable {
    package var value: Double
    package var samples: Int
    package init(value: Double, samples: Int) {
        self.value = value
        self.samples = samples
    }
}

/// Where conditions get their figures from.
package protocol ConditionSource {
    /// nil: no samples, or not measured by this version.
    func measure(_ metric: Metric, window: TimeSpan?, connections: Comparison.ConnectionAge?) -> Measurement?
    func isDark(zone: String) -> Bool
    func isOver(phase: String) -> Bool
}
