// The regularised incomplete gamma functions, which are the Poisson distribution's sums, and their inverse, which is the
// exact bound of a rate. Series below the mean (DLMF 8.11.4), continued fraction above it (DLMF 8.9.2, Lentz's method).

import Glibc

/// P(a, x) = ∫₀ˣ t^(a-1) e^-t dt / Γ(a), and Q = 1 - P.
enum IncompleteGamma {
    private static let tiny = 1e-300
    private static let mostTerms = 1_000_000

    /// P, for a > 0 and x >= 0.
    static func lower(_ a: Double, _ x: Double) -> Double {
        if x <= 0 { return 0 }
        return x < a + 1 ? series(a, x) : 1 - continuedFraction(a, x)
    }

    /// Q, for a > 0 and x >= 0.
    static func upper(_ a: Double, _ x: Double) -> Double {
        if x <= 0 { return 1 }
        return x < a + 1 ? 1 - series(a, x) : continuedFraction(a, x)
    }

    /// The x at which P(a, x) = `probability` < 1.
    static func inverseLower(_ probability: Double, _ a: Double) -> Double {
        if probability <= 0 { return 0 }
        var top = a + 1
        while lower(a, top) < probability { top *= 2 }
        return MonotoneRoot.find(from: 0, to: top, startingAt: min(a, top)) { x in
            (lower(a, x) - probability, leadingFactor(a, x) / x)
        }
    }

    /// x^a e^-x / Γ(a).
    private static func leadingFactor(_ a: Double, _ x: Double) -> Double {
        Density.poisson(a, mean: x) * a
    }

    private static func series(_ a: Double, _ x: Double) -> Double {
        var term = 1 / a
        var sum = term
        for index in 1...mostTerms {
            term *= x / (a + Double(index))
            sum += term
            if term < sum * 1e-17 { break }
        }
        return sum * leadingFactor(a, x)
    }

    private static func continuedFraction(_ a: Double, _ x: Double) -> Double {
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / away(b)
        var result = d
        for index in 1...mostTerms {
            let n = Double(index)
            let numerator = -n * (n - a)
            b += 2
            d = 1 / away(numerator * d + b)
            c = away(b + numerator / c)
            result *= d * c
            if abs(d * c - 1) < 1e-16 { break }
        }
        return result * leadingFactor(a, x)
    }

    private static func away(_ value: Double) -> Double {
        abs(value) < tiny ? tiny : value
    }
}
