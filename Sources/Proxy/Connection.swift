// One socket of a session: reads into the loop's scratch buffer, sends at once, keeps only what the peer
// would not take. The session is told of bytes, of FIN and of errors; it decides what they mean.
//
//      recv ──► session.received ──► other.send ──► kernel
//                                        └── tail (only what was not accepted) ──► drained
//
// A connect in progress is taken for granted: the first send or receive tells whether it worked. Bytes sent
// before wait in the tail. So a connection costs no readiness event of its own for having been made.

import EventLoop
import Units

/// The two sides of a session.
enum Side: Sendable {
    case downstream, upstream
}

/// Why a connection does not read at the moment; it reads when there is no reason left.
struct PauseReasons: OptionSet {
    let rawValue: UInt8
    /// The other side does not keep up.
    static let backPressure = PauseReasons(rawValue: 1)
    /// A fault holds the exchange or the direction.
    static let hold = PauseReasons(rawValue: 2)
    /// The zone is dark, or a hang is on.
    static let stall = PauseReasons(rawValue: 4)
    /// Requests beyond the current one fill the input buffer.
    static let inputFull = PauseReasons(rawValue: 8)
    /// The peer has finished; there is nothing to read any more.
    static let finished = PauseReasons(rawValue: 16)
    /// Our side has stopped reading, and says nothing.
    static let halfOpen = PauseReasons(rawValue: 32)
}

/// A connected (or connecting) stream socket.
final class Connection: Watcher {
    let side: Side
    /// Broken by the session when it closes; keeps the session alive while a callback may still come.
    var session: Session?
    private(set) var pauses: PauseReasons = []
    private(set) var isConnecting: Bool
    /// The peer's FIN was read, or seen while paused.
    private(set) var hasSeenEnd = false
    /// Our FIN is sent, or goes out behind the tail.
    private(set) var isFinishing = false
    /// Why the peer does not take bytes any more; what we send is dropped. The kernel tells an error only once, so it is
    /// kept for when the reading side gets there.
    private var sendError: SystemError?
    private(set) var isSendBroken = false
    private(set) var bytesReceived: UInt64 = 0
    private(set) var bytesSent: UInt64 = 0
    /// Made with the first bytes that the peer does not take.
    private var tail: ByteQueue?
    private let scratch: ScratchBuffer
    /// What is read here goes into a pipe, which may have no room for it: the session is asked before each read.
    var isMetered = false

    init(loop: EventLoop, socket: Socket, side: Side, isConnecting: Bool) {
        self.side = side
        self.isConnecting = isConnecting
        scratch = loop.scratch
        super.init(loop: loop, socket: socket, urgent: false)
    }

    /// Bytes that the peer has not accepted yet: the tail's count, kept apart because it is asked at every message.
    private(set) var unsentCount = 0

    /// Begins to watch; false when the kernel refuses (too many watches).
    func open(for session: Session) -> Bool {
        self.session = session
        return watch(wantedInterest)
    }

    // MARK: Sending

    /// Sends what the kernel takes at once and keeps the rest.
    func send(_ bytes: Bytes) {
        if isSendBroken || bytes.isEmpty { return }
        bytesSent += UInt64(bytes.count)
        if unsentCount > 0 { return keep(bytes) }
        switch socket.send(bytes) {
        case .sent(let count):
            if count > 0 { isConnecting = false }
            if count < bytes.count { keep(bytes.dropFirst(count)) }
        case .failed(let error):
            breakSending(error)
        }
    }

    /// Sends FIN once everything before it has gone.
    func finish() {
        if isFinishing { return }
        isFinishing = true
        if unsentCount == 0 && !isConnecting { socket.finishSending() } else { updateInterest() }
    }

    private func keep(_ rest: Bytes) {
        let tail = tail ?? ByteQueue()
        self.tail = tail
        tail.append(rest)
        unsentCount = tail.count
        updateInterest()
    }

    /// The error itself is reported where it is read, so that an answer that came before it is not lost.
    private func breakSending(_ error: SystemError) {
        sendError = error
        isSendBroken = true
        tail = nil
        unsentCount = 0
        resume(.backPressure)
        updateInterest()
    }

    private func flush() {
        guard let tail else { return }
        switch tail.withBytes({ socket.send($0) }) {
        case .sent(let count):
            tail.removeFirst(count)
            unsentCount = tail.count
            if count > 0 { isConnecting = false }
        case .failed(let error):
            breakSending(error)
        }
    }

    // MARK: Reading

    func pause(_ reason: PauseReasons) {
        if pauses.contains(reason) { return }
        pauses.insert(reason)
        updateInterest()
    }

    func resume(_ reason: PauseReasons) {
        if pauses.isDisjoint(with: reason) { return }
        pauses.subtract(reason)
        updateInterest()
    }

    private var wantedInterest: Interest {
        // A RST may still follow a FIN.
        var wanted: Interest = pauses.isEmpty ? .read : .closing
        if unsentCount > 0 || (isConnecting && isFinishing) { wanted.insert(.write) }
        return wanted
    }

    private func updateInterest() {
        if session != nil { watch(wantedInterest) }
    }

    // MARK: Readiness

    override func ready(_ readiness: Readiness) {
        guard let session else { return }
        if readiness.contains(.write) {
            becameWritable(session)
            if isClosed { return }
        }
        if pauses.isEmpty {
            if !readiness.isDisjoint(with: [.read, .closed]) { receive(session) }
        } else if !readiness.isDisjoint(with: [.read, .closed]) {
            noticeEnd(session, closed: readiness.contains(.closed))
        }
    }

    private func becameWritable(_ session: Session) {
        if isConnecting, let error = socket.takeError() { return session.failed(self, error) }
        if unsentCount > 0 { flush() }
        if unsentCount == 0 {
            isConnecting = false
            if isFinishing { socket.finishSending() }
            updateInterest()
            session.drained(self)
        }
    }

    @inline(__always)
    private func receive(_ session: Session) {
        if isMetered, !session.hasRoom(for: self) { return pause(.backPressure) }
        switch socket.receive(into: scratch) {
        case .received(let count):
            isConnecting = false
            bytesReceived += UInt64(count)
            session.received(scratch.bytes(count), on: self)
        case .wouldBlock:
            break
        case .ended:
            if let sendError { return session.failed(self, sendError) }
            hasSeenEnd = true
            pauses.insert(.finished)
            session.ended(self)
            updateInterest()
        case .failed(let error):
            session.failed(self, error)
        }
    }

    /// While paused: bytes may wait unread before the FIN, so only the sighting is reported.
    private func noticeEnd(_ session: Session, closed: Bool) {
        if let error = socket.takeError() ?? sendError { return session.failed(self, error) }
        if closed && !hasSeenEnd { session.noticedEnd(self) }
    }

    // MARK: Closing

    /// Closes with FIN (what is unsent is lost), or with RST.
    func shut(reset: Bool) {
        if isClosed { return }
        if reset { socket.resetOnClose() }
        session = nil
        close()
    }
}
