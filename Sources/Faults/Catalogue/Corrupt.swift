// corrupt: bits flip on the way; the number of bytes and their order stay. On tcp it acts on every byte of a connection, open
// and idle ones from their next byte on; on http on the payload of one body, so that heads, chunk sizes and trailers stay
// what they were (that is `malform`). Whether byte n of a stream flips is a function of n, however the bytes were cut into
// chunks. What was flipped stays so when the fault ends.

package import Scenario
import Units

/// `corrupt: {rate, bits: 1}`.
package struct Corrupt: Sendable {
    package static let declaration = FaultDeclaration(
        name: "corrupt", levels: [.stream],
        summary: "Bits flip on the way.",
        attributes: [
            AttributeDeclaration(
                name: "rate", shape: .percentage, isRequired: true, range: 0...1, mayMove: true,
                help: "the share of bytes that are hit"),
            AttributeDeclaration(
                name: "bits", shape: .integer, defaultText: "1", range: 1...8, help: "how many bits of a byte flip"),
        ],
        shorthand: "rate")

    private let rate: Magnitude
    private let bits: Int

    init(_ value: FaultValue) {
        rate = value.magnitude("rate") ?? Magnitude(0)
        bits = Int(value.moving("bits")?.bounds.lowerBound ?? 1)
    }

    /// The flips of one stream, drawn from a key of its own.
    func line(_ moment: Moment) -> CorruptLine {
        CorruptLine(
            rate: rate, bits: bits, dice: moment.dice, clock: moment.clock,
            key: moment.dice.word(moment.ordinal, lane: Lane.stream))
    }
}

/// The flips of one direction of one connection or exchange.
package struct CorruptLine: Sendable {
    let rate: Magnitude
    let bits: Int
    let dice: Dice
    let clock: RuleClock
    let key: UInt64

    /// The flips in a chunk of `count` bytes of which the first is byte `start`; one hash per byte.
    func flips(_ count: Int, from start: UInt64, now: Instant) -> [Flip] {
        let rate = rate.value(clock, now: now)
        guard rate > 0 else { return [] }
        var flips: [Flip] = []
        for offset in 0..<count {
            let number = key &+ start &+ UInt64(offset)
            if dice.unit(number, lane: Lane.corruption) < rate {
                flips.append(Flip(offset: offset, mask: mask(dice.word(number, lane: Lane.bits))))
            }
        }
        return flips
    }

    /// `bits` bits of eight: goes through them with the chance of each to be among those still wanted.
    private func mask(_ word: UInt64) -> UInt8 {
        var (mask, wanted) = (UInt8(0), bits)
        for bit in 0..<8 where wanted > 0 {
            let draw = Int(word >> (8 * UInt64(bit)) & 0xFF)
            guard draw * (8 - bit) < wanted * 256 else { continue }
            mask |= 1 << UInt8(bit)
            wanted -= 1
        }
        return mask
    }
}
