// A distribution of spans of time, given as its quantile function: one even draw in, seconds out. That makes every draw
// a function of one hash, lets correlated draws keep their distribution, and gives `brownout plan` its percentiles.
//
//     two quantiles   log-normal through both:   mu, sigma from   ln t = mu + sigma * probit(q)
//     more            monotone spline on         (probit q, ln t)
//     max             clips

import Foundation

/// Quantile function of seconds, frozen at one instant.
package struct Distribution: Sendable, Hashable {
    package enum Shape: Sendable, Hashable {
        case fixed(Double)
        case uniform(least: Double, most: Double)
        case normal(mean: Double, deviation: Double)
        /// Of the logarithm.
        case lognormal(mu: Double, sigma: Double)
        case exponential(mean: Double)
        case pareto(scale: Double, shape: Double)
        /// ln t over probit q.
        case spline(MonotoneSpline)
        /// Increasing samples, straight lines between them.
        case table([Double])
    }

    package let shape: Shape
    /// Nothing is longer.
    package let maximum: Double

    package init(_ shape: Shape, maximum: Double = .infinity) {
        self.shape = shape
        self.maximum = maximum
    }

    /// The curve through `quantiles` (probability strictly between 0 and 1, seconds; both increasing, at least two).
    package init(quantiles: [(probability: Double, seconds: Double)], maximum: Double = .infinity) {
        let points = quantiles.map { (x: Normal.quantile($0.probability), y: log($0.seconds)) }
        guard points.count == 2 else {
            self.init(.spline(MonotoneSpline(points)), maximum: maximum)
            return
        }
        let sigma = (points[1].y - points[0].y) / (points[1].x - points[0].x)
        self.init(.lognormal(mu: points[0].y - sigma * points[0].x, sigma: sigma), maximum: maximum)
    }

    /// The seconds that a share `u` stays under, 0 < u < 1; never negative.
    package func quantile(_ u: Double) -> Double {
        min(max(unclipped(u), 0), maximum)
    }

    /// The share that stays under `seconds`: the inverse of `quantile`, by bisection on probit u to 1e-12.
    package func cumulative(_ seconds: Double) -> Double {
        if case .lognormal(let mu, let sigma) = shape, seconds < maximum, seconds > 0, sigma > 0 {
            return Normal.cumulative((log(seconds) - mu) / sigma)
        }
        var (low, high) = (-8.2, 8.2)
        while high - low > 1e-12 {
            let middle = (low + high) / 2
            if quantile(Normal.cumulative(middle)) <= seconds { low = middle } else { high = middle }
        }
        return Normal.cumulative(low)
    }

    /// The longest that it can be; nil when there is no bound.
    package var upperBound: Double? {
        let most: Double? =
            switch shape {
            case .fixed(let seconds): seconds
            case .uniform(_, let most): most
            case .table(let samples): samples.last
            default: nil
            }
        return most.map { min($0, maximum) } ?? (maximum == .infinity ? nil : maximum)
    }

    private func unclipped(_ u: Double) -> Double {
        switch shape {
        case .fixed(let seconds): seconds
        case .uniform(let least, let most): least + (most - least) * u
        case .normal(let mean, let deviation): mean + deviation * Normal.quantile(u)
        case .lognormal(let mu, let sigma): exp(mu + sigma * Normal.quantile(u))
        case .exponential(let mean): -mean * log1p(-u)
        case .pareto(let scale, let shape): scale * pow(1 - u, -1 / shape)
        case .spline(let curve): exp(curve.value(Normal.quantile(u)))
        case .table(let samples): Self.interpolated(samples, u)
        }
    }

    private static func interpolated(_ samples: [Double], _ u: Double) -> Double {
        let place = u * Double(samples.count - 1)
        let below = min(Int(place), samples.count - 1)
        let above = min(below + 1, samples.count - 1)
        return samples[below] + (samples[above] - samples[below]) * (place - Double(below))
    }
}
