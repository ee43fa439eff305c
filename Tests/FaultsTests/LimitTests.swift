@testable import Faults
import Scenario
import Testing
import Units

@Suite("Caps, limits and protection")
struct LimitTests {
    @Test("cap is the most exchanges harmed at once; the others are withheld")
    func cap() throws {
        let rule = try rule(fault("hang")) { $0.cap = 3 }
        let chain = Chain([rule])
        var plans = (0..<5).map { _ in chain.plan() }
        #expect(plans.map(\.isClear) == [false, false, false, true, true])
        #expect(rule.state.harmed == 3)
        #expect(rule.state.counts.withheld == 2)
        for index in plans.indices { plans[index].release() }
        plans[0].release()
        #expect(rule.state.harmed == 0)
        #expect(!chain.plan().isClear)
    }

    @Test("a terminal fault that is withheld leaves the exchange to the next one")
    func cappedTerminal() throws {
        let first = try rule(fault("error"), name: "first", index: 0) { $0.cap = 0 }
        let second = try rule(fault("lose_response"), name: "second", index: 1)
        let plan = Chain([first, second]).plan()
        #expect(plan.terminalEntry == 1)
        #expect(second.state.counts.shadowed == 0)
    }

    @Test("never more than the limit of the last ten seconds is harmed, from the first exchange on")
    func share() throws {
        let rule = try rule(fault("error"))
        let chain = Chain([rule])
        let limits = LimitState(share: 0.25)
        var (met, harmed) = (0, 0)
        for step in 0..<4_000 {
            met += 1
            harmed += chain.plan(at: 1 + Double(step) / 500, limits: limits).isClear ? 0 : 1
            #expect(Double(harmed) <= 0.25 * Double(met))
        }
        #expect(harmed == 1_000)
        #expect(rule.state.counts.withheld == 3_000)
    }

    @Test("the window slides: traffic of more than ten seconds ago is forgotten")
    func window() throws {
        let chain = Chain([try rule(fault("error"))])
        let limits = LimitState(share: 0.5)
        let quiet = Chain([])
        for _ in 0..<100 { _ = quiet.plan(at: 1, limits: limits) }
        #expect(!chain.plan(at: 10.9, limits: limits).isClear)
        #expect(chain.plan(at: 11, limits: limits).isClear)
    }

    @Test("an exchange harmed by two entries counts once")
    func countsOnce() throws {
        let chain = Chain([
            try rule(fault("latency"), name: "a", index: 0), try rule(fault("error"), name: "b", index: 1),
        ])
        let limits = LimitState(share: 0.5)
        let harmed = (0..<1_000).count { _ in !chain.plan(limits: limits).isClear }
        #expect(harmed == 500)
    }

    @Test("limits.concurrent counts over services and is given back")
    func concurrent() throws {
        let harm = ConcurrentHarm(most: 2)
        let chain = Chain([try rule(fault("hang"))])
        let services = (0..<3).map { _ in LimitState(share: nil, concurrent: harm) }
        var plans = services.map { chain.plan(limits: $0) }
        #expect(plans.map(\.isClear) == [false, false, true])
        plans[0].release()
        #expect(harm.count == 1)
        #expect(!chain.plan(limits: services[2]).isClear)
    }

    @Test("what limits withhold gives its cap back")
    func withheldGivesBack() throws {
        let rule = try rule(fault("hang")) { $0.cap = 1 }
        let limits = LimitState(share: 0)
        #expect(Chain([rule]).plan(limits: limits).isClear)
        #expect(rule.state.harmed == 0)
        #expect(rule.state.counts.injected == 0)
    }

    @Test("what is protected meets no rule")
    func protects() throws {
        var match = Match()
        match.paths = [Glob("/health")]
        let rule = try rule(fault("error"))
        let chain = Chain([rule], protected: [Matcher(match)])
        #expect(chain.plan(TableFacts("GET", "/health")).isClear)
        #expect(!chain.plan(TableFacts("GET", "/charge")).isClear)
        #expect(rule.state.counts.met == 1)
    }

    @Test("caps and limits hold across threads")
    func threads() throws {
        let rule = try rule(fault("hang")) { $0.cap = 5 }
        let chain = Chain([rule])
        let most = inParallel(4) { _ in
            var over = Int64(0)
            for _ in 0..<5_000 {
                var plan = chain.plan()
                // Others may be between taking and giving back a place that they did not get.
                if !plan.isClear, rule.state.harmed > 5 + 3 { over += 1 }
                plan.release()
            }
            return [over]
        }
        #expect(most == [0])
        #expect(rule.state.harmed == 0)
    }
}
