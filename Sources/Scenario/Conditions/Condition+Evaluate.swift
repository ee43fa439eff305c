// Three-valued evaluation (Kleene): what is not known decides nothing, but `unknown and false` is false, and
// `unknown or true` is true.

package import Units

extension Condition {
    /// The window of a comparison that names none, outside of `expect`.
    package static let defaultWindow = TimeSpan.seconds(10)

    /// Whether it holds now. Comparisons without a window use `window`; nil stands for the whole of what is asked about.
    package func evaluate(
        _ source: some ConditionSource, window: TimeSpan? = Condition.defaultWindow
    ) -> Truth {
        switch self {
        case .and(let terms): Self.least(terms.map { $0.evaluate(source, window: window) })
        case .or(let terms): Self.least(terms.map { $0.evaluate(source, window: window).negated }).negated
        case .not(let condition): condition.evaluate(source, window: window).negated
        case .comparison(let comparison): comparison.evaluate(source, window: window)
        case .isDark(let zone): source.isDark(zone: zone) ? .yes : .no
        case .isOver(let phase): source.isOver(phase: phase) ? .yes : .no
        case .backoff, .breakerOpens: .unknown
        }
    }

    private static func least(_ truths: [Truth]) -> Truth {
        truths.contains(.no) ? .no : truths.contains(.unknown) ? .unknown : .yes
    }

    /// Everything that it compares, in the order of writing.
    package var comparisons: [Comparison] {
        switch self {
        case .and(let terms), .or(let terms): terms.flatMap(\.comparisons)
        case .not(let condition): condition.comparisons
        case .comparison(let comparison): [comparison]
        case .isDark, .isOver, .backoff, .breakerOpens: []
        }
    }

    /// The metrics that it uses; states of the caller (`backoff is`, `breaker opens`) as the metric they rest on.
    package var metrics: [Metric] {
        switch self {
        case .and(let terms), .or(let terms): terms.flatMap(\.metrics)
        case .not(let condition): condition.metrics
        case .comparison(let comparison): [comparison.metric]
        case .backoff(let service, _, _): [.service(service, zone: nil, .backoff)]
        case .breakerOpens(let service, _): [.service(service, zone: nil, .breaker)]
        case .isDark, .isOver: []
        }
    }

    /// Those of its metrics that need the caller X-ray or the error budget: without them no source can answer.
    package var metricsBeyondTraffic: [Metric] {
        metrics.filter { metric in
            guard case .service(_, _, let name) = metric else { return false }
            return name.isBeyondTraffic
        }
    }
}

extension MetricName {
    /// Whether it says something about callers or budgets rather than about exchanges.
    package var isBeyondTraffic: Bool {
        switch self {
        case .success, .organicSuccess, .errorRate, .rate, .p50, .p90, .p95, .p99, .p999, .max, .inFlight, .connections:
            false
        case .budgetConsumed, .budgetBurn, .logicalSuccess, .logicalP99, .timeout, .retriesMax, .amplification,
            .backoff,
            .jitter, .breaker, .poolPoisoned, .recovery, .overshoot, .containment:
            true
        }
    }
}

extension Comparison {
    /// Whether it holds now; `fallback` is the window where it names none.
    package func evaluate(_ source: some ConditionSource, window fallback: TimeSpan?) -> Truth {
        guard let measured = source.measure(metric, window: window ?? fallback, connections: connections) else {
            return .unknown
        }
        return compare(measured.value) ? .yes : .no
    }

    /// Whether `value` is as the limit wants it.
    package func compare(_ value: Double) -> Bool {
        switch comparator {
        case .lessOrEqual: value <= quantity
        case .less: value < quantity
        case .greaterOrEqual: value >= quantity
        case .greater: value > quantity
        case .equal: value == quantity
        }
    }
}

extension Truth {
    package var negated: Truth {
        switch self {
        case .yes: .no
        case .no: .yes
        case .unknown: .unknown
        }
    }
}
