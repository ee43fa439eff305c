@testable import Faults
import Scenario
import Testing
import Units

@Suite("latency")
struct LatencyTests {
    private func samples(_ text: String, _ count: Int = 20_000) throws -> [TimeSpan] {
        let chain = Chain([try rule(fault("latency", text))])
        return try (0..<count).map { _ in
            let plan = chain.plan()
            try #require(plan.fired.count == 1 && plan.fired[0].asked == plan.before + plan.after)
            return plan.after
        }
    }

    @Test("fixed times are fixed", arguments: [("", 800), ("200ms", 200), ("{fixed: 1.5s}", 1_500), ("0ms", 0)])
    func fixed(text: String, milliseconds: Int64) throws {
        #expect(Set(try samples(text, 50)) == [.milliseconds(milliseconds)])
    }

    /// A form, and a rank of its samples with its time.
    static let forms: [(String, Double, Double)] = [
        ("800ms +- 200ms", 0.25, 0.7), ("800ms +- 200ms", 0.9, 0.96),
        ("{p50: 200ms, p99: 2s}", 0.5, 0.2), ("{p50: 200ms, p99: 2s}", 0.99, 2),
        ("{p50: 100ms, p90: 300ms, p99: 5s, max: 6s}", 0.9, 0.3), ("{p50: 100ms, p90: 300ms, p99: 5s}", 0.99, 5),
        ("{uniform: {min: 100ms, max: 300ms}}", 0.75, 0.25),
        ("{normal: {mean: 1s, deviation: 100ms}}", 0.8413447460685429, 1.1),
        ("{lognormal: {median: 200ms, p99: 2s}}", 0.99, 2),
        ("{lognormal: {median: 200ms, sigma: 1}}", 0.8413447460685429, 0.5436563656918091),
        ("{exponential: {mean: 100ms}}", 0.6321205588285577, 0.1),
        ("{pareto: {scale: 100ms, shape: 2}}", 0.75, 0.2),
        ("{p50: 200ms, p99: 2s, correlation: 30%}", 0.9, 0.7109),
    ]

    @Test("every form has the percentiles that it says", arguments: forms.indices)
    func percentiles(row: Int) throws {
        let (text, rank, seconds) = Self.forms[row]
        let samples = try samples(text)
        let under = samples.count { $0.seconds < seconds }
        #expect(deviations(under, of: samples.count, share: rank) < (text.contains("correlation") ? 5 : 3.3))
    }

    @Test("max clips")
    func clips() throws {
        let longest = try samples("{p50: 100ms, p99: 5s, max: 6s}").max()
        #expect(longest == .seconds(6))
    }

    @Test("a table gives its samples back")
    func table() throws {
        let table = FaultValue(name: "latency", attributes: ["table": .table([0.4, 0.1, 0.2, 0.3, 0.5])])
        let chain = Chain([try rule(table)])
        let samples = (0..<5_000).map { _ in chain.plan().after.seconds }
        #expect((samples.min() ?? 0) >= 0.1 && (samples.max() ?? 1) <= 0.5)
        #expect(deviations(samples.count { $0 < 0.3 }, of: 5_000, share: 0.5) < 3.3)
    }

    @Test("a heavy tail ends after a day")
    func day() throws {
        #expect(try samples("{pareto: {scale: 1h, shape: 0.01}}", 2_000).allSatisfy { $0 <= .seconds(86_400) })
    }

    @Test("hold: before delays the request, after the response; towards the dependency, before is the default")
    func hold() throws {
        let before = Chain([try rule(fault("latency", "{fixed: 1s, hold: before}"))]).plan()
        #expect(before.before == .seconds(1) && before.after == .zero)
        let upstream = Chain([try rule(fault("latency", "1s")) { $0.direction = .upstream }]).plan()
        #expect(upstream.before == .seconds(1))
    }

    @Test("magnitudes move with the phase")
    func moves() throws {
        let chain = Chain([try rule(fault("latency", "0ms -> 600ms"))])
        #expect([0, 300, 600].map { chain.plan(at: $0).after } == [.zero, .milliseconds(300), .milliseconds(600)])
        let waits = Chain([try rule(fault("latency", "{p50: 100ms -> 200ms, p99: 1s -> 2s}"))])
        #expect(waits.plan(at: 300).after > .zero)
    }

    @Test("times stretches what the dependency took")
    func times() throws {
        var plan = Chain([try rule(fault("latency", "{times: 3}"))]).plan()
        #expect(plan.awaitsMeasure && plan.after == .zero)
        plan.inflate(measured: .milliseconds(40))
        #expect(plan.after == .milliseconds(80))
        #expect(plan.fired[0].asked == .milliseconds(80))
        #expect(!plan.awaitsMeasure)
    }

