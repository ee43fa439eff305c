// What a rule will do, before it does it: for `brownout plan`. Percentiles are those of the exchanges that it harms; the
// chance of never biting takes every draw as independent, which they are, and knows nothing of `cap` and `limits`.

import Foundation
import Scenario
package import Units

/// Percentiles of a latency.
package struct Percentiles: Sendable, Hashable {
    package var p50: TimeSpan
    package var p90: TimeSpan
    package var p99: TimeSpan
    /// nil: it has no bound.
    package var max: TimeSpan?

    init(_ distribution: Distribution) {
        func seconds(_ u: Double) -> TimeSpan { TimeSpan(seconds: min(distribution.quantile(u), Latency.longest)) }
        (p50, p90, p99) = (seconds(0.5), seconds(0.9), seconds(0.99))
        max = distribution.upperBound.map { TimeSpan(seconds: $0) }
    }
}

/// What a latency entry means for the exchanges that it harms.
package enum ImpliedLatency: Sendable, Hashable {
    /// On top of what the dependency takes.
    case added(Percentiles)
    /// In all: `to`.
    case total(Percentiles)
    /// The dependency takes so many times as long.
    case times(Double)
}

/// What an entry will do to the traffic of its stretch.
package struct ExpectedHarm: Sendable, Hashable {
    /// Exchanges (or connections) harmed, on average.
    package var harmed: Double
    /// The chance that the run says nothing about the fault.
    package var neverBites: Double
}

extension Rule {
    /// What a latency implies `elapsed` into its stretch; nil for other faults.
    package func impliedPercentiles(at elapsed: TimeSpan) -> ImpliedLatency? {
        guard case .latency(let latency) = fault else { return nil }
        if let times = latency.factor(at: elapsed, of: clock.length) { return .times(times) }
        if let target = latency.target(at: elapsed, of: clock.length) { return .total(Percentiles(target)) }
        return latency.added.map { .added(Percentiles($0.frozen(at: elapsed, of: clock.length))) }
    }

    /// What to expect when `exchanges` that its selectors let through arrive evenly over its stretch. A sticky rule draws
    /// once per key: say how many `keys` there are, else every exchange counts as a caller of its own. Of a quota only
    /// the `refused` share is harmed.
    package func expectedHarm(exchanges: Int, keys: Int? = nil, refused: Double = 1) -> ExpectedHarm {
        let candidates = candidates(exchanges, keys: keys ?? 1) * refused
        let shares = sampledShares
        let mean = shares.reduce(0, +) / Double(shares.count)
        if let keys, text.entry.sticky != nil {
            let most = min(shares.max() ?? 0, 1)
            return ExpectedHarm(harmed: candidates * mean, neverBites: pow(1 - most, min(Double(keys), candidates)))
        }
        let logarithm = shares.reduce(0) { $0 + log1p(-min($1, 1)) } / Double(shares.count)
        return ExpectedHarm(harmed: candidates * mean, neverBites: candidates == 0 ? 1 : exp(candidates * logarithm))
    }

    /// How many `nth` lets through.
    private func candidates(_ exchanges: Int, keys: Int) -> Double {
        let counters = text.entry.sticky == nil ? 1 : Double(max(keys, 1))
        let all = Double(exchanges)
        return switch text.entry.nth {
        case nil: all
        case .first(let count): min(all, Double(count) * counters)
        case .after(let count): max(0, all - Double(count) * counters)
        case .every(let count): (all / counters / Double(max(count, 1))).rounded(.down) * counters
        }
    }

    /// The share of what the entry means at this moment.
    func harmedShare(at elapsed: TimeSpan) -> Double { max(share.value(at: elapsed, of: clock.length), 0) }

    /// The share at a thousand moments of the stretch, zero where a burst is down.
    private var sampledShares: [Double] {
        (0..<1_000).map { step in
            let elapsed = clock.length * ((Double(step) + 0.5) / 1_000)
            return fault.isActive(at: elapsed) ? max(share.value(at: elapsed, of: clock.length), 0) : 0
        }
    }
}
