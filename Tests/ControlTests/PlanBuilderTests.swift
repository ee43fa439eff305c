import Control
import Faults
import Observation
import Proxy
import Scenario
import Testing
import Units

@Suite("From live entries to a plan")
struct PlanBuilderTests {
    static let now = Instant(nanoseconds: 1_000_000_000_000)

    /// Builds with every entry of the file live at once.
    struct Bench {
        let services: ServiceSet
        let entries: EntryTable
        let builder: PlanBuilder
        var history = PlanHistory()

        init(_ faults: [String], limits: String = "", services: String = world) throws {
            let lines = faults.map { "      - \($0)\n" }.joined()
            let file = try scenario(limits + services + "timeline:\n  - phase: p\n    for: 1m\n    faults:\n" + lines)
            self.services = ServiceSet(file, mark: false)
            entries = EntryTable(file.timeline, seed: 7)
            builder = PlanBuilder(limits: file.limits)
        }

        func live(began: Instant = PlanBuilderTests.now) -> [LiveEntry] {
            entries.entries.indices.map {
                entries.live($0, clock: RuleClock(began: began, length: .minutes(1)))
            }
        }

        mutating func draft(
            _ live: [LiveEntry]? = nil, at now: Instant = PlanBuilderTests.now,
            holds: (Condition, Set<String>) -> Bool = { _, _ in false }
        ) -> PlanDraft {
            builder.draft(
                PlanRequest(services: services, live: live ?? self.live(), now: now), history: &history, holds: holds)
        }
    }

    @Test(
        "an entry acts on the services that it speaks of, and on no other",
        arguments: [
            ("{ service: payments, latency: 1s }", [[0], []]),
            ("{ service: ledger, latency: 1s }", [[], [0]]),
            ("{ service: [payments, ledger], latency: 1s }", [[0], [0]]),
            ("{ service: \"*\", latency: 1s }", [[0], [0]]),
            ("{ zone: az-b, latency: 1s }", [[0], []]),
            ("{ zone: az-a, latency: 1s }", [[0], [0]]),
            ("{ endpoint: \"127.0.0.1:8083\", latency: 1s }", [[], [0]]),
        ] as [(String, [[UInt16]])])
    func concerns(entry: String, rules: [[UInt16]]) throws {
        var bench = try Bench([entry])
        #expect(bench.draft().services.map { $0.chain.rules.map(\.index) } == rules)
    }

    @Test("without live entries the plan is clear, and says so")
    func clear() throws {
        var bench = try Bench(["{ service: payments, latency: 1s }"], limits: "limits: { concurrent: 50 }\n")
        let draft = bench.draft([])
        #expect(draft.services.allSatisfy { $0.isClear })
        #expect(draft.plan(version: 3, entryNames: []).isClear)
    }

    @Test("two drafts ask the same exactly when nothing that a worker sees has changed")
    func sameness() throws {
        var bench = try Bench(["{ service: payments, latency: 1s }", "{ service: payments, error: 503 }"])
        let first = bench.draft()
        #expect(first.asks(theSameAs: bench.draft(at: Self.now + .seconds(1))))
        #expect(!first.asks(theSameAs: bench.draft(Array(bench.live().dropLast()))))
        var frozen = bench.live()
        for index in frozen.indices { frozen[index].clock.frozenAt = Self.now }
        #expect(!first.asks(theSameAs: bench.draft(frozen)))
    }

    @Test("entries of one name share their state, in every phase")
    func sharedState() throws {
        let file = try scenario(
            world + """
                timeline:
                  - { phase: a, for: 1s, faults: [{ name: slow, service: payments, latency: 1s }] }
                  - { phase: b, for: 1s, faults: [{ name: slow, service: payments, latency: 2s }, { name: other, service: payments, error: 503 }] }
                """)
        let table = EntryTable(file.timeline, seed: 1)
        #expect(table.names == ["slow", "slow", "other"])
        #expect(table.states[0] === table.states[1])
        #expect(table.states[0] !== table.states[2])
        #expect(table.number(of: table.entries[1]) == 1)
    }

