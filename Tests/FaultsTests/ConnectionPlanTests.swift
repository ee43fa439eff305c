@testable import Faults
import Scenario
import Testing
import Units

@Suite("Plans of connections")
struct ConnectionPlanTests {
    private let tcp = Service.forTests(.tcp)

    @Test("without rules a connection is on the direct path and owns nothing")
    func clear() {
        var draws = ConnectionDraws()
        #expect(Chain([]).connectionPlan(draws: &draws).isClear)
        #expect(!Chain([]).touchesConnections)
    }

    @Test("a connection draws once per entry, however often it is asked")
    func drawsOnce() throws {
        let rule = try rule(fault("bandwidth", "1MB/s"), service: tcp) { $0.share = .constant(0.5) }
        let chain = Chain([rule])
        var sessions = [ConnectionDraws](repeating: ConnectionDraws(), count: 500)
        let fates = sessions.indices.map { chain.connectionPlan(draws: &sessions[$0]).isClear }
        for _ in 0..<3 {
            #expect(sessions.indices.map { chain.connectionPlan(draws: &sessions[$0], at: 2).isClear } == fates)
        }
        #expect(rule.state.counts.met == 500)
        #expect(rule.state.counts.injected == UInt64(fates.count { !$0 }))
        #expect(deviations(fates.count { !$0 }, of: 500, share: 0.5) < 3.3)
    }

    @Test("a growing share takes in more connections and lets none go")
    func grows() throws {
        let chain = Chain([
            try rule(fault("hang"), service: tcp) { $0.share = .ramp(from: 0, to: 1, curve: .linear, over: nil) }
        ])
        var sessions = [ConnectionDraws](repeating: ConnectionDraws(), count: 300)
        var cohort: Set<Int> = []
        for seconds in stride(from: 0.0, through: 600, by: 100) {
            let harmed = Set(
                sessions.indices.filter { !chain.connectionPlan(draws: &sessions[$0], at: seconds).isClear })
            #expect(harmed.isSuperset(of: cohort))
            cohort = harmed
        }
        #expect(cohort.count == 300)
    }

    @Test("open, new and reused connections are told apart")
    func ages() throws {
        let clock = RuleClock(began: .at(10), length: .seconds(60))
        for (asked, old, young) in [
            (FaultEntry.Connections.all, true, true), (.new, false, true), (.open, true, false),
        ] {
            let chain = Chain([try rule(fault("reset"), clock: clock) { $0.connections = asked }])
            var draws = [ConnectionDraws(), ConnectionDraws()]
            #expect(!chain.connectionPlan(draws: &draws[0], born: 5, at: 20).isClear == old)
            #expect(!chain.connectionPlan(draws: &draws[1], born: 15, at: 20).isClear == young)
        }
        let reused = Chain([try rule(fault("reset")) { $0.connections = .reused }])
        var draws = ConnectionDraws()
        #expect(reused.touchesReusedConnections)
        #expect(reused.connectionPlan(draws: &draws).isClear)
        #expect(!reused.connectionPlan(draws: &draws, exchangesBefore: 1).isClear)
    }

    @Test("a cap's place is held while the entry acts and given back when it ends or the connection closes")
    func cap() throws {
        let rule = try rule(fault("hang"), service: tcp) { $0.cap = 1 }
        let chain = Chain([rule])
        var (first, second) = (ConnectionDraws(), ConnectionDraws())
        #expect(!chain.connectionPlan(draws: &first).isClear)
        #expect(chain.connectionPlan(draws: &second).isClear)
        #expect(!chain.connectionPlan(draws: &first).isClear)
        #expect(rule.state.harmed == 1)
        #expect(rule.state.counts.withheld == 1)
        #expect(Chain([]).connectionPlan(draws: &first).isClear)
        #expect(rule.state.harmed == 0)
        #expect(!chain.connectionPlan(draws: &second).isClear)
        second.release()
        second.release()
        #expect(rule.state.harmed == 0)
    }

    @Test("limits count connections, and one connection once")
    func limits() throws {
        let chain = Chain([
            try rule(fault("latency", "1ms"), name: "a", index: 0, service: tcp),
            try rule(fault("hang"), name: "b", index: 1, service: tcp),
        ])
        let limits = LimitState(share: 0.5, concurrent: ConcurrentHarm(most: 100))
        var sessions = [ConnectionDraws](repeating: ConnectionDraws(), count: 100)
        let harmed = sessions.indices.count { !chain.connectionPlan(draws: &sessions[$0], limits: limits).isClear }
        #expect(harmed == 50)
    }

    @Test("latencies of a stream add up, per direction")
    func latencies() throws {
        let chain = Chain([
            try rule(fault("latency", "1ms"), name: "a", index: 0, service: tcp),
            try rule(fault("latency", "2ms"), name: "b", index: 1, service: tcp),
            try rule(fault("latency", "5ms"), name: "c", index: 2, service: tcp) { $0.direction = .upstream },
        ])
        var draws = ConnectionDraws()
        let plan = chain.connectionPlan(draws: &draws)
        let down = plan.streams.downstreamDelays.map { $0.delay(chunk: 0, now: .at(1)) }
        #expect(down == [.milliseconds(1), .milliseconds(2)])
        #expect(plan.streams.upstreamDelays.map { $0.delay(chunk: 7, now: .at(1)) } == [.milliseconds(5)])
    }

    @Test("chunks of a stream draw apart from each other and from other streams, and the same again when asked again")
    func chunks() throws {
        let chain = Chain([try rule(fault("latency", "{p50: 10ms, p99: 1s}"), service: tcp)])
        let streams = (0..<2).map { _ in
            var draws = ConnectionDraws()
            let lines = chain.connectionPlan(draws: &draws).streams.downstreamDelays
            return (0..<2).map { _ in (0..<50 as Range<UInt64>).map { lines[0].delay(chunk: $0, now: .at(1)) } }
        }
        #expect(streams[0][0] == streams[0][1])
        #expect(Set(streams[0][0] + streams[1][0]).count == 100)
    }

    @Test("a client matcher protects connections, a path cannot")
    func protects() throws {
        var (client, path) = (Match(), Match())
        client.clients = [AddressBlock(network: [10, 0, 0, 0], prefixLength: 8)]
        path.paths = [Glob("/health")]
        let chain = Chain([try rule(fault("reset"))], protected: [Matcher(client), Matcher(path)])
        var draws = [ConnectionDraws(), ConnectionDraws()]
        #expect(chain.connectionPlan(draws: &draws[0], client: [10, 1, 1, 1]).isClear)
        #expect(!chain.connectionPlan(draws: &draws[1], client: [11, 1, 1, 1]).isClear)
    }
}
