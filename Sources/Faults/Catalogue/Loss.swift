// loss: what a lossy line does to TCP. No byte goes missing and none changes its place; what is behind a lost packet waits
// until TCP would have repaired it. On tcp it acts on a connection, open and idle ones from their next byte on; on http on
// one exchange. When it ends what waits goes on at once.
//
//     chunk ─► packets of 1,448 bytes ─► lost?  no ─► goes on, behind those before it
//                                              yes ─► three packets of the chunk got through behind it?
//                                                       yes ─► fast retransmit: one round trip
//                                                       no ──► a time-out: rto, then 2 rto, 4 rto … while repairs are lost
//
// A round trip is rto / 3: RFC 6298 sets the first time-out at three times the first measurement. Several losses of one
// chunk are repaired together, as with SACK. A repair is sent so much later that it meets the long-run loss, not the burst.

package import Scenario
import Units

/// `loss: {rate, correlation: 0%, gilbert_elliott: {p, r, h, k}, rto: 200ms}`.
package struct Loss: Sendable {
    package static let declaration = FaultDeclaration(
        name: "loss", levels: [.stream],
        summary: "Lost packets: stalls until TCP would have repaired them, never missing bytes.",
        attributes: [
            AttributeDeclaration(
                name: "rate", shape: .percentage, range: 0...1, mayMove: true,
                help: "the share of packets that are lost, each for itself"),
            AttributeDeclaration(
                name: "correlation", shape: .percentage, defaultText: "0%", range: 0...0.99,
                help: "how much one packet's fate resembles the one before it; goes with rate"),
            AttributeDeclaration(
                name: "gilbert_elliott",
                shape: .group(["p": .percentage, "r": .percentage, "h": .percentage, "k": .percentage]),
                range: 0...1,
                help: "bursts, instead of rate: p good to bad, r back, h and k pass in bad (0%) and good (100%)"),
            AttributeDeclaration(
                name: "rto", shape: .duration, defaultText: "200ms", range: 0.001...120,
                help:
                    "the retransmission time-out; doubles while repairs are lost. A fast retransmit takes a third of it"
            ),
        ],
        shorthand: "rate", validate: problems)

    private let process: LossProcess
    private let timeout: TimeSpan

    init(_ value: FaultValue) {
        process = LossProcess(value)
        timeout = TimeSpan(seconds: value.moving("rto")?.bounds.lowerBound ?? 0.2)
    }

    /// The losses of one stream, drawn from a key of its own.
    func line(_ moment: Moment) -> LossLine {
        LossLine(
            process: process, timeout: timeout, dice: moment.dice, clock: moment.clock,
            key: moment.dice.word(moment.ordinal, lane: Lane.stream))
    }

    private static func problems(_ value: FaultValue) -> [FaultProblem] {
        let hasChannel = value["gilbert_elliott"] != nil
        if !hasChannel, value["rate"] == nil {
            return [FaultProblem(attribute: nil, message: "give a rate, or gilbert_elliott")]
        }
        guard hasChannel else { return [] }
        var problems: [FaultProblem] = []
        for name in ["rate", "correlation"] where value[name] != nil {
            problems.append(FaultProblem(attribute: name, message: "gilbert_elliott stands in place of \(name)"))
        }
        for name in ["p", "r"] where value.group("gilbert_elliott")?[name] == nil {
            problems.append(FaultProblem(attribute: "gilbert_elliott", message: "gilbert_elliott needs \(name)"))
        }
        return problems
    }
}

/// The losses of one direction of one connection or exchange.
package struct LossLine: Sendable {
    /// Payload of a packet on an Ethernet, time stamps included.
    static let packetBytes = 1_448
    /// Linux lets a time-out grow to this, and gives a packet up after fifteen repairs; ours passes then.
    private static let longestTimeout = TimeSpan.seconds(120)
    private static let mostRepairs: UInt64 = 15
    /// Acknowledgements of later packets that set off a fast retransmit.
    private static let duplicates = 3

    let process: LossProcess
    let timeout: TimeSpan
    let dice: Dice
    let clock: RuleClock
    let key: UInt64

    /// Bytes of a chunk up to `end` are late by `delay`.
    struct Hold: Sendable, Hashable {
        var end: Int
        var delay: TimeSpan
    }

    /// What becomes of a chunk of `count` bytes; one hold for each stretch between two losses.
    func holds(_ count: Int, packet: inout UInt64, channel: inout LossProcess.State, now: Instant) -> [Hold] {
        let first = packet
        var lost: [Int] = []
        let packets = (count + Self.packetBytes - 1) / Self.packetBytes
        for index in 0..<packets {
            let isLost = process.loses(packet, of: key, dice, state: &channel) { $0.value(clock, now: now) }
            if isLost { lost.append(index) }
            packet += 1
        }
        let mean = process.meanLoss { $0.value(clock, now: now) }
        var holds: [Hold] = []
        if lost.first != 0 {
            holds.append(Hold(end: min((lost.first ?? packets) * Self.packetBytes, count), delay: .zero))
        }
        for (place, index) in lost.enumerated() {
            let survivors = packets - index - (lost.count - place)
            let end = place + 1 < lost.count ? lost[place + 1] * Self.packetBytes : count
            holds.append(
                Hold(end: min(end, count), delay: repair(first + UInt64(index), survivors: survivors, loss: mean)))
        }
        return holds
    }

    /// How long TCP takes until a lost packet is there.
    private func repair(_ packet: UInt64, survivors: Int, loss: Double) -> TimeSpan {
        var delay = TimeSpan.zero
        var attempt: UInt64 = 0
        if survivors >= Self.duplicates {
            delay = timeout / 3
            attempt = 1
            if !isRepairLost(packet, attempt, loss) { return delay }
        }
        var wait = timeout
        repeat {
            delay += wait
            wait = min(wait * 2, max(Self.longestTimeout, timeout))
            attempt += 1
        } while attempt < Self.mostRepairs && isRepairLost(packet, attempt, loss)
        return delay
    }

    private func isRepairLost(_ packet: UInt64, _ attempt: UInt64, _ loss: Double) -> Bool {
        dice.unit(key &+ packet, lane: Lane.repair + attempt) < loss
    }
}
