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

    @Test("hangs of both directions act; of two in one direction, or beside one at: connect, the first")
    func directions() throws {
        let service = Service.forTests(.tcp)
        let rules = [
            try rule(fault("hang"), name: "a", index: 1, service: service),
            try rule(fault("hang"), name: "b", index: 2, service: service) { $0.direction = .upstream },
            try rule(fault("hang", "connect"), name: "c", index: 3, service: service),
        ]
        var draws = ConnectionDraws()
        let plan = Chain(rules).connectionPlan(draws: &draws)
        #expect(plan.streams.upstream.map(\.entry) == [2])
        #expect(plan.streams.downstream.map(\.entry) == [1])
        #expect(rules.map(\.state.counts.shadowed) == [0, 0, 1])
    }

    @Test("then: close loses what comes, and closes when its time is over, however busy the stream is")
    func closing() throws {
        var line = try StreamLine([("hang", "{for: 2s, then: close}")])
        #expect(line.advance(now: .at(1)) == Passage(bytes: 0, end: nil, next: .at(3)))
        #expect(line.losesBytes)
        line.arrive(10)
        #expect(line.advance(now: .at(2.9)) == Passage(bytes: 0, end: nil, next: .at(3)))
        #expect(line.advance(now: .at(3)).end == .cut(.close, entry: 0))
    }

    @Test("then: close closes when the fault is taken away, and delivers nothing of what it held")
    func closingEarly() throws {
        var line = try StreamLine([("hang", "{after: 4B, then: close}")])
        line.arrive(10)
        #expect(line.advance(now: .at(1)).bytes == 4)
        line.follow([], now: .at(2))
        #expect(line.advance(now: .at(2)) == Passage(bytes: 0, end: .cut(.close, entry: 0), next: .distantFuture))
        var untouched = try StreamLine([("hang", "{after: 40B, then: close}")])
        untouched.arrive(10)
        #expect(untouched.advance(now: .at(1)).bytes == 10)
        untouched.follow([], now: .at(2))
        #expect(untouched.advance(now: .at(2)).end == nil, "it was not silent yet")
    }

    @Test("then: close passes the end of the stream on: who has hung up waits for nothing")
    func closingEnd() throws {
        var line = try StreamLine([("hang", "{then: close}")])
        _ = line.advance(now: .at(1))
        line.finish()
        #expect(line.advance(now: .at(2)).end == .finished)
    }

    @Test("then: close is for connections: on http, and at: connect, it is refused")
    func closingRefused() throws {
        #expect(throws: FaultError.self) { try rule(fault("hang", "{then: close}")) }
        #expect(complaints("hang", "{at: connect, then: close}").contains { $0.contains("leave then: out") })
    }

    @Test("bytes that pass make no sense where nothing passes")
    func refused() {
        #expect(complaints("hang", "{at: connect, after: 1KiB}").contains { $0.contains("leave after: out") })
        #expect(!complaints("hang", "{for: ever}").isEmpty)
    }
}
