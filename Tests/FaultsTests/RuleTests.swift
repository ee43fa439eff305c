@testable import Faults
import Scenario
import Testing
import Units

@Suite("Whom a rule harms")
struct RuleTests {
    private func harmed(_ chain: Chain, _ count: Int, _ facts: TableFacts = TableFacts(), at seconds: Double = 1)
        -> [Int]
    {
        (0..<count).filter { _ in !chain.plan(facts, at: seconds).isClear }
    }

    @Test("the share of the harmed is the share that was asked", arguments: [0.001, 0.03, 0.4, 0.9])
    func share(asked: Double) throws {
        for seed in 1...5 as ClosedRange<UInt64> {
            let chain = Chain([try rule(fault("error"), seed: seed) { $0.share = .constant(asked) }])
            #expect(deviations(harmed(chain, 20_000).count, of: 20_000, share: asked) < 3.3)
        }
    }

    @Test("a share of 100% harms all, of 0% nobody")
    func wholeShares() throws {
        #expect(harmed(Chain([try rule(fault("error"))]), 1_000).count == 1_000)
        #expect(harmed(Chain([try rule(fault("error")) { $0.share = .constant(0) }]), 1_000).isEmpty)
    }

    @Test("a share moves with its phase")
    func movingShare() throws {
        let chain = Chain([try rule(fault("error")) { $0.share = .ramp(from: 0, to: 1, curve: .linear, over: nil) }])
        #expect(harmed(chain, 500, at: 0).isEmpty)
        #expect(deviations(harmed(chain, 5_000, at: 300).count, of: 5_000, share: 0.5) < 3.3)
        #expect(harmed(chain, 500, at: 600).count == 500)
    }

