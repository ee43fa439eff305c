// One stage of a line at work: its cursor and the few registers that its kind needs. `advance` is the one place where the
// kinds differ; what each does is said in its fault's file.

import Units

/// A stage with its cursor.
struct LiveStage: Sendable {
    private(set) var stage: StreamStage
    /// Bytes before it have passed.
    private(set) var position: Int64
    private(set) var marks = HoldMarks()
    /// Bytes before it have been met.
    private var met: Int64
    /// Chunks, packets or pieces met so far; for `corrupt` bytes.
    private var count: UInt64 = 0
    /// Bytes that passed since the stage began, heads left out.
    private var passed: Int64 = 0
    /// Bytes before it are a head.
    private var headEnd: Int64 = 0
    /// A pause between pieces ends, a silence or a late end began; nil: not yet.
    private var instant: Instant?
    private var pacer: Pacer?
    private var channel: LossProcess.State

    init(_ stage: StreamStage, at position: Int64, now: Instant) {
        self.stage = stage
        self.position = position
        met = position
        channel = LossProcess.State()
        if case .pace(let pace) = stage.kind { pacer = Pacer(pace, now: now) }
    }

    /// Goes on under another plan's parameters; what waits keeps its instants.
    mutating func become(_ stage: StreamStage) {
        self.stage = stage
        if case .pace(let pace) = stage.kind { pacer?.pace = pace }
    }

    mutating func raise(to position: Int64) {
        self.position = max(self.position, position)
        met = max(met, self.position)
    }

    mutating func exempt(to end: Int64) { headEnd = end }

    mutating func flips(_ length: Int, now: Instant) -> [Flip] {
        guard case .corrupt(let line) = stage.kind else { return [] }
        defer { count += UInt64(length) }
        return line.flips(length, from: count, now: now)
    }

    // MARK: Flow

    /// Takes in what stands before it and says what stands behind it.
    mutating func advance(_ front: Front, now: Instant, next: inout Instant, tally: inout DelayTally) -> Front {
        var end = front.end
        switch stage.kind {
        case .corrupt: position = front.edge
        case .delay(let line): delay(line, front.edge, now, &next, &tally)
        case .loss(let line): stall(line, front.edge, now, &next, &tally)
        case .pace: pace(front.edge, now, &next)
        case .slice(let line): slice(line, front.edge, now, &next)
        case .limit(let order): if limit(order, front.edge) { return Front(edge: position, end: cut(order)) }
        case .hang(let order) where order.closes: return swallow(order, front, now, &next)
        case .hang(let order): if hang(order, front.edge, now, &next) { end = nil }
        case .slowClose(let order):
            position = front.edge
            if end != nil, holdsEnd(order, now, &next, &tally) { end = nil }
        }
        return Front(edge: position, end: position == front.edge ? end : nil)
    }

    private mutating func delay(
        _ line: DelayLine, _ edge: Int64, _ now: Instant, _ next: inout Instant, _ tally: inout DelayTally
    ) {
        if edge > met {
            marks.hold(to: edge, for: line.delay(chunk: count, now: now), now: now)
            count += 1
            met = edge
        }
        position = marks.release(from: position, now: now, next: &next, tally: &tally, for: stage.entry)
    }

    private mutating func stall(
        _ line: LossLine, _ edge: Int64, _ now: Instant, _ next: inout Instant, _ tally: inout DelayTally
    ) {
        if edge > met {
            for hold in line.holds(Int(edge - met), packet: &count, channel: &channel, now: now) {
                marks.hold(to: met + Int64(hold.end), for: hold.delay, now: now)
            }
            met = edge
        }
        position = marks.release(from: position, now: now, next: &next, tally: &tally, for: stage.entry)
    }

    private mutating func pace(_ edge: Int64, _ now: Instant, _ next: inout Instant) {
        guard edge > position, let allowance = pacer?.allowance(now: now, wanted: Int(edge - position)) else { return }
        position += Int64(allowance.bytes)
        if let later = allowance.next { next = min(next, later) }
    }

    /// One piece, then a pause.
    private mutating func slice(_ line: SliceLine, _ edge: Int64, _ now: Instant, _ next: inout Instant) {
        guard edge > position else { return }
        if let instant, instant > now { return next = min(next, instant) }
        position += min(line.size(piece: count, now: now), edge - position)
        count += 1
        instant = now + line.pause(now)
    }

    /// True when all that may pass has passed.
    private mutating func limit(_ order: LimitOrder, _ edge: Int64) -> Bool {
        pass(edge, atMost: order.bytes)
        return position >= headEnd && passed >= order.bytes
    }

    private func cut(_ order: LimitOrder) -> StreamEnd { .cut(order.ending, entry: stage.entry) }

    /// True while it is silent.
    private mutating func hang(_ order: HangOrder, _ edge: Int64, _ now: Instant, _ next: inout Instant) -> Bool {
        let until = order.length.flatMap { length in instant.map { $0 + length } }
        if let until, until <= now {
            position = edge
            return false
        }
        pass(edge, atMost: order.afterBytes)
        guard passed >= order.afterBytes else { return false }
        if instant == nil { instant = now }
        if let length = order.length, let instant { next = min(next, instant + length) }
        return true
    }

    /// A silence that ends with the connection: of all that comes only the end of the stream gets through.
    private mutating func swallow(_ order: HangOrder, _ front: Front, _ now: Instant, _ next: inout Instant) -> Front {
        pass(front.edge, atMost: order.afterBytes)
        guard passed >= order.afterBytes else {
            return Front(edge: position, end: position == front.edge ? front.end : nil)
        }
        let since = instant ?? now
        instant = since
        if let due = order.length.map({ since + $0 }) {
            if due <= now { return Front(edge: position, end: closing) }
            next = min(next, due)
        }
        return Front(edge: position, end: front.end)
    }

    /// Whether what comes now is lost.
    var losesBytes: Bool { closing != nil }

    /// How the connection ends when a silence that has begun is over, or taken away.
    var closing: StreamEnd? {
        guard case .hang(let order) = stage.kind, order.closes, instant != nil else { return nil }
        return .cut(.close, entry: stage.entry)
    }

    /// Moves on, but for the bytes beyond `most`; those of a head do not count.
    private mutating func pass(_ edge: Int64, atMost most: Int64) {
        let head = max(0, min(edge, headEnd) - position)
        let body = min(edge - position - head, max(most - passed, 0))
        position += head + body
        passed += body
    }

    /// True while the end is to wait.
    private mutating func holdsEnd(
        _ order: SlowCloseOrder, _ now: Instant, _ next: inout Instant, _ tally: inout DelayTally
    ) -> Bool {
        guard let since = instant else {
            instant = now
            next = min(next, now + order.delay)
            return order.delay > .zero
        }
        let due = since + order.delay
        if due > now {
            next = min(next, due)
            return true
        }
        if count == 0 { tally.add(stage.entry, asked: order.delay, achieved: now - since) }
        count = 1
        return false
    }
}
