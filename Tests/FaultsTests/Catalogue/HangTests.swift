@testable import Faults
import Scenario
import Testing
import Units

@Suite("hang")
struct HangTests {
    /// Written form, and the order that comes of it.
    static let forms: [(String, HangOrder)] = [
        ("", HangOrder(place: .head, afterBytes: 0, length: nil)),
        ("body", HangOrder(place: .body, afterBytes: 0, length: nil)),
        ("{at: body, after: 4KiB, for: 30s}", HangOrder(place: .body, afterBytes: 4_096, length: .seconds(30))),
        ("{at: connect, for: phase}", HangOrder(place: .connect, afterBytes: 0, length: nil)),
    ]

    @Test("an exchange falls silent where and as long as asked", arguments: forms.indices)
    func exchanges(row: Int) throws {
        let (text, expected) = Self.forms[row]
        guard case .hang(let order) = Chain([try rule(fault("hang", text))]).plan().terminal else {
            return #expect(Bool(false), "no hang")
        }
        #expect(order == expected)
    }

    @Test("on tcp a connection falls silent, open and idle ones as well; the first in file order acts")
    func connections() throws {
        let rules = [
            try rule(fault("hang", "{after: 1KiB}"), name: "a", index: 3, service: .forTests(.tcp)),
            try rule(fault("hang"), name: "b", index: 4, service: .forTests(.tcp)),
        ]
        var draws = ConnectionDraws()
        let plan = Chain(rules).connectionPlan(draws: &draws, born: -100)
        #expect(plan.hang?.afterBytes == 1_024)
        #expect(plan.hangEntry == 3)
        #expect(rules[1].state.counts.shadowed == 1)
    }

    @Test("bytes that pass make no sense where nothing passes")
    func refused() {
        #expect(complaints("hang", "{at: connect, after: 1KiB}").contains { $0.contains("leave after: out") })
        #expect(!complaints("hang", "{for: ever}").isEmpty)
    }
}
