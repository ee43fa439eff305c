@testable import Faults
import Scenario
import Testing
import Units

@Suite("lifetime")
struct LifetimeTests {
    @Test("the age counts from the accept, whenever the entry went live", arguments: [-100.0, 0.5])
    func age(born: Double) throws {
        let chain = Chain([try rule(fault("lifetime", "30s"))])
        var draws = ConnectionDraws()
        #expect(chain.connectionPlan(draws: &draws, born: born).lifetime?.at == .at(born + 30))
    }

    @Test("the shortest of several acts, whichever stands first")
    func shortest() throws {
        let rules = [
            try rule(fault("lifetime", "30s"), name: "a", index: 0),
            try rule(fault("lifetime", "{max: 5s}"), name: "b", index: 1),
        ]
        for rules in [rules, rules.reversed()] {
            var draws = ConnectionDraws()
            #expect(
                Chain(rules).connectionPlan(draws: &draws, born: 1).lifetime == LifetimeOrder(entry: 1, at: .at(6)))
        }
    }

    @Test("it needs an age")
    func refused() {
        #expect(!complaints("lifetime", "").isEmpty)
        #expect(!complaints("lifetime", "-1s").isEmpty)
    }
}