    @Test("to makes slow requests slower ones, by their rank in the baseline of the file")
    func toward() throws {
        let value = try fault("latency", "{to: {p50: 900ms, p99: 8s}, baseline: {p50: 20ms, p99: 200ms}}")
        let rule = try rule(value)
        for (measured, total) in [(20, 900), (200, 8_000)] as [(Int64, Int64)] {
            var plan = Chain([rule]).plan()
            plan.inflate(measured: .milliseconds(measured))
            #expect(abs((plan.after + .milliseconds(measured)).milliseconds - Double(total)) < 0.001)
        }
        #expect(rule.state.counts.unmeasured == 0)
    }

    @Test("to ranks by the measured baseline, and never speeds up")
    func measuredBaseline() throws {
        let baseline = try #require(Baseline(seconds: (1...1_001).map { Double($0) / 1_000 }))
        let rule = try rule(fault("latency", "{to: {p50: 600ms, p99: 700ms}}"), baseline: baseline)
        var plan = Chain([rule]).plan()
        plan.inflate(measured: .milliseconds(501))
        #expect(abs(plan.after.milliseconds - 99) < 0.001)
        var slow = Chain([rule]).plan()
        slow.inflate(measured: .milliseconds(1_000))
        #expect(slow.after == .zero)
    }

    @Test("the whole distribution arrives at the target")
    func arrives() throws {
        let dice = Dice(seed: 5, name: "dependency")
        let own = Distribution(quantiles: [(0.5, 0.02), (0.99, 0.2)])
        let times = (0..<10_000 as Range<UInt64>).map { own.quantile(dice.unit($0, lane: 0)) }
        let chain = Chain([
            try rule(fault("latency", "{to: {p50: 900ms, p99: 8s}}"), baseline: Baseline(seconds: times))
        ])
        let totals = times.map { time in
            var plan = chain.plan()
            plan.inflate(measured: TimeSpan(seconds: time))
            return time + plan.after.seconds
        }
        #expect(abs(totals.sorted()[5_000] - 0.9) < 0.01)
        #expect(abs(totals.sorted()[9_900] - 8) < 0.2)
    }

    @Test("without a baseline the rank is drawn, and that is counted")
    func drawn() throws {
        let rule = try rule(fault("latency", "{to: {p50: 900ms, p99: 8s}}"))
        let chain = Chain([rule])
        let totals = (0..<10_000).map { _ in
            var plan = chain.plan()
            plan.inflate(measured: .milliseconds(10))
            return plan.after.seconds + 0.01
        }
        #expect(deviations(totals.count { $0 < 0.9 }, of: 10_000, share: 0.5) < 3.3)
        #expect(rule.state.counts.unmeasured == 10_000)
    }

    @Test(
        "what makes no latency is refused",
        arguments: [
            ("{p50: 1s}", "a curve needs two percentiles besides max: p50 and p99, for one"),
            ("{p50: 1s, max: 2s}", "a curve needs two percentiles besides max: p50 and p99, for one"),
            ("{p50: 2s, p99: 1s}", "a percentile must be longer than the one below it, at the start and at the end"),
            (
                "{p50: 1s -> 9s, p99: 8s}",
                "a percentile must be longer than the one below it, at the start and at the end"
            ),
            ("{fixed: 1s, p50: 1s, p99: 2s}", "one form at a time: here are fixed and p50"),
            ("{fixed: 1s, times: 2}", "one form at a time: here are fixed and times"),
            ("{uniform: {min: 2s, max: 1s}}", "max must be longer than min"),
            ("{lognormal: {median: 1s}}", "lognormal needs one of p99, sigma"),
            ("{lognormal: {median: 1s, p99: 2s, sigma: 1}}", "lognormal needs one of p99, sigma"),
            ("{pareto: {scale: 1s, shape: 0}}", "scale and shape must be above zero"),
            ("{exponential: {}}", "exponential needs mean"),
            ("{times: 2, hold: before}", "to and times follow what the dependency took: they can only hold: after"),
            ("{fixed: 1s, baseline: {p50: 1s, p99: 2s}}", "baseline belongs to to:"),
            ("{times: 2, correlation: 10%}", "times draws nothing that could correlate"),
        ])
    func refused(text: String, message: String) {
        #expect(complaints("latency", text).contains { $0.contains(message) }, "\(complaints("latency", text))")
    }

    @Test("on a stream each chunk waits from its own arrival")
    func stream() throws {
        var draws = ConnectionDraws()
        let chain = Chain([try rule(fault("latency", "20ms +- 10ms"), service: .forTests(.tcp))])
        let line = try #require(chain.connectionPlan(draws: &draws).streams.downstreamDelays.first)
        let delays = (0..<1_000 as Range<UInt64>).map { line.delay(chunk: $0, now: .at(1)) }
        #expect(delays.allSatisfy { $0 >= .milliseconds(10) && $0 <= .milliseconds(30) })
        #expect(deviations(delays.count { $0 < .milliseconds(20) }, of: 1_000, share: 0.5) < 3.3)
    }
}