    @Test(
        "a listener closes or swallows SYNs only where all that it leads to is meant",
        arguments: [
            ("{ service: payments, refuse: }", [.refusing(entry: 0), .refusing(entry: 0)]),
            ("{ service: payments, blackhole: }", [.blackHoled(entry: 0), .blackHoled(entry: 0)]),
            ("{ service: payments, zone: az-b, refuse: }", [.open, .refusing(entry: 0)]),
            ("{ zone: az-b, blackout: { new: refuse } }", [.open, .refusing(entry: 0)]),
            ("{ zone: az-b, blackout: { new: blackhole } }", [.open, .blackHoled(entry: 0)]),
            ("{ zone: az-b, blackout: { new: hang } }", []),
            ("{ zone: az-b, share: 50%, blackout: { new: refuse } }", []),
            ("{ service: ledger, latency: 1s }", []),
        ] as [(String, [ListenerState])])
    func listeners(entry: String, states: [ListenerState]) throws {
        var bench = try Bench([entry])
        #expect(bench.draft().services[0].listeners == states)
    }

    @Test("both zones dark: the service's own listener acts at the SYN as well")
    func allDark() throws {
        var bench = try Bench([
            "{ zone: az-a, blackout: { new: refuse } }", "{ zone: az-b, blackout: { new: blackhole } }",
        ])
        let draft = bench.draft()
        #expect(draft.darkZones == ["az-a", "az-b"])
        #expect(draft.services[0].listeners == [.blackHoled(entry: 1), .blackHoled(entry: 1)])
        #expect(draft.services[1].listeners == [.refusing(entry: 0)])
    }

    @Test("a zone is dark when all of it is: not for one service, not for a share, not for some callers")
    func wholeZone() throws {
        for (entry, dark) in [
            ("{ zone: az-a, blackout: }", ["az-a"]),
            ("{ zone: az-a, service: payments, blackout: }", []),
            ("{ zone: az-a, share: 99%, blackout: }", []),
            ("{ zone: az-a, match: { client: 10.0.0.0/8 }, blackout: }", []),
        ] as [(String, Set<String>)] {
            var bench = try Bench([entry])
            #expect(bench.draft().darkZones == dark, "\(entry)")
        }
    }

    @Test("an endpoint is dark since the first plan in which it was, whatever else changes")
    func darkSince() throws {
        var bench = try Bench(["{ zone: az-a, blackout: }", "{ service: payments, latency: 1s }"])
        let both = bench.live()
        _ = bench.draft([both[0]])
        let later = bench.draft(both, at: Self.now + .seconds(5))
        #expect(later.services[0].darkSince == [Self.now, nil])
        _ = bench.draft([both[1]], at: Self.now + .seconds(6))
        let again = bench.draft(both, at: Self.now + .seconds(9))
        #expect(again.services[0].darkSince == [Self.now + .seconds(9), nil])
    }

    @Test("`when: zone is dark` looks at the plan itself, through several entries")
    func whenDark() throws {
        var bench = try Bench([
            "{ name: third, service: payments, when: az-b is dark, error: 503 }",
            "{ name: second, zone: az-b, when: az-a is dark, blackout: }",
            "{ name: first, zone: az-a, blackout: }",
        ])
        let holds = { (condition: Condition, dark: Set<String>) in
            if case .isDark(let zone) = condition { dark.contains(zone) } else { false }
        }
        #expect(bench.draft(holds: holds).inForce == [0, 1, 2])
        #expect(bench.draft(Array(bench.live().prefix(2)), holds: holds).inForce == [])
    }

    @Test("the age of connections counts from when the entry came into force, and again in each pass")
    func wentLive() throws {
        var bench = try Bench(["{ service: payments, connections: new, error: 503 }"])
        let live = bench.live()
        func wentLive(_ live: LiveEntry, _ second: Int64) -> Instant? {
            bench.draft([live], at: Self.now + .seconds(second)).services[0].chain.rules.first?.clock.wentLive
        }
        #expect(wentLive(live[0], 0) == Self.now)
        #expect(wentLive(live[0], 5) == Self.now)
        var second = live[0]
        second.pass = 1
        #expect(wentLive(second, 8) == Self.now + .seconds(8))
    }

    @Test("an entry that cannot act on a service it names is a problem of the file")
    func problems() throws {
        let fine = try Bench(["{ service: payments, error: 503 }"])
        #expect(PlanBuilder.problems(of: fine.entries.entries, in: fine.services.services, callers: []).isEmpty)
    }
}
