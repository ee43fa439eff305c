@testable import Faults
import Scenario
import Foundation
import Testing
import Units

@Suite("Correlated draws")
struct CorrelatedDrawTests {
    private let dice = Dice(seed: 11, name: "correlated")

    @Test("neighbours correlate as asked, and distance dampens it", arguments: [0.1, 0.3, 0.6, 0.9, 0.97])
    func autocorrelation(asked: Double) {
        let z = units(asked, count: 60_000).map(Normal.quantile)
        #expect(abs(correlation(z, lag: 1) - asked) < 0.02)
        #expect(abs(correlation(z, lag: 3) - pow(asked, 3)) < 0.04)
    }

    @Test("without correlation a draw is the plain one")
    func independent() {
        let draw = CorrelatedDraw(correlation: 0)
        for n in 0..<100 as Range<UInt64> { #expect(draw.unit(dice, n, lane: 1) == dice.unit(n, lane: 1)) }
        #expect(abs(correlation(units(0, count: 60_000), lag: 1)) < 0.015)
    }

    @Test("draws stay even whatever the correlation", arguments: [0.05, 0.5, 0.9])
    func even(asked: Double) {
        let units = units(asked, count: 60_000)
        let mean = units.reduce(0, +) / Double(units.count)
        let variance = units.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(units.count)
        #expect(abs(mean - 0.5) < 0.02)
        #expect(abs(variance - 1.0 / 12) < 0.004)
    }

    @Test("a draw is a function of its number, in whatever order it is asked")
    func function() {
        let draw = CorrelatedDraw(correlation: 0.8)
        let forward = (0..<50 as Range<UInt64>).map { draw.unit(dice, $0, lane: 1) }
        let backward = (0..<50 as Range<UInt64>).reversed().map { draw.unit(dice, $0, lane: 1) }
        #expect(forward == backward.reversed())
    }

    private func units(_ correlation: Double, count: UInt64) -> [Double] {
        let draw = CorrelatedDraw(correlation: correlation)
        return (0..<count).map { draw.unit(dice, $0, lane: 1) }
    }

    private func correlation(_ values: [Double], lag: Int) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        let centred = values.map { $0 - mean }
        let variance = centred.reduce(0) { $0 + $1 * $1 }
        return zip(centred, centred.dropFirst(lag)).reduce(0) { $0 + $1.0 * $1.1 } / variance
    }
}
