// Binomial and Poisson densities by Loader's saddle-point expansion ("Fast and Accurate Computation of Binomial
// Probabilities", 2000): the logarithms of large factorials are never subtracted from each other, so that 10^6 trials are
// as exact as ten. Arguments need not be whole: the incomplete beta and gamma functions take their leading factors here.

import Glibc

/// Densities that stay exact for large counts.
enum Density {
    /// ln of Γ(n+1) / (Γ(x+1) Γ(n-x+1)) · p^x · (1-p)^(n-x), for 0 <= x <= n.
    static func logBinomial(_ x: Double, of n: Double, probability p: Double) -> Double {
        if x == 0 { return n * log1p(-p) }
        if x == n { return n * log(p) }
        let corrections = stirlingError(n) - stirlingError(x) - stirlingError(n - x)
        let deviances = deviance(x, n * p) + deviance(n - x, n * (1 - p))
        return corrections - deviances - (log(2 * .pi) + log(x) + log1p(-x / n)) / 2
    }

    /// λ^x e^-λ / Γ(x+1).
    static func poisson(_ x: Double, mean: Double) -> Double {
        if mean == 0 { return x == 0 ? 1 : 0 }
        if x == 0 { return exp(-mean) }
        return exp(-stirlingError(x) - deviance(x, mean)) / (2 * .pi * x).squareRoot()
    }

    /// What Stirling's formula lacks: ln n! - ln(sqrt(2πn) (n/e)^n).
    private static func stirlingError(_ n: Double) -> Double {
        if n <= 15 { return log(tgamma(n + 1)) - (n + 0.5) * log(n) + n - log(2 * .pi) / 2 }
        let square = n * n
        let inner = 1.0 / 1_260 - (1.0 / 1_680 - 1.0 / 1_188 / square) / square
        return (1.0 / 12 - (1.0 / 360 - inner / square) / square) / n
    }

    /// x ln(x/m) + m - x, by its series where the two are close and the terms would cancel.
    private static func deviance(_ x: Double, _ mean: Double) -> Double {
        guard abs(x - mean) < 0.1 * (x + mean) else { return x * log(x / mean) + mean - x }
        let ratio = (x - mean) / (x + mean)
        var sum = (x - mean) * ratio
        var power = 2 * x * ratio
        for order in 1... {
            power *= ratio * ratio
            let next = sum + power / Double(2 * order + 1)
            if next == sum { break }
            sum = next
        }
        return sum
    }
}
