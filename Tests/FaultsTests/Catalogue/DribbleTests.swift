@testable import Faults
import Scenario
import Testing
import Units

@Suite("dribble")
struct DribbleTests {
    @Test("byte by byte unless a portion is asked", arguments: [("400B/s", 1), ("{rate: 400B/s, chunk: 8B}", 8)])
    func portions(text: String, bytes: Int) throws {
        let pace = try #require(Chain([try rule(fault("dribble", text))]).plan().streams.downstreamPaces.first)
        var pacer = Pacer(pace, now: .at(1))
        let first = pacer.allowance(now: .at(1), wanted: 100)
        #expect(first.bytes == bytes)
        let wait = (first.next ?? .zero) - .at(1)
        #expect(abs(wait.seconds - Double(bytes) / 400) < 1e-6)
    }

    @Test("on tcp it paces a connection, open ones too, in the direction that was asked")
    func connections() throws {
        let chain = Chain([try rule(fault("dribble", "1B/s"), service: .forTests(.tcp)) { $0.direction = .upstream }])
        var draws = ConnectionDraws()
        let plan = chain.connectionPlan(draws: &draws, born: -100)
        #expect(plan.streams.upstreamPaces.count == 1 && plan.streams.downstream.isEmpty)
    }

    @Test("it needs a rate, and a portion of a byte at least")
    func refused() {
        #expect(!complaints("dribble", "").isEmpty)
        #expect(!complaints("dribble", "{rate: 1B/s, chunk: 0B}").isEmpty)
        #expect(!complaints("dribble", "0B/s").isEmpty)
    }
}
