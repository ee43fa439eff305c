// hang: say nothing more. On http it silences one exchange; on tcp one connection, whether open, idle or new. When its
// time is over, or the entry ends, everything goes on as if it had never been held.

package import Scenario
import Units

/// `hang: {at: head / body / connect, after: 0B, for: phase}`.
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
        ],
        shorthand: "at", isTerminal: true,
        actsBeforeResponse: { $0["at"]?.word == "connect" },
        validate: problems)

    package let place: HangOrder.Place
    private let after: Magnitude
    private let length: Magnitude?

    init(_ value: FaultValue) {
        place = value.word("at") ?? .head
        after = value.magnitude("after") ?? Magnitude(0)
        length = value.magnitude("for")
    }

    func order(_ moment: Moment) -> HangOrder {
        HangOrder(
            place: place, afterBytes: wholeCount(moment.value(after)),
            length: length.map { TimeSpan(seconds: moment.value($0)) })
    }

    private static func problems(_ value: FaultValue) -> [FaultProblem] {
        guard value["at"]?.word == "connect", value["after"] != nil else { return [] }
        return [
            FaultProblem(attribute: "after", message: "nothing passes when a hang is at: connect; leave after: out")
        ]
    }
}

extension ConnectionPlan {
    /// The first hang in file order is the one that acts.
    mutating func hang(_ order: HangOrder, _ moment: Moment) {
        guard hang == nil else { return }
        hang = order
        hangEntry = moment.entry
        if order.place != .connect { streams.add(.hang(order), moment) }
    }
}
