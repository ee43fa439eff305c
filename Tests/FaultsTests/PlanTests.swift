@testable import Faults
import Scenario
import Testing
import Units

@Suite("Plans of exchanges")
struct PlanTests {
    @Test("without a rule that acts a plan is clear")
    func clear() throws {
        #expect(Chain([]).plan().isClear)
        #expect(!Chain([]).touchesExchanges)
        #expect(Chain([try rule(fault("error")) { $0.share = .constant(0) }]).plan().isClear)
    }

    @Test("latencies add up, before and after apart")
    func latenciesAdd() throws {
        let plan = Chain([
            try rule(fault("latency", "100ms"), name: "a", index: 0),
            try rule(fault("latency", "{fixed: 20ms, hold: before}"), name: "b", index: 1),
            try rule(fault("latency", "5ms"), name: "c", index: 2),
        ]).plan()
        #expect(plan.before == .milliseconds(20))
        #expect(plan.after == .milliseconds(105))
        #expect(plan.entries == [0, 1, 2])
        #expect((0..<3).map { plan.fired[$0].asked } == [.milliseconds(100), .milliseconds(20), .milliseconds(5)])
    }

    /// Terminal faults in file order: the first acts.
    static let terminals = ["error", "lose_response", "hang", "truncate"]

    @Test("of two terminal faults the first in file order acts, the other is shadowed", arguments: terminals, terminals)
    func shadows(first: String, second: String) throws {
        let rules = [
            try rule(fault(first), name: "first", index: 0), try rule(fault(second), name: "second", index: 1),
        ]
        let plan = Chain(rules).plan()
        #expect(plan.terminalEntry == 0)
        #expect(plan.entries == [0])
        #expect(rules[0].state.counts.injected == 1)
        #expect(rules[1].state.counts.shadowed == 1)
        #expect(rules[1].state.counts.injected == 0)
    }

    @Test("delay and error combine: a late error")
    func lateError() throws {
        let plan = Chain([
            try rule(fault("error"), name: "a", index: 0), try rule(fault("latency", "300ms"), name: "b", index: 1),
        ]).plan()
        guard case .answer(let answer) = plan.terminal else { return #expect(Bool(false), "no answer") }
        #expect(answer.status == 503)
        #expect(plan.before + plan.after == .milliseconds(300))
    }

    @Test("the smallest bandwidth of a direction wins")
    func smallestBandwidth() throws {
        let plan = Chain([
            try rule(fault("bandwidth", "10KB/s"), name: "a", index: 0),
            try rule(fault("bandwidth", "2KB/s"), name: "b", index: 1),
            try rule(fault("dribble", "5KB/s"), name: "c", index: 2),
            try rule(fault("bandwidth", "1KB/s"), name: "d", index: 3) { $0.direction = .upstream },
        ]).plan()
        var line = StreamLine()
        line.follow(plan.streams.downstream, now: .at(1))
        #expect((3_950...4_040).contains(line.passes(20_000, seconds: 2)))
        #expect(plan.streams.upstream.map(\.entry) == [3])
        #expect(plan.entries == [0, 1, 2, 3])
    }

    @Test("a ninth entry on one exchange is withheld")
    func nine() throws {
        let rules = try (0..<9).map { try rule(fault("latency", "1ms"), name: "entry \($0)", index: $0) }
        let plan = Chain(rules).plan()
        #expect(plan.after == .milliseconds(8))
        #expect(plan.entries == Array(0..<8))
        #expect(rules[8].state.counts.withheld == 1)
    }

    @Test("status gates at the response head, where the entry draws")
    func statusGate() throws {
        let rule = try rule(fault("latency", "50ms"), index: 4) {
            $0.match = Match()
            $0.match?.statuses = [.hundreds(5), .exactly(429)]
        }
        let chain = Chain([rule])
        for (status, gates) in [(200, false), (503, true), (429, true), (428, false)] {
            var plan = chain.plan()
            #expect(!plan.isClear && plan.awaitsStatus && plan.fired.isEmpty)
            chain.respond(status: status, plan: &plan, now: .at(2))
            #expect(plan.isClear == !gates)
            #expect(plan.after == (gates ? .milliseconds(50) : .zero))
        }
        #expect(rule.state.counts.met == 2)
        #expect(rule.state.counts.injected == 2)
    }

    @Test("a status gate keeps the sticky key of the request")
    func stickyStatusGate() throws {
        let chain = Chain([
            try rule(fault("lose_response")) {
                $0.match = Match()
                $0.match?.statuses = [.exactly(200)]
                $0.sticky = .header("user")
                $0.share = .constant(0.5)
            }
        ])
        let fates = (0..<3).map { _ in
            (0..<200).map { user in
                var plan = chain.plan(TableFacts(headers: ["user": "\(user)"]))
                chain.respond(status: 200, plan: &plan, now: .at(2))
                return plan.isClear
            }
        }
        #expect(Set(fates).count == 1)
        #expect((60...140).contains(fates[0].count { $0 }))
    }

    @Test("an entry that is over when the response comes does not act")
    func gateAfterTheEnd() throws {
        let gated = try rule(fault("latency"), index: 4) {
            $0.match = Match()
            $0.match?.statuses = [.exactly(200)]
        }
        var plan = Chain([gated]).plan()
        Chain([]).respond(status: 200, plan: &plan, now: .at(2))
        #expect(plan.isClear)
    }

    @Test("limits withhold at the response head, too")
    func gateUnderLimits() throws {
        let rule = try rule(fault("latency")) {
            $0.match = Match()
            $0.match?.statuses = [.exactly(200)]
        }
        let limits = LimitState(share: 0)
        let chain = Chain([rule])
        var plan = chain.plan(limits: limits)
        chain.respond(status: 200, plan: &plan, now: .at(2), limits: limits)
        #expect(plan.isClear)
        #expect(rule.state.counts.withheld == 1)
    }

    @Test("an injection is counted once, with what was met")
    func counts() throws {
        let rule = try rule(fault("error")) { $0.share = .constant(0.5) }
        let chain = Chain([rule])
        let harmed = (0..<1_000).count { _ in !chain.plan().isClear }
        #expect(rule.state.counts.met == 1_000)
        #expect(rule.state.counts.injected == UInt64(harmed))
    }
}
