@testable import Faults
import Scenario
import Testing
import Units

@Suite("duplicate")
struct DuplicateTests {
    @Test("times counts all arrivals: one copy by default, and the most that an entry asks for")
    func times() throws {
        #expect(Chain([try rule(fault("duplicate"))]).plan().copies == 1)
        let rules = [
            try rule(fault("duplicate", "{times: 4}"), name: "a", index: 0),
            try rule(fault("duplicate", "3"), name: "b", index: 1),
        ]
        let plan = Chain(rules).plan()
        #expect(plan.copies == 3 && plan.copyEntry == 0 && plan.entries == [0, 1])
    }

    @Test("what never reaches the dependency is not copied", arguments: ["error", "hang"])
    func shadowed(end: String) throws {
        let copy = try rule(fault("duplicate"), name: "d", index: 0)
        let text = end == "hang" ? "{at: connect}" : ""
        let plan = Chain([copy, try rule(fault(end, text), name: "e", index: 1)]).plan()
        #expect(plan.copies == 0 && copy.state.counts.shadowed == 1)
    }

    @Test("what the dependency works on is", arguments: [("error", "{executed: true}"), ("lose_response", "")])
    func executed(end: String, text: String) throws {
        let rules = [
            try rule(fault(end, text), name: "e", index: 0), try rule(fault("duplicate"), name: "d", index: 1),
        ]
        #expect(Chain(rules).plan().copies == 1)
    }

    @Test("the request is on its way before there is a status to match, and once is no duplicate")
    func wrong() {
        #expect(throws: FaultError.self) {
            try rule(fault("duplicate")) { $0.match = .status(.exactly(200)) }
        }
        #expect(complaints("duplicate", "{times: 1}").contains { $0.contains("times") })
    }
}
