@testable import Faults
import Scenario
import Testing
import Units

@Suite("malform")
struct MalformTests {
    @Test("each part can be asked for, the status line is the default", arguments: Malform.Part.allCases)
    func parts(part: Malform.Part) throws {
        guard case .malform(let got) = Chain([try rule(fault("malform", part.rawValue))]).plan().terminal,
            case .malform(.statusLine) = Chain([try rule(fault("malform"))]).plan().terminal
        else { return #expect(Bool(false), "no garbage") }
        #expect(got == part)
    }

    @Test("it is an end: the first in file order has the exchange")
    func terminal() throws {
        let rules = [
            try rule(fault("malform", "chunk"), name: "m", index: 0), try rule(fault("truncate"), name: "t", index: 1),
        ]
        #expect(Chain(rules).plan().terminalEntry == 0)
        #expect(rules[1].state.counts.shadowed == 1)
        #expect(Chain(rules.reversed()).plan().terminalEntry == 1)
    }

    @Test("a response status can gate it")
    func gated() throws {
        let chain = Chain([
            try rule(fault("malform")) { $0.match = .status(.exactly(200)) }
        ])
        var plan = chain.plan()
        #expect(plan.terminal == nil && plan.awaitsStatus)
        chain.respond(status: 200, plan: &plan, now: .at(1))
        #expect(plan.terminal != nil)
    }

    @Test("another part is refused")
    func wrong() {
        #expect(complaints("malform", "{what: cookie}").contains { $0.contains("cookie") })
    }
}
