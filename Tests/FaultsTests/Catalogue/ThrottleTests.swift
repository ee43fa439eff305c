@testable import Faults
import Scenario
import Testing
import Units

@Suite("throttle")
struct ThrottleTests {
    /// How many of `count` exchanges that come evenly over `seconds` are refused.
    private func refused(
        _ chain: Chain, _ count: Int, from start: Double = 1, over seconds: Double, _ facts: TableFacts = TableFacts()
    ) -> Int {
        (0..<count).count { chain.plan(facts, at: start + seconds * Double($0) / Double(count)).isRefused }
    }

    @Test("the limit is let through, a burst above it, and nothing more")
    func limit() throws {
        let chain = Chain([try rule(fault("throttle", "{limit: 10/s, burst: 5}"))])
        #expect(refused(chain, 20, over: 0.001) == 15)
        #expect(
            refused(chain, 1_000, from: 100, over: 10) == 1_000 - 105 + 1, "105 in ten seconds, but for the last token")
    }

    @Test("without a burst it holds one second's worth, and one at least")
    func burst() throws {
        #expect(refused(Chain([try rule(fault("throttle", "8/s"))]), 20, over: 0.001) == 12)
        #expect(refused(Chain([try rule(fault("throttle", "0.1/s"))]), 20, over: 0.001) == 19)
    }

    @Test("the refusal has its status and says when to come back")
    func answer() throws {
        let chain = Chain([try rule(fault("throttle", "{limit: 1/s, status: 503, retry_after: 1500ms}"))])
        #expect(chain.plan().isClear)
        guard case .answer(let answer) = chain.plan().terminal else { return #expect(Bool(false), "no answer") }
        #expect(answer.status == 503 && !answer.executed)
        #expect(String(decoding: answer.fieldLines, as: UTF8.self) == "Retry-After: 2\r\n")
    }

    @Test(
        "a quota per caller or key is each one's own",
        arguments: ["{limit: 2/s, per: caller}", "{limit: 2/s, per: \"header:X-Key\"}"])
    func keys(text: String) throws {
        let chain = Chain([try rule(fault("throttle", text))])
        for client in [UInt8(1), 2] {
            let facts = TableFacts(headers: ["x-key": "\(client)"], client: [127, 0, 0, client])
            #expect(refused(chain, 5, over: 0.001, facts) == 3)
        }
    }

    @Test("caller means what the service takes for one")
    func callers() throws {
        var service = Service.forTests()
        service.callers = .header("X-Client")
        let chain = Chain([try rule(fault("throttle", "{limit: 1/s, per: caller}"), service: service)])
        #expect(refused(chain, 3, over: 0.001, TableFacts(headers: ["x-client": "a"])) == 2)
        #expect(refused(chain, 3, over: 0.001, TableFacts(headers: ["x-client": "b"])) == 2)
        #expect(refused(chain, 3, over: 0.001, TableFacts()) == 2, "those without a name share a quota")
    }

    @Test("only what is refused counts as injected, and whatever else fires is shadowed")
    func balance() throws {
        let quota = try rule(fault("throttle", "{limit: 1/s, burst: 3}"), name: "quota", index: 1)
        let slow = try rule(fault("latency", "1s"), name: "slow", index: 0)
        let chain = Chain([slow, quota])
        let plans = (0..<10).map { _ in chain.plan() }
        #expect(plans.count { $0.before + $0.after > .zero } == 3)
        #expect(quota.state.counts.met == 10 && quota.state.counts.injected == 7)
        #expect(slow.state.counts.met == 10 && slow.state.counts.injected == 3 && slow.state.counts.shadowed == 7)
    }

    @Test("the limit may move")
    func moves() throws {
        let chain = Chain([try rule(fault("throttle", "{limit: 10/s -> 20/s, burst: 2}"))])
        // Around the middle of the stretch it is 15/s.
        let passed = 4_000 - refused(chain, 4_000, from: 290, over: 20)
        #expect((290...310).contains(passed))
    }

    @Test("keys are bounded: the one that came first is forgotten")
    func bounded() {
        var quota = Quota()
        for key in 0...UInt64(Quota.capacity) { #expect(quota.take(key, rate: 0.001, burst: 1, now: .at(1)) == true) }
        #expect(quota.keys == Quota.capacity)
        #expect(quota.take(1, rate: 0.001, burst: 1, now: .at(1)) == false)
        #expect(quota.take(0, rate: 0.001, burst: 1, now: .at(1)) == true, "forgotten, so it starts anew")
    }

    @Test("a clock that stands a little behind gives no token")
    func earlier() {
        var quota = Quota()
        #expect(quota.take(1, rate: 1, burst: 1, now: .at(10)) == true)
        #expect(quota.take(1, rate: 1, burst: 1, now: .at(9)) == false)
        #expect(quota.take(1, rate: 1, burst: 1, now: .at(10.5)) == false)
        #expect(quota.take(1, rate: 1, burst: 1, now: .at(11)) == true)
    }

    @Test("all workers draw on one quota")
    func workers() throws {
        let chain = Chain([try rule(fault("throttle", "{limit: 0.001/s, burst: 1000}"))])
        let refused = inParallel(4) { _ in [Int64((0..<1_000).count { _ in chain.plan().isRefused })] }
        #expect(refused == [3_000])
    }

    @Test(
        "what cannot be a quota is refused",
        arguments: [
            ("{limit: 10/s, per: everyone}", "per is service, caller, or header:"),
            ("{limit: 10/s, per: \"header:\"}", "per is service, caller, or header:"), ("{burst: 3}", "needs `limit`"),
        ])
    func wrong(text: String, message: String) {
        #expect(complaints("throttle", text).contains { $0.contains(message) }, "\(complaints("throttle", text))")
    }

    @Test("a plan knows the share above the quota, and that of callers it does not")
    func forecast() throws {
        #expect(
            try rule(fault("throttle", "20/s")).impliedGate(requestsPerSecond: 50, at: .zero) == .quota(refused: 0.6))
        let mine = try rule(fault("throttle", "{limit: 20/s, per: caller}"))
        #expect(mine.impliedGate(requestsPerSecond: 50, at: .zero) == .callers(limit: 20))
    }
}
