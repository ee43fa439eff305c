// The normal distribution: what Wilson's interval and Greenwood's take their width from.

import Glibc

/// The standard normal distribution.
enum Normal {
    /// P(Z <= z); by the complementary error function, exact in the far tails.
    static func cumulative(_ z: Double) -> Double {
        erfc(-z / 2.0.squareRoot()) / 2
    }

    /// The z at which P(Z <= z) = `probability`, 0 < probability < 1.
    static func quantile(_ probability: Double) -> Double {
        if probability > 0.5 { return -quantile(1 - probability) }
        return MonotoneRoot.find(from: -39, to: 39, startingAt: 0) { z in
            (cumulative(z) - probability, exp(-z * z / 2) / (2 * .pi).squareRoot())
        }
    }
}
