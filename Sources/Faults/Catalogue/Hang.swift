// hang: say nothing more. On http it silences one exchange; on tcp one connection, whether open, idle or new. When its
// time is over, or the entry ends, everything goes on as if it had never been held. With `then: close`, on tcp, what comes
// during the silence is lost, and the connection is closed when its time is over, or the entry ends; an end of the stream
// that arrives meanwhile is passed on.

package import Scenario
import Units

/// `hang: {at: head / body / connect, after: 0B, for: phase, then: resume / close}`.
package struct Hang: Sendable {
    package static let declaration = FaultDeclaration(
        name: "hang", levels: [.exchange, .connection],
        summary: "Say nothing more.",
        attributes: [
            AttributeDeclaration(
                name: "at", shape: .word(["head", "body", "connect"]), defaultText: "head",
                help:
                    "head: the response is withheld; body: its head still passes; connect: nothing is passed on at all"),
            AttributeDeclaration(
                name: "after", shape: .byteCount, defaultText: "0B", range: 0...1e15, mayMove: true,
                help: "body bytes (on tcp: bytes) that pass before the silence"),
            AttributeDeclaration(
                name: "for", shape: .either(["phase"], .duration), defaultText: "phase", range: 0...86_400,
                mayMove: true, help: "how long the silence lasts; phase: as long as the fault"),
            AttributeDeclaration(
                name: "then", shape: .word(["resume", "close"]), defaultText: "resume",
                help:
                    "resume: what was held goes on; close: what comes is lost, and the connection is closed (tcp alone)"
            ),
        ],
        shorthand: "at", isTerminal: true,
        actsBeforeResponse: { $0["at"]?.word == "connect" },
        validate: problems)

    package let place: HangOrder.Place
    private let after: Magnitude
    private let length: Magnitude?
    let closes: Bool

    init(_ value: FaultValue) {
        place = value.word("at") ?? .head
        after = value.magnitude("after") ?? Magnitude(0)
        length = value.magnitude("for")
        closes = value["then"]?.word == "close"
    }

    /// How long the silence is that it asks for at this point of its stretch; nil: as long as the fault.
    func silence(at elapsed: TimeSpan, of stretch: TimeSpan) -> TimeSpan? {
        length.map { TimeSpan(seconds: $0.value(at: elapsed, of: stretch)) }
    }

    func order(_ moment: Moment) -> HangOrder {
        HangOrder(
            place: place, afterBytes: wholeCount(moment.value(after)),
            length: length.map { TimeSpan(seconds: moment.value($0)) }, closes: closes)
    }

    private static func problems(_ value: FaultValue) -> [FaultProblem] {
        guard value["at"]?.word == "connect" else { return [] }
        var problems: [FaultProblem] = []
        if value["after"] != nil {
            problems.append(
                FaultProblem(attribute: "after", message: "nothing passes when a hang is at: connect; leave after: out")
            )
        }
        if value["then"]?.word == "close" {
            problems.append(
                FaultProblem(attribute: "then", message: "a hang at: connect ends with the connect; leave then: out"))
        }
        return problems
    }
}

extension ConnectionPlan {
    /// Whether another hang is where this one would be: of two in one direction the first in file order acts, and one at:
    /// connect silences both.
    func isHung(_ direction: FaultEntry.Direction, by other: Hang) -> Bool {
        guard let hang else { return false }
        return hang.place == .connect || other.place == .connect || streams.hangs(direction)
    }

    mutating func hang(_ order: HangOrder, _ moment: Moment) {
        if hang == nil {
            hang = order
            hangEntry = moment.entry
        }
        if order.place != .connect { streams.add(.hang(order), moment) }
    }
}
