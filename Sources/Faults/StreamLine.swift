// One direction's bytes on their way through the stages: one queue in the pipe, and here one cursor per stage. A stage takes
// bytes from where the one before it stands and moves its own cursor on; nothing is copied from stage to stage.
//
//     departed <= cursor[last] <= … <= cursor[0] <= arrived        all count from the first byte
//     [ gone ..... | held by last | … | held by first | to come ]
//
// Time is an argument and no byte is touched: the pipe does that, told by `Passage` and `Flip`. A new plan may add, change
// or remove stages at any byte: a stage of the same entry name goes on where it was, a new one begins with the next byte,
// and what a removed one held belongs to the one behind it.

package import Units

/// What came out of a line.
package struct Passage: Sendable, Hashable {
    /// Bytes to send now, in one write.
    package var bytes: Int
    /// Nothing follows those bytes.
    package var end: StreamEnd?
    /// When to ask again; distant: when something arrives.
    package var next: Instant
}

/// The stages of one direction at work.
package struct StreamLine: Sendable {
    private var stages: [LiveStage] = []
    private var arrived: Int64 = 0
    private var departed: Int64 = 0
    private var isFinished = false
    /// A stage that was taken away leaves this: nothing follows any more.
    private var closing: StreamEnd?
    package private(set) var tally = DelayTally()

    package init() {}

    /// No stage: what arrives goes on at once.
    package var isEmpty: Bool { stages.isEmpty }
    /// Whether bytes change on their way, so that the caller must tell payload from framing.
    package private(set) var altersBytes = false
    /// So many chunks wait that no more should come, however small they are.
    package var isCrowded: Bool { stages.contains { $0.marks.count >= HoldMarks.capacity } }

    /// Whether what comes now is lost: it need not be kept.
    package var losesBytes: Bool { stages.contains(where: \.losesBytes) }

    // MARK: Settings

    /// Takes over what a plan asks.
    package mutating func follow(_ wanted: [StreamStage], now: Instant) {
        if wanted.isEmpty && stages.isEmpty { return }
        var edge = arrived
        let before = stages
        stages = (wanted.filter { !$0.isSlice } + wanted.filter(\.isSlice)).map { stage in
            var live = before.first { $0.stage.isSucceeded(by: stage) } ?? LiveStage(stage, at: edge, now: now)
            live.become(stage)
            edge = min(edge, live.position)
            return live
        }
        for gone in before where !stages.contains(where: { gone.stage.isSucceeded(by: $0.stage) }) {
            closing = closing ?? gone.closing
        }
        raiseCursors()
        altersBytes = stages.contains { if case .corrupt = $0.stage.kind { true } else { false } }
    }

    /// Keeps the stages of entries that are still in force.
    package mutating func keep(now: Instant, where isInForce: (StreamStage) -> Bool) {
        follow(stages.map(\.stage).filter(isInForce), now: now)
    }

    /// A stage stands no further back than the one behind it.
    private mutating func raiseCursors() {
        var position = departed
        for index in stages.indices.reversed() {
            stages[index].raise(to: position)
            position = stages[index].position
        }
    }

    /// The next `count` bytes are a head: what cuts or changes bytes leaves them alone.
    package mutating func exempt(_ count: Int) {
        for index in stages.indices { stages[index].exempt(to: arrived + Int64(count)) }
    }

    // MARK: Flow

    /// The flips in a chunk of payload that is about to arrive; positions count payload alone.
    package mutating func flips(_ count: Int, now: Instant) -> [Flip] {
        guard altersBytes else { return [] }
        var flips: [Flip] = []
        for index in stages.indices { flips += stages[index].flips(count, now: now) }
        return flips
    }

    /// A chunk came in.
    package mutating func arrive(_ count: Int) { arrived += Int64(count) }

    /// The end of the stream came in.
    package mutating func finish() { isFinished = true }

    /// Moves every cursor as far as it may go now; what comes out counts as gone.
    package mutating func advance(now: Instant) -> Passage {
        if let closing { return Passage(bytes: 0, end: closing, next: .distantFuture) }
        var front = Front(edge: arrived, end: isFinished ? .finished : nil)
        var next = Instant.distantFuture
        for index in stages.indices { front = stages[index].advance(front, now: now, next: &next, tally: &tally) }
        let bytes = front.edge - departed
        departed = front.edge
        return Passage(bytes: Int(bytes), end: front.end, next: next)
    }

    /// Forgets everything that was held: another exchange begins.
    package mutating func restart() {
        self = StreamLine()
    }
}

/// How far bytes have come, and whether an end stands right behind them.
struct Front: Sendable, Hashable {
    var edge: Int64
    var end: StreamEnd?
}
