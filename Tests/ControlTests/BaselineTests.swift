import Control
import Faults
import Observation
import Testing

@Suite("What a dependency does by itself")
struct BaselineTests {
    private func record(
        _ milliseconds: Int64, service: UInt16 = 0, flags: AttemptRecord.Flags = [], outcome: Outcome = .complete
    ) -> AttemptRecord {
        var record = AttemptRecord()
        record.service = service
        record.firstByteAfter = milliseconds * 1_000_000
        record.flags = flags
        record.outcome = outcome
        return record
    }

    @Test("a thousand exchanges make a baseline, one less does not")
    func enough() throws {
        var collector = BaselineCollector()
        for number in 1..<Baseline.fewestSamples { collector.take([record(Int64(number))].span) }
        #expect(collector.baseline(service: 0) == nil)
        collector.take([record(1_000)].span)
        let baseline = try #require(collector.baseline(service: 0))
        #expect(abs(baseline.rank(0.25) - 0.25) < 0.01)
        #expect(collector.baseline(service: 1) == nil)
    }

    @Test("only exchanges that no fault touched, and that came to their end, count")
    func organic() {
        var collector = BaselineCollector()
        for _ in 0..<Baseline.fewestSamples {
            collector.take([record(1, flags: .injected)].span)
            collector.take([record(1, flags: .tcp)].span)
            collector.take([record(1, outcome: .upstreamReset)].span)
            collector.take([record(-1)].span)
            collector.take([record(1, service: 9)].span)
        }
        #expect(collector.baseline(service: 0) == nil)
    }

    @Test("nothing is learned while a fault is in force on the service")
    func quiet() {
        var collector = BaselineCollector()
        collector.note(isQuiet: false, service: 0)
        for _ in 0..<Baseline.fewestSamples { collector.take([record(1)].span) }
        #expect(collector.baseline(service: 0) == nil)
        collector.note(isQuiet: true, service: 0)
        for _ in 0..<Baseline.fewestSamples { collector.take([record(1)].span) }
        #expect(collector.baseline(service: 0) != nil)
    }

    @Test("the last ten thousand count, older ones are forgotten")
    func recent() throws {
        var collector = BaselineCollector()
        for _ in 0..<Baseline.mostSamples { collector.take([record(1)].span) }
        for _ in 0..<Baseline.mostSamples { collector.take([record(500)].span) }
        let baseline = try #require(collector.baseline(service: 0))
        #expect(baseline.rank(0.4) < 0.01)
    }
}
