// Expectations against measurements: verdicts as a table, and when windows are taken down.

import Scenario
import Testing
import Units

@testable import Observation

@Suite("Judging what was expected")
struct JudgeTests {
    /// A run in which calm had 100 good exchanges of 10 ms and storm 100 of which 10 failed; after was not played.
    private func run(_ expectations: [Scenario.Expectation]) -> RunReport {
        let store = World.store()
        let recorder = RunRecorder(World.start, store: store, judge: Judge(expectations))
        recorder.record(.phaseBegan(phase: "calm", pass: 1, passes: 1), at: second(0))
        store.consume(100, .exchange(phase: 0))
        recorder.record(.phaseEnded(phase: "calm", how: .played), at: second(60))
        recorder.record(.phaseBegan(phase: "storm", pass: 1, passes: 1), at: second(60))
        store.consume(90, .exchange(.milliseconds(200), phase: 1))
        store.consume(10, .exchange(status: 503, outcome: .injectedAnswer, phase: 1, flags: .injected))
        recorder.record(.phaseEnded(phase: "storm", how: .played), at: second(180))
        return recorder.finish(.commandEnded, at: second(181))
    }

    @Test(
        "verdicts",
        arguments: [
            ("payments.success >= 95%", nil, Verdict.pass, nil),
            ("payments.success >= 95%", "storm", .fail, nil),
            ("payments.success == 100%", "calm", .pass, nil),
            ("payments.success >= 95%", "after", .inconclusive, "after was not played"),
            ("payments.p99 <= 300ms and payments.p50 >= 5ms", "storm", .pass, nil),
            ("redis.success >= 95%", nil, .inconclusive, "no samples"),
            ("redis.success >= 95% or payments.success >= 95%", nil, .pass, nil),
            ("redis.success >= 95% and payments.success >= 99%", nil, .fail, nil),
            ("payments.timeout <= 2s", nil, .inconclusive, "not measured yet: payments.timeout"),
            (
                "payments.timeout <= 2s or payments.success >= 95%", nil, .inconclusive,
                "not measured yet: payments.timeout"
            ),
            ("payments.amplification <= 1.5 and payments.success >= 99%", nil, .fail, nil),
            ("payments.backoff is exponential", nil, .inconclusive, "not measured yet: payments.backoff"),
            ("not payments.success < 95%", nil, .pass, nil),
            ("storm is over", nil, .pass, nil),
            ("payments.p99 <= 50ms over 2m", "calm", .pass, nil),
        ] as [(String, String?, Verdict, String?)])
    func verdicts(text: String, phase: String?, verdict: Verdict, reason: String?) throws {
        let report = run([try World.expectation(text, in: phase)]).expectations[0]
        #expect(report.verdict == verdict)
        #expect(report.reason == reason)
    }

    @Test("what was measured stands beside the verdict, with its number of samples")
    func measured() throws {
        let report = run([try World.expectation("payments.success >= 95% and redis.p99 < 1s", in: "storm")])
        let measured = report.expectations[0].measured
        #expect(measured.map(\.metric) == ["payments.success", "redis.p99"])
        #expect(measured.map(\.text) == ["90.0%", "unknown"])
        #expect(measured.map(\.samples) == [100, 0])
    }

    @Test("a window in an expectation is the last one of its phase, taken down while the phase ends")
    func windows() throws {
        let store = World.store()
        let expectation = try World.expectation("payments.success >= 95% over 10s", in: "calm")
        let recorder = RunRecorder(World.start, store: store, judge: Judge([expectation]))
        recorder.record(.phaseBegan(phase: "calm", pass: 1, passes: 1), at: second(0))
        store.consume(50, .exchange(status: 500, phase: 0))
        store.advance(to: second(55))
        store.consume(50, .exchange(phase: 0))
        recorder.record(.phaseEnded(phase: "calm", how: .played), at: second(60))
        store.advance(to: second(2_000))
        store.consume(50, .exchange(status: 500))
        let report = recorder.finish(.played, at: second(2_001)).expectations[0]
        #expect(report.verdict == .pass)
        #expect(report.measured[0].samples == 50)
    }
}
