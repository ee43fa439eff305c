// limit: the connection ends after exactly so many bytes of one direction. On tcp they count from the moment when the fault
// meets the connection (new, open and idle ones alike) and both sides are closed; on http they are bytes behind the head of
// one message, and an exchange with fewer of them is left alone. What was already cut stays cut; a connection that has not
// come so far is let go when the fault ends.

package import Scenario

/// `limit: {bytes, then: close / reset}`.
package struct ByteLimit: Sendable {
    package static let declaration = FaultDeclaration(
        name: "limit", levels: [.stream],
        summary: "The connection ends after exactly that many bytes.",
        attributes: [
            AttributeDeclaration(
                name: "bytes", shape: .byteCount, isRequired: true, range: 0...1e15, mayMove: true,
                help: "how many bytes pass in the direction of `direction`; on http bytes behind the head"),
            AttributeDeclaration(
                name: "then", shape: .word(["close", "reset"]), defaultText: "close",
                help: "how the connection ends"),
        ],
        shorthand: "bytes")

    private let bytes: Magnitude
    private let ending: Ending

    init(_ value: FaultValue) {
        bytes = value.magnitude("bytes") ?? Magnitude(0)
        ending = value.word("then") ?? .close
    }

    func order(_ moment: Moment) -> LimitOrder {
        LimitOrder(bytes: wholeCount(moment.value(bytes)), ending: ending)
    }
}

/// End the stream behind this many bytes.
package struct LimitOrder: Sendable, Hashable, BitwiseCopyable {
    package var bytes: Int64
    package var ending: Ending
}
