// A distribution whose parameters may move. Most do not: those are worked out once, when the plan is compiled.

import Foundation
package import Scenario
package import Units

/// How long, as a scenario says it.
package struct MovingDistribution: Sendable {
    package enum Form: Sendable, Hashable {
        case fixed(Moving)
        /// Even between center - spread and center + spread.
        case jitter(center: Moving, spread: Moving)
        case uniform(least: Moving, most: Moving)
        case normal(mean: Moving, deviation: Moving)
        case lognormal(median: Moving, sigma: Moving)
        case exponential(mean: Moving)
        case pareto(scale: Moving, shape: Moving)
        /// As written; probability 1 clips.
        case quantiles([Quantile])
        case table([Double])
    }

    package let form: Form
    private let constant: Distribution?

    package init(_ form: Form) {
        self.form = form
        constant = Self.moves(form) ? nil : Self.frozen(form) { $0.value(at: .zero, of: .zero) }
    }

    /// The distribution `elapsed` into a stretch of `length`.
    package func frozen(at elapsed: TimeSpan, of length: TimeSpan) -> Distribution {
        constant ?? Self.frozen(form) { $0.value(at: elapsed, of: length) }
    }

    private static func frozen(_ form: Form, _ value: (Moving) -> Double) -> Distribution {
        switch form {
        case .fixed(let seconds): Distribution(.fixed(value(seconds)))
        case .jitter(let center, let spread):
            Distribution(.uniform(least: value(center) - value(spread), most: value(center) + value(spread)))
        case .uniform(let least, let most): Distribution(.uniform(least: value(least), most: value(most)))
        case .normal(let mean, let deviation): Distribution(.normal(mean: value(mean), deviation: value(deviation)))
        case .lognormal(let median, let sigma): Distribution(.lognormal(mu: log(value(median)), sigma: value(sigma)))
        case .exponential(let mean): Distribution(.exponential(mean: value(mean)))
        case .pareto(let scale, let shape): Distribution(.pareto(scale: value(scale), shape: value(shape)))
        case .quantiles(let quantiles): through(quantiles, value)
        case .table(let samples): Distribution(.table(samples))
        }
    }

    private static func through(_ quantiles: [Quantile], _ value: (Moving) -> Double) -> Distribution {
        // Magnitudes that move may meet or vanish in mid-course: keep the curve rising.
        var least = 1e-9
        let points = quantiles.map { quantile in
            least = max(value(quantile.value), least * 1.000_001)
            return (probability: quantile.probability, seconds: least)
        }
        return Distribution(
            quantiles: points.filter { $0.probability < 1 },
            maximum: points.first { $0.probability >= 1 }?.seconds ?? .infinity)
    }

    private static func moves(_ form: Form) -> Bool {
        switch form {
        case .fixed(let one), .exponential(let one): one.moves
        case .jitter(let one, let other), .uniform(let one, let other), .normal(let one, let other),
            .lognormal(let one, let other), .pareto(let one, let other):
            one.moves || other.moves
        case .quantiles(let quantiles): quantiles.contains { $0.value.moves }
        case .table: false
        }
    }
}

extension Moving {
    /// Whether it is anything but a constant.
    package var moves: Bool {
        if case .constant = self { false } else { true }
    }
}
