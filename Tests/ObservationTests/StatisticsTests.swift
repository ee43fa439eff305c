// The statistics at their edges and by the figures that the contract of the verdicts names; that they agree with scipy and
// lifelines is an end-to-end test.

import Testing
import Units

@testable import Observation

@Suite("Statistics")
struct StatisticsTests {
    @Test("no leak of 59 is under 5 %, none of 58 is not; 1 % needs 299", arguments: [(58, 0.05), (298, 0.01)])
    func leak(trials: Int, limit: Double) {
        #expect(Proportion(0, of: trials).exactUpperBound(confidence: 0.95) > limit)
        #expect(Proportion(0, of: trials + 1).exactUpperBound(confidence: 0.95) <= limit)
    }

    @Test("of nothing, any share is possible")
    func nothing() {
        let nothing = Proportion(0, of: 0)
        #expect(nothing.share == nil)
        #expect(nothing.exactInterval(confidence: 0.95) == Interval(0, 1))
        #expect(nothing.wilsonInterval(confidence: 0.95) == Interval(0, 1))
    }

    @Test("equal tables count once more on the far side: 3 of 4 against 1 of 4")
    func fisher() {
        let test = FisherExactTest(3, 1, 1, 3)
        #expect(abs(test.probability(.twoSided) - 34.0 / 70) < 1e-12)
        #expect(abs(test.probability(.greater) - 17.0 / 70) < 1e-12)
        #expect(FisherExactTest(0, 0, 0, 0).probability(.twoSided) == 1)
    }

    @Test("an age that fewer reached than asked for is not known")
    func censored() {
        let curve = SurvivalCurve([Lifetime(1, ended: true), Lifetime(2, ended: false), Lifetime(3, ended: false)])
        #expect(curve.quantile(0.3) == 1)
        #expect(curve.quantile(0.5) == nil)
        #expect(curve.survival(at: 0.9) == 1)
        #expect(SurvivalCurve([]).quantile(0.5) == nil)
    }

    @Test("samples too few for a figure have none")
    func fewSamples() {
        #expect(Samples([]).nearestRank(0.5) == nil)
        #expect(Samples([]).interpolated(0.5) == nil)
        #expect(Samples([1]).variance == nil)
        #expect(Samples([0, 0]).fanoFactor == nil)
    }

    @Test("points that cannot be told apart are not fitted")
    func degenerate() {
        let independent = [[1.0, 0.0], [0.0, 1.0]]
        #expect(LeastSquares(columns: [[1, 1], [2, 2]], response: [1, 2], covariance: independent) == nil)
        #expect(LeastSquares(columns: [[1, 1]], response: [1, 2], covariance: [[1, 1], [1, 1]]) == nil)
    }

    @Test("a budget of 30 days has the four pairs of the workbook")
    func pairs() {
        let pairs = BurnPair.pairs(of: TimeSpan(seconds: 30 * 86_400))
        #expect(pairs.map { Int(($0.factor * 10).rounded()) } == [144, 60, 30, 10])
        #expect(pairs.map { Int($0.long.seconds.rounded()) } == [3_600, 21_600, 86_400, 259_200])
        #expect(pairs.map { Int($0.short.seconds.rounded()) } == [300, 1_800, 7_200, 21_600])
    }

    @Test("a pair fires when both windows burn, and not on two failures")
    func fires() {
        let page = BurnPair.pairs(of: TimeSpan(seconds: 30 * 86_400))[0]
        let burning = EventCounts(bad: 20, total: 1_000)
        #expect(page.fires(long: burning, short: EventCounts(bad: 3, total: 100), target: 0.999))
        #expect(!page.fires(long: burning, short: EventCounts(bad: 2, total: 10), target: 0.999))
        #expect(!page.fires(long: EventCounts(bad: 14, total: 1_000), short: burning, target: 0.999))
        #expect(!page.fires(long: burning, short: EventCounts(bad: 0, total: 0), target: 0.999))
    }
}
