// One run with a bit of everything, for the tests of reports and journals.

import Scenario
import Units

@testable import Observation

enum SampleRun {
    static func expectations() throws -> [Scenario.Expectation] {
        [
            try World.expectation("payments.success >= 99%", name: "healthy before", in: "calm"),
            try World.expectation("payments.p99 <= 1s", name: "fast enough", in: "storm"),
            try World.expectation("payments.timeout <= 2s"),
        ]
    }

    /// Plays three minutes; `ending` nil: it is killed in the storm.
    static func play(journal: Journal? = nil, ending: RunEnding? = .played) throws -> RunReport? {
        let store = World.store(at: second(5_000))
        let recorder = RunRecorder(World.start, store: store, judge: Judge(try expectations()), journal: journal)
        var counts = Array(repeating: InjectionCounts(), count: 4)
        recorder.record(.phaseBegan(phase: "calm", pass: 1, passes: 1), at: second(5_000))
        for tick in 0..<180 {
            let now = second(5_000 + Double(tick))
            if tick == 60 {
                recorder.record(.phaseEnded(phase: "calm", how: .played), at: now)
                recorder.record(.phaseBegan(phase: "storm", pass: 1, passes: 1), at: now)
                recorder.record(.faultLive(entry: "slow", phase: "storm"), at: now)
            }
            store.advance(to: now)
            consume(tick, store, &counts)
            recorder.tick(at: second(5_001 + Double(tick)))
        }
        guard let ending else { return nil }
        recorder.record(.phaseEnded(phase: "storm", how: .played), at: second(5_180))
        recorder.record(.phaseEnded(phase: "after", how: .skipped), at: second(5_180))
        return recorder.finish(ending, at: second(5_180.5))
    }

    private static func consume(_ tick: Int, _ store: MetricStore, _ counts: inout [InjectionCounts]) {
        let phase: UInt16 = tick < 60 ? 0 : 1
        for number in 0..<20 {
            let span = TimeSpan.milliseconds(Int64(10 + number))
            let record = AttemptRecord.exchange(span, endpoint: UInt16(number % 2), phase: phase)
            let isHarmed = phase == 1 && number < 2
            store.consume(isHarmed ? slowed(record) : record)
        }
        if phase == 1 {
            store.consume(.exchange(.milliseconds(5), status: 500, phase: 1))
            counts[0].met += 20
            counts[0].injected += 2
            counts[1].met += 20
            counts[1].withheld += 1
            counts[2] = counts[0]
            store.note(counts)
        }
        store.note(Gauges(services: [ServiceGauges(inFlight: tick % 7, connections: 4)], loopLag: 0.0002))
        store.consume(.exchange(.seconds(3), status: 0, service: 1, phase: phase, flags: .tcp))
    }

    private static func slowed(_ record: AttemptRecord) -> AttemptRecord {
        var slowed = record.delayed(.milliseconds(1_500), achieved: TimeSpan(nanoseconds: 1_500_080_000))
        slowed.duration += slowed.achievedDelay
        return slowed
    }
}
