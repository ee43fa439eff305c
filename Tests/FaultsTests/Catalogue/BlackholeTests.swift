@testable import Faults
import Scenario
import Testing
import Units

@Suite("blackhole")
struct BlackholeTests {
    @Test("a listener swallows; the first listener fault in file order acts")
    func swallows() throws {
        let rules = [try rule(fault("blackhole"), name: "a", index: 0), try rule(fault("refuse"), name: "b", index: 1)]
        #expect(
            Chain(rules).listenerFault(endpoints: 0..<2, now: .at(1)) == ListenerFault(entry: 0, kind: .blackhole))
        #expect(Chain(rules.reversed()).listenerFault(endpoints: 0..<2, now: .at(1))?.kind == .refuse)
    }

    @Test("open connections live on")
    func openConnections() throws {
        var draws = ConnectionDraws()
        #expect(Chain([try rule(fault("blackhole"))]).connectionPlan(draws: &draws).isClear)
    }
}