    @Test("the n-th exchange has the same fate whatever the threads do")
    func threads() throws {
        let alone = try tally(threads: 1)
        for _ in 0..<3 { #expect(try tally(threads: 8) == alone) }
    }

    /// Harmed exchanges and the sum of their delays after 16,000 exchanges.
    private func tally(threads: Int) throws -> [Int64] {
        let delay = try fault("latency", "{p50: 100ms, p99: 1s, correlation: 30%}")
        let chain = Chain([
            try rule(delay, name: "delay", index: 0) { $0.share = .constant(0.3) },
            try rule(fault("error"), name: "error", index: 1) { $0.share = .constant(0.1) },
        ])
        return inParallel(threads) { _ in
            var (harmed, delay) = (Int64(0), Int64(0))
            for _ in 0..<16_000 / threads {
                let plan = chain.plan()
                harmed += Int64(plan.fired.count)
                delay += plan.after.nanoseconds
            }
            return [harmed, delay]
        }
    }

    @Test("an entry draws even where an earlier one wins: unrelated edits change no fate")
    func unrelatedEdits() throws {
        func fates(with other: Bool) throws -> [Bool] {
            let first = try rule(fault("error"), name: "first", index: 0) { $0.share = .constant(0.5) }
            let second = try rule(fault("lose_response"), name: "second", index: 1) { $0.share = .constant(0.3) }
            let chain = Chain(other ? [first, second] : [second])
            return (0..<2_000).map { _ in
                let before = second.state.counts
                _ = chain.plan()
                let after = second.state.counts
                return after.injected + after.shadowed > before.injected + before.shadowed
            }
        }
        #expect(try fates(with: true) == fates(with: false))
    }

    @Test("entries of one name share ordinals and state across phases and services")
    func sameName() throws {
        let state = EntryState(name: "outage")
        let halves = try ["storm", "calm"].map { phase in
            Chain([
                try rule(fault("error"), name: "outage", state: state) {
                    $0.phase = phase
                    $0.share = .constant(0.4)
                }
            ])
        }
        let whole = Chain([try rule(fault("error"), name: "outage") { $0.share = .constant(0.4) }])
        let split = (0..<400).map { !halves[$0 / 200].plan().isClear }
        #expect(split == (0..<400).map { _ in !whole.plan().isClear })
        #expect(state.counts.met == 400)
    }

    /// What `nth` says, and who of the first twelve is harmed.
    static let selections: [(FaultEntry.Nth, [Int])] = [
        (.first(2), [0, 1]), (.after(9), [9, 10, 11]), (.every(5), [4, 9]), (.first(0), []), (.after(0), Array(0..<12)),
        (.every(1), Array(0..<12)),
    ]

    @Test("nth counts exchanges that the selectors let through", arguments: selections)
    func nth(asked: FaultEntry.Nth, expected: [Int]) throws {
        let chain = Chain([
            try rule(fault("error")) {
                $0.nth = asked
                $0.match = Match()
                $0.match?.methods = ["POST"]
            }
        ])
        let harmed = (0..<12).filter { _ in
            _ = chain.plan(TableFacts("GET"))
            return !chain.plan(TableFacts("POST")).isClear
        }
        #expect(harmed == expected)
    }

    @Test("nth counts before share")
    func nthBeforeShare() throws {
        let rule = try rule(fault("error")) {
            $0.nth = .first(100)
            $0.share = .constant(0.5)
        }
        let harmed = harmed(Chain([rule]), 1_000)
        #expect(harmed.allSatisfy { $0 < 100 })
        #expect((30...70).contains(harmed.count))
        #expect(rule.state.counts.met == 1_000)
    }

    @Test("the age of the caller's connection selects")
    func connections() throws {
        let clock = RuleClock(began: .at(10), length: .seconds(60))
        let ages: [(FaultEntry.Connections, old: Bool, young: Bool, reused: Bool)] = [
            (.all, true, true, true), (.new, false, true, false), (.open, true, false, true),
            (.reused, false, false, true),
        ]
        for (asked, old, young, reused) in ages {
            let chain = Chain([try rule(fault("error"), clock: clock) { $0.connections = asked }])
            func isHarmed(born: Double, exchangesBefore: Int = 0) -> Bool {
                let connection = ConnectionFacts(born: .at(born), exchangesBefore: exchangesBefore)
                return !chain.plan(at: 20, connection: connection).isClear
            }
            #expect(isHarmed(born: 9) == old)
            #expect(isHarmed(born: 10) == young)
            #expect(isHarmed(born: 5, exchangesBefore: 1) == reused)
        }
    }

    @Test("zone and endpoint select by the endpoint that was chosen")
    func targets() throws {
        let zone = Chain([try rule(fault("error")) { $0.zone = "az-b" }])
        #expect(zone.plan(endpoint: 0).isClear)
        #expect(!zone.plan(endpoint: 1).isClear)
        let endpoint = Chain([try rule(fault("error")) { $0.endpoint = .host("a", port: 80) }])
        #expect(!endpoint.plan(endpoint: 0).isClear)
        #expect(endpoint.plan(endpoint: 1).isClear)
    }

    @Test("an entry concerns the services that it names and those that have its zone")
    func concerns() throws {
        let service = Service.forTests()
        let fault = try fault("error")
        #expect(Rule.concerns(entry(fault), service))
        #expect(Rule.concerns(entry(fault) { $0.services = .named(["payments"]) }, service))
        #expect(!Rule.concerns(entry(fault) { $0.services = .named(["ledger"]) }, service))
        #expect(Rule.concerns(entry(fault) { $0.zone = "az-a" }, service))
        #expect(!Rule.concerns(entry(fault) { $0.zone = "az-c" }, service))
    }

    @Test("a rule lives from its beginning, to its end if it has one, and stands still while paused")
    func clock() throws {
        let clock = RuleClock(began: .at(10), length: .seconds(5), endsByItself: true)
        let chain = Chain([try rule(fault("error"), clock: clock)])
        #expect([9.999, 10, 14.999, 15].map { chain.plan(at: $0).isClear } == [true, false, false, true])
        let open = Chain([try rule(fault("error"), clock: RuleClock(began: .at(10), length: .seconds(5)))])
        #expect(!open.plan(at: 100).isClear)
        let frozen = RuleClock(began: .zero, length: .seconds(10), frozenAt: .at(4))
        #expect(frozen.elapsed(.at(9)) == .seconds(4))
        let resumed = RuleClock(began: .at(5), length: .seconds(10), wentLive: .zero)
        #expect(resumed.elapsed(.at(9)) == .seconds(4))
    }

    @Test("entries that cannot act as written are refused with the reason")
    func refused() throws {
        let post: (inout FaultEntry) -> Void = {
            $0.match = Match()
            $0.match?.methods = ["POST"]
        }
        let status: (inout FaultEntry) -> Void = {
            $0.match = Match()
            $0.match?.statuses = [.hundreds(5)]
        }
        let cases: [(String, String, Service.Kind, (inout FaultEntry) -> Void, String)] = [
            ("error", "", .tcp, { _ in }, "error needs an http service, and payments is tcp"),
            ("reset", "", .http, post, "reset acts on connections here: match can only say client"),
            ("bandwidth", "1MB/s", .tcp, post, "bandwidth acts on connections here: match can only say client"),
            (
                "reset", "", .http, { $0.sticky = .header("x") },
                "reset acts on connections here: sticky can only be client"
            ),
            ("error", "", .http, status, "error has acted before the response has a status to match"),
            (
                "latency", "{fixed: 1s, hold: before}", .http, status,
                "latency has acted before the response has a status to match"
            ),
            (
                "latency", "{to: {p50: 1s, p99: 2s}}", .tcp, { _ in },
                "to and times need responses: they work on http services"
            ),
            ("blackout", "", .http, { _ in }, "blackout needs a zone"),
        ]
        for (name, text, kind, configure, message) in cases {
            let error = #expect(throws: FaultError.self) {
                try rule(fault(name, text), service: .forTests(kind), configure)
            }
            #expect(error?.message == message)
        }
    }
}
