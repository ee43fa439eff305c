@testable import Faults
import Scenario
import Testing
import Units

@Suite("refuse")
struct RefuseTests {
    @Test("a listener refuses while the entry lives, and no exchange is asked")
    func refuses() throws {
        let clock = RuleClock(began: .at(10), length: .seconds(5), endsByItself: true)
        let chain = Chain([try rule(fault("refuse"), index: 2, clock: clock)])
        let expected = ListenerFault(entry: 2, kind: .refuse)
        #expect(
            [9, 10, 14.9, 15].map { chain.listenerFault(endpoints: 0..<2, now: .at($0)) }
                == [nil, expected, expected, nil])
        #expect(!chain.touchesExchanges && !chain.touchesConnections)
    }

    @Test("with a zone it acts on listeners all of whose endpoints lie there")
    func zone() throws {
        let chain = Chain([try rule(fault("refuse")) { $0.zone = "az-b" }])
        #expect(
            [0..<2, 0..<1, 1..<2].map { chain.listenerFault(endpoints: $0, now: .at(1)) != nil }
                == [false, false, true])
    }
}
