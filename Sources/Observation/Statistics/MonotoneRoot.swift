// Where a rising function crosses zero: Newton's step where it stays within the bracket, else bisection ("Numerical
// Recipes", 3rd ed., 9.4). The inverses of distributions are all of this kind, with the density as the slope.

/// A search in a bracket that always ends.
enum MonotoneRoot {
    /// Halvings after which no bracket of doubles in use here is wider than one of them.
    private static let mostSteps = 200

    /// The root of a function that rises from below zero at `lower` to above it at `upper`.
    static func find(
        from lower: Double, to upper: Double, startingAt start: Double,
        _ function: (Double) -> (value: Double, slope: Double)
    ) -> Double {
        var (low, high, x) = (lower, upper, start)
        for _ in 0..<mostSteps {
            let (value, slope) = function(x)
            if value == 0 { return x }
            if value < 0 { low = x } else { high = x }
            let newton = x - value / slope
            let next = newton > low && newton < high ? newton : low + (high - low) / 2
            if abs(next - x) <= x.ulp { return next }
            x = next
        }
        return x
    }
}
