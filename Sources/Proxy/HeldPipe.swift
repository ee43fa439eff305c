// One direction while a fault holds or slows it. A direction that no fault touches has no pipe: its bytes go
// straight from one connection to the other.
//
//      write ─► [ queue ................ ] ─► stall ─► delay marks ─► pacer ─► destination
//                 held bytes, bounded                   chunk by      bytes
//                                                       chunk        per time
//
// Order is kept whatever the delays: a chunk leaves no earlier than the one before it. The end of the stream
// is a mark like any other, so FIN stays behind the last byte. When the fault ends, everything is released at once.

import EventLoop
import Faults
import Units

/// Holds, delays and paces the bytes of one direction.
final class HeldPipe: TimerOwner {
    private unowned let session: Session
    private let worker: Worker
    private let destination: Connection
    private let queue = ByteQueue()
    private var marks: [Mark] = []
    private var firstMark = 0
    private var arrivedBytes: UInt64 = 0
    private var departedBytes: UInt64 = 0
    private var arrivedChunks: UInt64 = 0
    private var delays: [DelayLine] = []
    private var pacer: Pacer?
    private var isStalled = false
    private var passingBytes: Int64?
    private var hang: HangOrder?
    private lazy var timer = Timer(on: worker.loop, owner: self)

    /// The end of a chunk and the instant before which it does not leave.
    private struct Mark {
        var end: UInt64
        var release: Instant
    }

    init(session: Session, destination: Connection) {
        self.session = session
        worker = session.worker
        self.destination = destination
    }

    deinit {
        worker.held(-queue.count)
    }

    var isEmpty: Bool { queue.isEmpty }
    /// Bytes wait, or a pace or a stall would hold what comes.
    var isActive: Bool {
        !queue.isEmpty || isStalled || pacer != nil || !delays.isEmpty || passingBytes != nil
    }
    /// No more should be written; whoever writes stops reading.
    var isFull: Bool { queue.count >= worker.limits.heldBytesPerConnection || worker.isHoldingTooMuch }

    // MARK: Settings

    func setPace(_ pace: Pace?) {
        pacer = pace.map { Pacer($0, now: worker.loop.now) }
    }

    /// Holds everything until told otherwise.
    func stall() {
        isStalled = true
    }

    /// Lets this many bytes pass and then stalls.
    func stall(after bytes: Int64) {
        passingBytes = bytes
    }

    private var isStalling: Bool { isStalled || passingBytes == 0 }

    /// Ends a stall; a pace goes on.
    func unstall() {
        isStalled = false
        passingBytes = nil
        pump()
    }

    /// Takes over what a plan asks of a stream. What a delay of an earlier plan holds leaves at once
    /// when no delay is left; otherwise it keeps its instant.
    func apply(delays lines: [DelayLine], pace: Pace?, hang: HangOrder?) {
        if lines.isEmpty { forgetMarks() }
        delays = lines
        setPace(pace)
        applyHang(hang)
        pump()
    }

    private func applyHang(_ wanted: HangOrder?) {
        if wanted == hang { return }
        hang = wanted
        isStalled = wanted?.place == .head && wanted?.afterBytes == 0
        passingBytes = isStalled ? nil : wanted?.afterBytes
    }

    /// Lets go of everything: what a fault held leaves at once.
    func release() {
        isStalled = false
        passingBytes = nil
        pacer = nil
        hang = nil
        delays = []
        forgetMarks()
        pump()
    }

    private func forgetMarks() {
        marks.removeAll()
        firstMark = 0
    }

    /// Drops what is held and every setting: ready for another exchange.
    func reset() {
        discard()
        isStalled = false
        passingBytes = nil
        pacer = nil
        hang = nil
        delays = []
    }

    /// Drops what is held.
    func discard() {
        worker.held(-queue.count)
        queue.removeAll()
        forgetMarks()
        departedBytes = arrivedBytes
        timer.cancel()
    }

    // MARK: Flow

    /// Takes a chunk; it leaves when the faults let it.
    func write(_ bytes: Bytes) {
        if bytes.isEmpty { return }
        let now = worker.loop.now
        arrivedBytes += UInt64(bytes.count)
        if !delays.isEmpty { mark(at: now) }
        worker.held(bytes.count)
        queue.append(bytes)
        pump()
    }

    private func mark(at now: Instant) {
        var release = now
        for line in delays { release = release + line.delay(chunk: arrivedChunks, now: now) }
        arrivedChunks += 1
        if let last = marks.last, marks.count > firstMark { release = max(release, last.release) }
        marks.append(Mark(end: arrivedBytes, release: release))
    }

    /// Sends what may go now and sets the timer for the rest.
    func pump() {
        if queue.isEmpty { return settle() }
        var next = Instant.distantFuture
        while !queue.isEmpty, destination.unsentCount == 0 {
            let ready = releasable(&next)
            if ready == 0 { break }
            let granted = grant(ready, &next)
            if granted == 0 { break }
            send(granted)
            if granted < ready { break }
        }
        if !queue.isEmpty && next < .distantFuture { timer.set(at: next) }
        settle()
    }

    /// How many bytes have passed stall and delay.
    private func releasable(_ next: inout Instant) -> Int {
        if isStalling { return 0 }
        let now = worker.loop.now
        var ready = queue.count
        if firstMark < marks.count { ready = released(at: now, &next) }
        if let passingBytes { ready = min(ready, Int(passingBytes)) }
        return ready
    }

    private func released(at now: Instant, _ next: inout Instant) -> Int {
        var end = departedBytes
        var index = firstMark
        while index < marks.count, marks[index].release <= now {
            end = marks[index].end
            index += 1
        }
        if index < marks.count {
            next = min(next, marks[index].release)
        } else {
            end = arrivedBytes
        }
        firstMark = index
        if firstMark > 256 && firstMark * 2 > marks.count {
            marks.removeFirst(firstMark)
            firstMark = 0
        }
        return Int(end - departedBytes)
    }

    private func grant(_ ready: Int, _ next: inout Instant) -> Int {
        guard pacer != nil else { return ready }
        let allowance = pacer!.allowance(now: worker.loop.now, wanted: ready)
        if let later = allowance.next { next = min(next, later) }
        return allowance.bytes
    }

    private func send(_ count: Int) {
        queue.withBytes(limit: count) { destination.send($0) }
        queue.removeFirst(count)
        departedBytes += UInt64(count)
        if passingBytes != nil { passingBytes! -= Int64(count) }
        worker.held(-count)
    }

    private func settle() {
        if queue.isEmpty {
            session.pipeIsEmpty(self)
        } else if queue.count < worker.limits.heldBytesPerConnection / 2 {
            session.pipeHasRoom(self)
        }
    }

    override func fired(_ timer: Timer) {
        pump()
    }
}
