@testable import Faults
import Scenario
import Testing
import Units

@Suite("lose_response")
struct LoseResponseTests {
    @Test(
        "the response is lost, and the caller sees what was asked",
        arguments: [
            ("", Ending.close), ("reset", .reset), ("{then: hang}", .hang), ("{then: close}", .close),
        ])
    func endings(text: String, ending: Ending) throws {
        let plan = Chain([try rule(fault("lose_response", text))]).plan()
        guard case .loseResponse(ending) = plan.terminal else { return #expect(Bool(false), "\(plan)") }
        #expect(plan.terminalEntry == 0)
    }

    @Test("it may wait for a status: the dependency has worked")
    func statusGate() throws {
        let chain = Chain([
            try rule(fault("lose_response")) {
                $0.match = .init()
                $0.match?.statuses = [.exactly(201)]
            }
        ])
        var plan = chain.plan()
        chain.respond(status: 201, plan: &plan, now: .at(1))
        #expect(plan.terminal != nil)
    }

    @Test("another end is refused")
    func refused() {
        #expect(!complaints("lose_response", "{then: explode}").isEmpty)
    }
}
