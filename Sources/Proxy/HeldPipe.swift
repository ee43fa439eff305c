// One direction while a fault holds, slows, cuts or changes it. A direction that no fault touches has no pipe: its bytes go
// straight from one connection to the other.
//
//      write ─► [ queue ........................ ] ─► destination
//                 │ gate: the session's own hold    the end of the stream comes out behind the last byte
//                 └ line: stages in file order (Faults/StreamLine), which say how many bytes may leave and when
//
// The faults decide, the pipe acts: it keeps the bytes, flips what is to be flipped, sends what has come through and sets one
// timer for the rest. When faults end, what they held is released at once.

import EventLoop
import Faults
import Units

/// Holds the bytes of one direction.
final class HeldPipe: TimerOwner {
    private unowned let session: Session
    private let worker: Worker
    private let destination: Connection
    private let queue = ByteQueue()
    private var line = StreamLine()
    /// Bytes that the session still lets into the line; nil: all.
    private var gate: Int64?
    /// Bytes behind the gate.
    private var waiting = 0
    private var isFinishing = false
    private(set) var hasEnded = false
    private var isPumping = false
    private lazy var timer = Timer(on: worker.loop, owner: self)

    /// Writes of one turn of the loop: tiny slices must not keep others waiting.
    private static let writesPerTurn = 64

    init(session: Session, destination: Connection) {
        self.session = session
        worker = session.worker
        self.destination = destination
    }

    deinit {
        worker.budget.add(-queue.count)
    }

    var isEmpty: Bool { queue.isEmpty }
    /// Something waits, or would be held if it came.
    var isActive: Bool { !queue.isEmpty || !line.isEmpty || gate != nil || (isFinishing && !hasEnded) }
    /// No more should be written; whoever writes stops reading.
    var isFull: Bool {
        queue.count >= worker.limits.heldBytesPerConnection || worker.budget.isSpent || line.isCrowded
    }
    /// Whether a fault changes bytes: payload and framing are then written apart.
    var altersBytes: Bool { line.altersBytes }
    /// The delays that chunks met here.
    var tally: DelayTally { line.tally }

    // MARK: Settings

    /// Takes over what a plan asks of the stream.
    func follow(_ stages: [StreamStage]) {
        line.follow(stages, now: worker.loop.now)
        pump()
    }

    /// Lets go of what the faults hold that are not in the plan any more.
    func keep(where isInForce: (StreamStage) -> Bool) {
        line.keep(now: worker.loop.now, where: isInForce)
        pump()
    }

    /// The next `count` bytes are a head: only delays act on them.
    func exempt(_ count: Int) { line.exempt(count + waiting) }

    /// Holds everything until told otherwise.
    func stall() { stall(after: 0) }

    /// Lets this many bytes pass and then stalls.
    func stall(after bytes: Int64) {
        gate = bytes
        guard waiting > 0 else { return }
        admit()
        pump()
    }

    /// Ends a stall; the stages go on.
    func unstall() {
        gate = nil
        admit()
        pump()
    }

    /// Drops what is held and every setting: ready for another exchange.
    func reset() {
        discard()
        gate = nil
        isFinishing = false
        hasEnded = false
    }

    /// Drops what is held.
    func discard() {
        worker.budget.add(-queue.count)
        queue.removeAll()
        waiting = 0
        line.restart()
        timer.cancel()
    }

    // MARK: Flow

    /// Takes a chunk; it leaves when the faults let it. What `isPayload` says is not payload stays as it is.
    func write(_ bytes: Bytes, isPayload: Bool = true) {
        if bytes.isEmpty || hasEnded || line.losesBytes { return }
        worker.budget.add(bytes.count)
        queue.append(bytes)
        if isPayload { alter(bytes.count) }
        waiting += bytes.count
        admit()
        pump()
    }

    /// The stream ends behind what was written.
    func finish() {
        if isFinishing { return }
        isFinishing = true
        admit()
        pump()
    }

    private func alter(_ count: Int) {
        let start = queue.count - count
        for flip in line.flips(count, now: worker.loop.now) { queue.flip(flip.mask, at: start + flip.offset) }
    }

    /// Lets into the line what the gate lets through.
    private func admit() {
        let count = gate.map { min(waiting, Int(clamping: $0)) } ?? waiting
        if count > 0 { line.arrive(count) }
        waiting -= count
        if let left = gate { gate = left - Int64(count) }
        if isFinishing && waiting == 0 && gate == nil { line.finish() }
    }

    /// Sends what may go now and sets the timer for the rest.
    func pump() {
        if isPumping || hasEnded { return }
        isPumping = true
        let end = send()
        isPumping = false
        if let end { return self.end(end) }
        if queue.isEmpty {
            session.pipeIsEmpty(self)
        } else if !isFull, queue.count < worker.limits.heldBytesPerConnection / 2 {
            session.pipeHasRoom(self)
        }
    }

    private func send() -> StreamEnd? {
        let now = worker.loop.now
        for _ in 0..<Self.writesPerTurn {
            if destination.unsentCount > 0 { return nil }
            let passage = line.advance(now: now)
            if passage.bytes > 0 { send(passage.bytes) }
            if let end = passage.end { return end }
            if passage.bytes == 0 {
                if passage.next < .distantFuture { timer.set(at: passage.next) }
                return nil
            }
        }
        timer.set(at: now + TimeSpan(nanoseconds: 1))
        return nil
    }

    private func send(_ count: Int) {
        queue.withBytes(limit: count) { destination.send($0) }
        queue.removeFirst(count)
        worker.budget.add(-count)
    }

    /// Nothing more comes out; what a cut left behind is dropped.
    private func end(_ end: StreamEnd) {
        hasEnded = true
        worker.budget.add(-queue.count)
        queue.removeAll()
        waiting = 0
        timer.cancel()
        session.pipeEnded(self, end)
    }

    override func fired(_ timer: Timer) {
        pump()
    }
}
