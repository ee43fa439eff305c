@testable import Faults
import Scenario
import Testing
import Units

@Suite("Baselines")
struct BaselineTests {
    @Test("fewer than a thousand samples are none")
    func tooFew() {
        #expect(Baseline(seconds: [Double](repeating: 1, count: 999)) == nil)
        #expect(Baseline(seconds: [Double](repeating: 1, count: 1_000)) != nil)
    }

    @Test("ranks are those of the samples, clipped to half a sample")
    func ranks() throws {
        let baseline = try #require(Baseline(seconds: (1...1_000).map(Double.init).reversed()))
        #expect(baseline.rank(0) == 0.5 / 1_000)
        #expect(baseline.rank(5_000) == 1 - 0.5 / 1_000)
        #expect(abs(baseline.rank(500) - 0.4995) < 1e-12)
        #expect(abs(baseline.rank(500.5) - 0.5) < 1e-12)
    }

    @Test("ties rank in their middle")
    func ties() throws {
        let baseline = try #require(Baseline(seconds: [Double](repeating: 1, count: 1_000)))
        #expect(baseline.rank(1) == 0.5)
    }

    @Test("only the last ten thousand samples count")
    func latest() throws {
        let old = [Double](repeating: 100, count: 10_000)
        let baseline = try #require(Baseline(seconds: old + (1...10_000).map(Double.init)))
        #expect(abs(baseline.rank(5_000) - 0.5) < 1e-3)
    }

    @Test("a baseline of the file ranks by its curve")
    func curve() {
        let baseline = Baseline(Distribution(quantiles: [(0.5, 0.05), (0.99, 0.4)]))
        #expect(abs(baseline.rank(0.05) - 0.5) < 1e-9)
        #expect(abs(baseline.rank(0.4) - 0.99) < 1e-9)
        #expect(baseline.rank(0) == 0.5 / 10_000)
    }
}
