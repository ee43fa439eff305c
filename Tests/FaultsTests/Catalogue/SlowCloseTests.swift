@testable import Faults
import Scenario
import Testing
import Units

@Suite("slow_close")
struct SlowCloseTests {
    @Test("bytes pass at once, their end late; asked and achieved are counted")
    func late() throws {
        var line = try StreamLine([("slow_close", "300ms")])
        line.arrive(10)
        line.finish()
        let run = line.run(from: .at(1))
        #expect(run.writes.map(\.at) == [.at(1)])
        #expect(run.endedAt == .at(1.3))
        #expect(line.tally.meanAsked == .milliseconds(300))
        #expect(line.tally.meanAchieved == .milliseconds(300))
    }

    @Test("behind a delay the end waits from when it gets there")
    func behind() throws {
        var line = try StreamLine([("latency", "200ms"), ("slow_close", "300ms")])
        line.arrive(10)
        line.finish()
        #expect(line.run(from: .at(1)).endedAt == .at(1.5))
    }

    @Test("when it ends the FIN goes on, and no delay was achieved")
    func released() throws {
        var line = try StreamLine([("slow_close", "1h")])
        line.finish()
        #expect(line.advance(now: .at(1)).end == nil)
        line.follow([], now: .at(2))
        #expect(line.advance(now: .at(2)).end == .finished)
        #expect(line.tally.count == 0)
    }

    @Test("it needs a delay")
    func refused() {
        #expect(!complaints("slow_close", "").isEmpty)
        #expect(!complaints("slow_close", "{delay: -1s}").isEmpty)
    }
}
