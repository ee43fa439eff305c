// dribble: the body comes in tiny portions, so that every read time-out is met and the total never. On http it paces the
// body of one exchange; on tcp the bytes of a connection, open and idle ones from their next byte on. When it ends the
// rest goes at full speed.

package import Scenario

/// `dribble: {rate, chunk: 1B}`.
package struct Dribble: Sendable {
    package static let declaration = FaultDeclaration(
        name: "dribble", levels: [.exchange, .stream],
        summary: "The body comes in tiny portions: read time-outs are met, the total is not.",
        attributes: [
            AttributeDeclaration(
                name: "rate", shape: .byteRate, isRequired: true, range: 0.001...1e12, mayMove: true,
                help: "bytes per second on average"),
            AttributeDeclaration(
                name: "chunk", shape: .byteCount, defaultText: "1B", range: 1...1_048_576,
                help: "bytes per portion"),
        ],
        shorthand: "rate")

    let pace: Pace

    init(_ value: FaultValue, _ setting: FaultSetting) {
        let chunk = max(1, wholeCount(value.moving("chunk")?.bounds.lowerBound ?? 1))
        pace = Pace(rate: value.magnitude("rate"), clock: setting.clock, chunk: chunk)
    }
}
