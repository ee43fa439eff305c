// slow_close: the end of a stream is passed on late; the bytes before it are not. On tcp it acts on the FIN of one direction,
// of new, open and idle connections alike; on http on the close behind a response that ends its connection. A RST is passed
// on at once. When it ends, a FIN that waits goes on.

package import Scenario
package import Units

/// `slow_close: {delay}`.
package struct SlowClose: Sendable {
    package static let declaration = FaultDeclaration(
        name: "slow_close", levels: [.stream],
        summary: "The end of the stream is passed on late.",
        attributes: [
            AttributeDeclaration(
                name: "delay", shape: .duration, isRequired: true, range: 0...86_400, mayMove: true,
                help: "how long the end waits behind the last byte")
        ],
        shorthand: "delay")

    private let delay: Magnitude

    init(_ value: FaultValue) {
        delay = value.magnitude("delay") ?? Magnitude(0)
    }

    func order(_ moment: Moment) -> SlowCloseOrder {
        SlowCloseOrder(delay: TimeSpan(seconds: max(moment.value(delay), 0)))
    }
}

/// Hold the end of the stream.
package struct SlowCloseOrder: Sendable, Hashable, BitwiseCopyable {
    package var delay: TimeSpan
}
