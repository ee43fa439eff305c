@testable import Faults
import Scenario
import Testing
import Units

@Suite("blackout")
struct BlackoutTests {
    private func rule(
        _ text: String = "", _ kind: Service.Kind = .http, _ configure: (inout FaultEntry) -> Void = { _ in }
    ) throws -> Rule {
        try FaultsTests.rule(fault("blackout", text), service: .forTests(kind)) {
            $0.zone = "az-a"
            configure(&$0)
        }
    }

    @Test("an exchange meant for the zone meets the dark, another does not")
    func exchanges() throws {
        let chain = Chain([try rule("{existing: reset, new: refuse}")])
        let order = chain.plan(endpoint: 0).blackout
        #expect(order?.blackout.existing == .reset)
        #expect(order?.blackout.new == .refuse)
        #expect(chain.plan(endpoint: 1).isClear)
    }

    @Test("stall what is open and hang what is new, unless asked otherwise")
    func defaults() throws {
        let order = Chain([try rule()]).plan().blackout
        #expect(order?.blackout.existing == .stall)
        #expect(order?.blackout.new == .hang)
    }

    @Test("on tcp a connection into the zone meets it")
    func connections() throws {
        let chain = Chain([try rule("", .tcp)])
        var draws = [ConnectionDraws(), ConnectionDraws()]
        #expect(chain.connectionPlan(draws: &draws[0], endpoint: 0).blackout != nil)
        #expect(chain.connectionPlan(draws: &draws[1], endpoint: 1).blackout == nil)
    }

    @Test("an endpoint is dark when nobody is left out", arguments: [Service.Kind.http, .tcp])
    func dark(kind: Service.Kind) throws {
        let whole = Chain([try rule("", kind)])
        #expect((0..<2).map { whole.blackout(endpoint: $0, now: .at(1)) != nil } == [true, false])
        let partial = Chain([try rule("", kind) { $0.share = .constant(0.5) }])
        #expect(partial.blackout(endpoint: 0, now: .at(1)) == nil)
        let growing = Chain([try rule("", kind) { $0.share = .ramp(from: 0, to: 1, curve: .linear, over: nil) }])
        #expect([1, 600].map { growing.blackout(endpoint: 0, now: .at($0)) != nil } == [false, true])
    }
}
