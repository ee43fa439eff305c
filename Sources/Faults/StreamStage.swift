// What faults do to the bytes of one direction, as data: an entry that fires adds one stage, and the stages stand in file
// order. Nothing acts here. `StreamLine` walks bytes through the stages; the pipe sends what came out.
//
//     latency ─ loss ─ bandwidth ─ corrupt ─ limit ─ slow_close ─ hang …        as the file has them
//     └─► slice                                                                last: a piece is a write

import Scenario
import Units

/// What one entry does to one direction of one connection or exchange.
package struct StreamStage: Sendable {
    package enum Kind: Sendable {
        case delay(DelayLine)
        case loss(LossLine)
        case pace(Pace)
        case slice(SliceLine)
        case corrupt(CorruptLine)
        case limit(LimitOrder)
        case slowClose(SlowCloseOrder)
        case hang(HangOrder)
    }

    package let entry: UInt16
    /// The rule's when it acted.
    package let edition: UInt32
    package let kind: Kind
    /// Stands for the entry's name: a stage that a new plan asks for under the same name goes on where it was.
    let state: EntryState

    /// Whether `other` goes on with what this one has begun.
    func isSucceeded(by other: StreamStage) -> Bool {
        guard state === other.state else { return false }
        return switch (kind, other.kind) {
        case (.delay, .delay), (.loss, .loss), (.pace, .pace), (.slice, .slice), (.corrupt, .corrupt), (.limit, .limit),
            (.slowClose, .slowClose), (.hang, .hang):
            true
        default: false
        }
    }

    var isSlice: Bool {
        if case .slice = kind { true } else { false }
    }
}

/// The stages of both directions.
package struct Streams: Sendable {
    package private(set) var upstream: [StreamStage] = []
    package private(set) var downstream: [StreamStage] = []

    package var isEmpty: Bool { upstream.isEmpty && downstream.isEmpty }

    /// Whether a hang is among the stages of `direction`.
    func hangs(_ direction: FaultEntry.Direction) -> Bool {
        (direction == .upstream ? upstream : downstream).contains { if case .hang = $0.kind { true } else { false } }
    }

    mutating func add(_ kind: StreamStage.Kind, _ moment: Moment) {
        let stage = StreamStage(entry: moment.entry, edition: moment.edition, kind: kind, state: moment.state)
        switch moment.direction {
        case .upstream: upstream.append(stage)
        case .downstream: downstream.append(stage)
        }
    }

    mutating func remove(entry: UInt16) {
        upstream.removeAll { $0.entry == entry }
        downstream.removeAll { $0.entry == entry }
    }
}

/// One flip of `corrupt`.
package struct Flip: Sendable, Hashable, BitwiseCopyable {
    /// Where, from the start of the chunk.
    package var offset: Int
    /// The bits that change.
    package var mask: UInt8
}

/// How a direction ends.
package enum StreamEnd: Sendable, Hashable, BitwiseCopyable {
    /// The peer's FIN goes on, behind the last byte.
    case finished
    /// A fault ends it.
    case cut(Ending, entry: UInt16)
}
