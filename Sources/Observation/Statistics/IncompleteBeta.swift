// The regularised incomplete beta function, which is the binomial distribution's sum, and its inverse, which is the exact
// bound of a proportion. Continued fraction by Lentz's method (DLMF 8.17.22); it converges in O(sqrt(max(a, b))) terms
// on the near side of the mean, and the far side is the other function's complement.

import Glibc

/// I_x(a, b) = ∫₀ˣ t^(a-1) (1-t)^(b-1) dt / B(a, b).
enum IncompleteBeta {
    private static let tiny = 1e-300
    private static let mostTerms = 1_000_000

    /// For a, b > 0 and x in 0…1.
    static func regularised(_ x: Double, _ a: Double, _ b: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        if x > (a + 1) / (a + b + 2) { return 1 - lowerSide(1 - x, b, a) }
        return lowerSide(x, a, b)
    }

    /// The x at which I_x(a, b) = `probability`.
    static func inverse(_ probability: Double, _ a: Double, _ b: Double) -> Double {
        if probability <= 0 { return 0 }
        if probability >= 1 { return 1 }
        return MonotoneRoot.find(from: 0, to: 1, startingAt: a / (a + b)) { x in
            (regularised(x, a, b) - probability, leadingFactor(x, a, b) / (x * (1 - x)))
        }
    }

    /// x^a (1-x)^b / B(a, b).
    private static func leadingFactor(_ x: Double, _ a: Double, _ b: Double) -> Double {
        exp(Density.logBinomial(a, of: a + b, probability: x)) * a * b / (a + b)
    }

    private static func lowerSide(_ x: Double, _ a: Double, _ b: Double) -> Double {
        leadingFactor(x, a, b) / a * continuedFraction(x, a, b)
    }

    private static func continuedFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        var c = 1.0
        var d = 1 / away(1 - (a + b) * x / (a + 1))
        var result = d
        for term in 1...mostTerms {
            let m = Double(term)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / away(1 + even * d)
            c = away(1 + even / c)
            result *= d * c
            d = 1 / away(1 + odd * d)
            c = away(1 + odd / c)
            result *= d * c
            if abs(d * c - 1) < 1e-16 { break }
        }
        return result
    }

    /// Lentz's guard against a division by zero.
    private static func away(_ value: Double) -> Double {
        abs(value) < tiny ? tiny : value
    }
}
