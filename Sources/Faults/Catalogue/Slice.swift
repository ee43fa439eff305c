// slice: bytes go on in many small writes, each a packet of its own, with a pause between two of them. It finds readers that
// take one read for one message. On tcp it acts on a connection, open and idle ones from their next byte on; on http on the
// whole of one message, its head included. When it ends the rest goes on in one piece.
//
// Slices come last, wherever they stand in the file: a piece is a write, and whatever came after would join pieces again.

package import Scenario
import Units

/// `slice: {size, variation: 0B, delay: 0s}`.
package struct Slice: Sendable {
    package static let declaration = FaultDeclaration(
        name: "slice", levels: [.stream],
        summary: "Many small writes instead of a few large ones.",
        attributes: [
            AttributeDeclaration(
                name: "size", shape: .byteCount, isRequired: true, range: 1...1e9, mayMove: true,
                help: "bytes per piece on average"),
            AttributeDeclaration(
                name: "variation", shape: .byteCount, defaultText: "0B", range: 0...1e9, mayMove: true,
                help: "how many bytes more or less a piece may have; at most size"),
            AttributeDeclaration(
                name: "delay", shape: .duration, defaultText: "0s", range: 0...3_600, mayMove: true,
                help: "the pause between two pieces"),
        ],
        shorthand: "size", validate: problems)

    private let size: Magnitude
    private let variation: Magnitude
    private let delay: Magnitude

    init(_ value: FaultValue) {
        size = value.magnitude("size") ?? Magnitude(1)
        variation = value.magnitude("variation") ?? Magnitude(0)
        delay = value.magnitude("delay") ?? Magnitude(0)
    }

    /// The pieces of one stream, drawn from a key of its own.
    func line(_ moment: Moment) -> SliceLine {
        SliceLine(
            size: size, variation: variation, delay: delay, dice: moment.dice, clock: moment.clock,
            key: moment.dice.word(moment.ordinal, lane: Lane.stream))
    }

    private static func problems(_ value: FaultValue) -> [FaultProblem] {
        guard let size = value.moving("size")?.bounds, let variation = value.moving("variation")?.bounds,
            variation.upperBound > size.lowerBound
        else { return [] }
        return [FaultProblem(attribute: "variation", message: "pieces cannot vary by more than their size")]
    }
}

/// The pieces of one direction of one connection or exchange.
package struct SliceLine: Sendable {
    let size: Magnitude
    let variation: Magnitude
    let delay: Magnitude
    let dice: Dice
    let clock: RuleClock
    let key: UInt64

    /// Bytes of piece `number`, at least one: even between `size - variation` and `size + variation`.
    func size(piece number: UInt64, now: Instant) -> Int64 {
        let middle = size.value(clock, now: now)
        let spread = max(variation.value(clock, now: now), 0)
        guard spread > 0 else { return max(wholeCount(middle), 1) }
        let unit = dice.unit(key &+ number, lane: Lane.magnitude)
        return max(wholeCount(middle - spread + (2 * spread + 1) * unit), 1)
    }

    func pause(_ now: Instant) -> TimeSpan { TimeSpan(seconds: max(delay.value(clock, now: now), 0)) }
}
