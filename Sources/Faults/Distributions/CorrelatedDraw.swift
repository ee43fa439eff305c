// Draws that resemble their neighbours and yet are a function of n alone: an AR(1) Gaussian copula, written as the sum
// that its recursion unrolls to and cut off where the rest no longer matters.
//
//     z(n) = norm * sum over k of rho^k * e(n - k),   e(m) = probit(unit(m)),   u(n) = Phi(z(n))
//
// `norm` makes the variance exactly 1, so u is even whatever rho is. Before ordinal 0 the sum runs on into ordinals that
// never come (n wraps around): the series is stationary from its first draw.

import Foundation

/// Even draws of which neighbours correlate.
package struct CorrelatedDraw: Sendable, Hashable {
    private let rho: Double
    private let terms: Int
    private let norm: Double

    /// `correlation` of neighbouring draws, 0 to 0.99.
    package init(correlation: Double) {
        rho = min(max(correlation, 0), 0.99)
        // The rest is under a thousandth of the variance.
        terms = rho == 0 ? 1 : max(2, Int((log(0.03) / log(rho)).rounded(.up)))
        norm = ((1 - rho * rho) / (1 - pow(rho, Double(2 * terms)))).squareRoot()
    }

    /// The draw of ordinal `n`; one hash without correlation, `log 0.03 / log rho` hashes with it.
    package func unit(_ dice: Dice, _ n: UInt64, lane: UInt64) -> Double {
        guard terms > 1 else { return dice.unit(n, lane: lane) }
        var (sum, weight) = (0.0, 1.0)
        for step in 0..<UInt64(terms) {
            sum += weight * Normal.quantile(dice.unit(n &- step, lane: lane))
            weight *= rho
        }
        return min(max(Normal.cumulative(sum * norm), 0x1p-53), 1 - 0x1p-53)
    }
}
