@testable import Faults
import Foundation
import Scenario
import Testing
import Units

@Suite("Distributions")
struct DistributionTests {
    static let ranks: [Double] = [
        1e-12, 1e-6, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1 - 1e-6, 1 - 1e-12,
    ]

    @Test("probit inverts the normal distribution", arguments: ranks)
    func probit(rank: Double) {
        #expect(abs(Normal.cumulative(Normal.quantile(rank)) - rank) < 1e-13 * max(1, rank / 1e-3))
    }

    @Test(
        "probit has the values of the tables",
        arguments: [
            (0.5, 0), (0.975, 1.959963984540054), (0.99, 2.3263478740408408), (0.999, 3.090232306167813),
            (1e-10, -6.361340902404056), (0.3, -0.5244005127080407),
        ])
    func probitTable(rank: Double, z: Double) {
        #expect(abs(Normal.quantile(rank) - z) < 1e-12)
    }

    /// Closed forms, by rank.
    static let closedForms: [(Distribution, @Sendable (Double) -> Double)] = [
        (Distribution(.fixed(0.8)), { _ in 0.8 }),
        (Distribution(.uniform(least: 0.6, most: 1)), { 0.6 + 0.4 * $0 }),
        (Distribution(.exponential(mean: 0.2)), { -0.2 * log(1 - $0) }),
        (Distribution(.pareto(scale: 0.1, shape: 1.5)), { 0.1 / pow(1 - $0, 1 / 1.5) }),
        (Distribution(.table([1, 2, 4])), { $0 < 0.5 ? 1 + 2 * $0 : 2 + 4 * ($0 - 0.5) }),
    ]

    @Test("quantile functions have their closed forms", arguments: ranks.filter { $0 > 1e-7 && $0 < 1 - 1e-7 })
    func closedForms(rank: Double) {
        for (distribution, expected) in Self.closedForms {
            #expect(abs(distribution.quantile(rank) - expected(rank)) <= 1e-9 * max(1, expected(rank)))
        }
    }

    @Test("normal and log-normal stand on probit", arguments: ranks)
    func normals(rank: Double) {
        let z = Normal.quantile(rank)
        #expect(abs(Distribution(.normal(mean: 1, deviation: 0.1)).quantile(rank) - max(0, 1 + 0.1 * z)) < 1e-12)
        let expected = exp(log(0.2) + 0.9 * z)
        let found = Distribution(.lognormal(mu: log(0.2), sigma: 0.9)).quantile(rank)
        #expect(abs(found - expected) < 1e-12 * max(1, expected))
    }

    @Test("two quantiles are the log-normal through both: mu = ln p50, sigma = ln(p99/p50)/2.3263")
    func twoQuantiles() {
        let found = Distribution(quantiles: [(0.5, 0.2), (0.99, 2)])
        guard case .lognormal(let mu, let sigma) = found.shape else { return #expect(Bool(false), "\(found)") }
        #expect(abs(mu - log(0.2)) < 1e-12)
        #expect(abs(sigma - log(10) / 2.3263478740408408) < 1e-12)
        #expect(abs(found.quantile(0.5) - 0.2) < 1e-9)
        #expect(abs(found.quantile(0.99) - 2) < 1e-9)
    }

    @Test("any two quantiles do, not only p50 and p99")
    func anyTwoQuantiles() {
        let found = Distribution(quantiles: [(0.9, 0.3), (0.999, 5)])
        #expect(abs(found.quantile(0.9) - 0.3) < 1e-9)
        #expect(abs(found.quantile(0.999) - 5) < 1e-9)
    }

    @Test("more quantiles are met exactly, and between them the curve only rises")
    func manyQuantiles() {
        let asked: [(probability: Double, seconds: Double)] = [
            (0.5, 0.1), (0.9, 0.11), (0.95, 1), (0.99, 8), (0.999, 8.5),
        ]
        let found = Distribution(quantiles: asked)
        for point in asked { #expect(abs(found.quantile(point.probability) - point.seconds) < 1e-9) }
        let curve = (1..<10_000).map { found.quantile(Double($0) / 10_000) }
        #expect(zip(curve, curve.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test("three quantiles of one log-normal give back that log-normal")
    func splineOfALine() {
        let asked = [0.5, 0.9, 0.99].map { (probability: $0, seconds: exp(log(0.2) + 0.7 * Normal.quantile($0))) }
        let found = Distribution(quantiles: asked)
        for rank in [0.001, 0.3, 0.6, 0.95, 0.9999] {
            let expected = exp(log(0.2) + 0.7 * Normal.quantile(rank))
            #expect(abs(found.quantile(rank) - expected) < 1e-9)
        }
    }

    @Test("max clips, and nothing is negative")
    func clips() {
        let clipped = Distribution(quantiles: [(0.5, 0.2), (0.99, 2)], maximum: 3)
        #expect(clipped.quantile(1 - 1e-12) == 3)
        #expect(clipped.quantile(0.99) < 3)
        #expect(Distribution(.normal(mean: 0.1, deviation: 1)).quantile(0.01) == 0)
    }

    @Test("cumulative inverts quantile", arguments: [0.01, 0.2, 0.5, 0.9, 0.999])
    func cumulative(rank: Double) {
        let distributions = [
            Distribution(quantiles: [(0.5, 0.2), (0.99, 2)]),
            Distribution(quantiles: [(0.5, 0.1), (0.9, 0.2), (0.99, 4)]),
            Distribution(.exponential(mean: 2)), Distribution(.uniform(least: 1, most: 2)),
        ]
        for distribution in distributions {
            #expect(abs(distribution.cumulative(distribution.quantile(rank)) - rank) < 1e-9)
        }
    }

    @Test("samples have the percentiles that were asked")
    func samples() {
        let dice = Dice(seed: 3, name: "samples")
        let distribution = Distribution(quantiles: [(0.5, 0.1), (0.9, 0.4), (0.99, 3)])
        let samples = (0..<40_000 as Range<UInt64>).map { distribution.quantile(dice.unit($0, lane: 1)) }
        for (rank, seconds) in [(0.5, 0.1), (0.9, 0.4), (0.99, 3.0)] {
            let under = samples.count { $0 < seconds }
            #expect(deviations(under, of: samples.count, share: rank) < 3.3)
        }
    }

    @Test("what moves is between its ends, also in the middle and where it vanishes")
    func moves() {
        let growing = MovingDistribution(
            .quantiles([
                Quantile(probability: 0.5, value: .ramp(from: 0.1, to: 0.3, curve: .linear, over: nil)),
                Quantile(probability: 0.99, value: .constant(2)),
            ]))
        #expect(abs(growing.frozen(at: .seconds(30), of: .seconds(60)).quantile(0.5) - 0.2) < 1e-9)
        let flapping = MovingDistribution(
            .quantiles([
                Quantile(probability: 0.5, value: .flap(value: 0.1, up: .seconds(1), down: .seconds(1))),
                Quantile(probability: 0.99, value: .flap(value: 1, up: .seconds(1), down: .seconds(1))),
            ]))
        #expect(flapping.frozen(at: .milliseconds(1_500), of: .seconds(60)).quantile(0.999) < 1e-6)
    }
}
