@testable import Faults
import Scenario
import Testing
import Units

@Suite("reset")
struct ResetTests {
    private func order(_ text: String, born: Double, live: Double = 10) throws -> ResetOrder? {
        let clock = RuleClock(began: .at(live), length: .seconds(60))
        var draws = ConnectionDraws()
        return Chain([try rule(fault("reset", text), clock: clock)])
            .connectionPlan(draws: &draws, born: born, at: 20).reset
    }

    @Test("a time counts from birth or from the entry's going live, whichever is later")
    func times() throws {
        #expect(try order("", born: 5)?.at == .at(10))
        #expect(try order("200ms", born: 5)?.at == .at(10.2))
        #expect(try order("{after: 5s}", born: 18)?.at == .at(23))
    }

    @Test("bytes are passed on as they are")
    func bytes() throws {
        let order = try order("64KiB", born: 5)
        #expect(order?.afterBytes == 65_536)
        #expect(order?.at == nil)
    }

    @Test("of two resets the earlier one acts, whichever stands first")
    func earlier() throws {
        let rules = [
            try rule(fault("reset", "5s"), name: "a", index: 0), try rule(fault("reset", "1s"), name: "b", index: 1),
        ]
        for rules in [rules, rules.reversed()] {
            var draws = ConnectionDraws()
            #expect(Chain(rules).connectionPlan(draws: &draws).reset?.at == .at(1.5))
        }
    }

    @Test("it acts on connections of http services as well, not on exchanges")
    func http() throws {
        let chain = Chain([try rule(fault("reset"))])
        #expect(chain.touchesConnections && !chain.touchesExchanges)
    }
}
