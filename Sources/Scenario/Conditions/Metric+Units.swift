// In which units the limit of a metric may be written. Where there are several, the first one that reads decides.

extension Metric {
    /// Units in which a limit may be written; what a bare number means comes last.
    var units: [Unit] {
        switch self {
        case .loopLag: [.duration]
        case .injected: [.number]
        case .service(_, _, let name): name.units
        }
    }
}

extension MetricName {
    /// Units in which a limit may be written.
    package var units: [Unit] {
        switch self {
        case .success, .organicSuccess, .errorRate, .budgetConsumed, .logicalSuccess, .jitter, .containment:
            [.percentage]
        case .p50, .p90, .p95, .p99, .p999, .max, .logicalP99, .timeout, .backoff, .breaker, .recovery: [.duration]
        case .rate: [.eventRate]
        case .inFlight, .connections, .retriesMax, .amplification, .budgetBurn: [.number]
        case .overshoot: [.percentage, .number]
        case .poolPoisoned: [.duration, .number]
        }
    }
}
