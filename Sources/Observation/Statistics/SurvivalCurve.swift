// Kaplan and Meier's estimate (1958) of how long something lasts when some were still going on at their last sight: how
// long callers wait before they give up, where most got their answer first.
//
//     survival 1 ┐                     At each age with ends, survival falls by (1 - ends / at risk). A lifetime that was
//                └──┐   ×              cut short (×, censored) leaves those at risk after the ends of its own age: it was
//                   └──×──┐            seen to last that long.

import Glibc

/// A lifetime, in any unit: its age at the last sight, and whether it ended there.
package struct Lifetime: Sendable, Hashable {
    package var age: Double
    /// False: censored, it lasted at least that long.
    package var ended: Bool

    package init(_ age: Double, ended: Bool) {
        self.age = age
        self.ended = ended
    }
}

/// The share that lasts longer than an age.
package struct SurvivalCurve: Sendable, Hashable {
    /// An age at which lifetimes ended, and what holds from there.
    package struct Step: Sendable, Hashable {
        package var age: Double
        package var atRisk: Int
        package var ends: Int
        package var survival: Double
        /// Σ ends / (at risk · (at risk - ends)) so far: Greenwood's variance over survival².
        package var greenwood: Double
    }

    /// In order of age.
    package let steps: [Step]

    /// O(n log n).
    package init(_ lifetimes: [Lifetime]) {
        let sorted = lifetimes.sorted { $0.age < $1.age }
        var steps: [Step] = []
        var (survival, greenwood, start) = (1.0, 0.0, 0)
        while start < sorted.count {
            let age = sorted[start].age
            let end = sorted[start...].firstIndex { $0.age > age } ?? sorted.count
            let ends = sorted[start..<end].count { $0.ended }
            let atRisk = sorted.count - start
            start = end
            guard ends > 0 else { continue }
            survival *= 1 - Double(ends) / Double(atRisk)
            greenwood += Double(ends) / (Double(atRisk) * Double(atRisk - ends))
            steps.append(Step(age: age, atRisk: atRisk, ends: ends, survival: survival, greenwood: greenwood))
        }
        self.steps = steps
    }

    /// The share that lasts longer than `age`.
    package func survival(at age: Double) -> Double {
        step(at: age)?.survival ?? 1
    }

    /// Its interval on the scale of ln(-ln S), so that it stays within 0…1 (Kalbfleisch and Prentice); a survival of 0 or
    /// of 1 has no width on that scale.
    package func interval(at age: Double, confidence: Double) -> Interval {
        guard let step = step(at: age) else { return Interval(1, 1) }
        guard step.survival > 0 else { return Interval(0, 0) }
        let logarithm = log(step.survival)
        let width = Normal.quantile((1 + confidence) / 2) * step.greenwood.squareRoot() / -logarithm
        return Interval(exp(logarithm * exp(width)), exp(logarithm * exp(-width)))
    }

    /// The least age by which the share `probability` has ended; nil: fewer were seen to end.
    package func quantile(_ probability: Double) -> Double? {
        steps.first { $0.survival <= 1 - probability + 1e-12 }?.age
    }

    private func step(at age: Double) -> Step? {
        steps.last { $0.age <= age }
    }
}
