@testable import Faults
import Scenario
import Testing
import Units

@Suite("Sticky shares")
struct StickyTests {
    private func users(_ count: Int) -> [TableFacts] {
        (0..<count).map { TableFacts(headers: ["x-user-id": "user-\($0)"]) }
    }

    @Test("a user is in or out, however often it comes")
    func stable() throws {
        let chain = Chain([
            try rule(fault("error")) {
                $0.share = .constant(0.4)
                $0.sticky = .header("X-User-Id")
            }
        ])
        let users = users(3_000)
        let first = users.map { chain.plan($0).isClear }
        for _ in 0..<3 { #expect(users.reversed().map { chain.plan($0).isClear } == first.reversed()) }
        #expect(deviations(first.count { !$0 }, of: users.count, share: 0.4) < 3.3)
    }

    @Test("a share that grows only takes in more users")
    func cohortGrows() throws {
        let chain = Chain([
            try rule(fault("error")) {
                $0.share = .ramp(from: 0, to: 0.8, curve: .linear, over: nil)
                $0.sticky = .header("x-user-id")
            }
        ])
        let users = users(1_000)
        var cohort: Set<Int> = []
        for seconds in stride(from: 0.0, through: 600, by: 60) {
            let harmed = Set(users.indices.filter { !chain.plan(users[$0], at: seconds).isClear })
            #expect(harmed.isSuperset(of: cohort))
            cohort = harmed
        }
        #expect(deviations(cohort.count, of: users.count, share: 0.8) < 3.3)
    }

    @Test("who has no key is never harmed, and is counted")
    func missingKey() throws {
        let sources: [(FaultEntry.Sticky, TableFacts)] = [
            (.header("x-user-id"), TableFacts()), (.header("x-user-id"), TableFacts(headers: ["x-user-id": ""])),
            (.cookie("session"), TableFacts(headers: ["session": "1"])), (.client, TableFacts(client: [])),
        ]
        for (sticky, facts) in sources {
            let rule = try rule(fault("error")) { $0.sticky = sticky }
            let chain = Chain([rule])
            #expect((0..<100).allSatisfy { _ in chain.plan(facts).isClear })
            #expect(rule.state.counts.missingKey == 100)
            #expect(rule.state.counts.met == 100)
        }
    }

    @Test("cookies and addresses are keys, too")
    func otherKeys() throws {
        let byCookie = Chain([try rule(fault("error")) { $0.sticky = .cookie("session") }])
        #expect(!byCookie.plan(TableFacts(cookies: ["session": "abc"])).isClear)
        let byClient = Chain([
            try rule(fault("error")) {
                $0.share = .constant(0.5)
                $0.sticky = .client
            }
        ])
        let clients = (0..<2_000).map { TableFacts(client: [10, 0, UInt8($0 / 256), UInt8($0 % 256)]) }
        let harmed = clients.count { !byClient.plan($0).isClear }
        #expect(deviations(harmed, of: clients.count, share: 0.5) < 3.3)
    }

    @Test("nth counts per key")
    func nthPerKey() throws {
        let chain = Chain([
            try rule(fault("error")) {
                $0.sticky = .header("x-user-id")
                $0.nth = .first(2)
            }
        ])
        let users = users(10)
        let harmed = (0..<4).map { _ in users.count { !chain.plan($0).isClear } }
        #expect(harmed == [10, 10, 0, 0])
    }

    @Test("keys are remembered up to a bound, and the oldest goes first")
    func bounded() {
        let state = EntryState(name: "bounded")
        for key in 0..<65_536 as Range<UInt64> { #expect(state.takeOrdinal(ofKey: key) == 0) }
        #expect(state.takeOrdinal(ofKey: 0) == 1)
        #expect(state.takeOrdinal(ofKey: 65_536) == 0)
        #expect(state.takeOrdinal(ofKey: 1) == 1)
        #expect(state.takeOrdinal(ofKey: 0) == 0)
    }

    @Test("the delays of one user still differ: only being harmed is sticky")
    func delaysDiffer() throws {
        let chain = Chain([
            try rule(fault("latency", "{p50: 100ms, p99: 1s}")) { $0.sticky = .header("x-user-id") }
        ])
        let facts = TableFacts(headers: ["x-user-id": "7"])
        #expect(Set((0..<20).map { _ in chain.plan(facts).after }).count == 20)
    }
}
