@testable import Faults
import Scenario
import Testing
import Units

@Suite("bandwidth")
struct BandwidthTests {
    @Test("on http it paces the body of an exchange, towards the caller unless asked otherwise")
    func exchanges() throws {
        let plan = Chain([try rule(fault("bandwidth", "2KB/s"))]).plan()
        #expect(plan.streams.downstreamPaces.first?.bytesPerSecond(.at(1)) == 2_000)
        #expect(plan.streams.upstream.isEmpty)
    }

    @Test("on tcp it paces a connection, open ones too")
    func connections() throws {
        var draws = ConnectionDraws()
        let chain = Chain([try rule(fault("bandwidth", "1MB/s"), service: .forTests(.tcp))])
        #expect(
            chain.connectionPlan(draws: &draws, born: -100).streams.downstreamPaces.first?.bytesPerSecond(.zero) == 1e6)
    }

    @Test("the rate may move")
    func moves() throws {
        let chain = Chain([try rule(fault("bandwidth", "1MB/s -> 3MB/s"))])
        #expect(chain.plan().streams.downstreamPaces.first?.bytesPerSecond(.at(300)) == 2e6)
    }

    @Test("a rate of zero is a stall; another rate resumes it")
    func stall() throws {
        let maker = StageMaker()
        var line = StreamLine()
        line.follow(try maker.stages([("bandwidth", "0B/s")]), now: .at(1))
        line.arrive(10)
        #expect(line.advance(now: .at(1)).bytes == 0)
        #expect(line.advance(now: .at(600)).bytes == 0)
        line.follow(try maker.stages([("bandwidth", "1KB/s")]), now: .at(600))
        #expect(line.run(from: .at(600)).writes.reduce(0) { $0 + $1.bytes } == 10)
    }

    @Test("it needs a rate, not below zero, of a connection or of the service")
    func refused() {
        #expect(!complaints("bandwidth", "").isEmpty)
        #expect(!complaints("bandwidth", "-1B/s").isEmpty)
        #expect(!complaints("bandwidth", "{rate: 1B/s, scope: world}").isEmpty)
    }
}
