// What TCP and HTTP sessions share: a caller's connection on a worker, its life from accept to close,
// its idle deadline, and the hooks by which its connections report.

import EventLoop
import Observation
import Units

/// An accepted connection and everything that belongs to it. Subclasses: `TCPSession`, `HTTPSession`.
class Session: TimerOwner {
    let worker: Worker
    /// The worker's: asked for the time at every message.
    let loop: EventLoop
    let service: ServiceRuntime
    let listener: ListenerConfiguration
    let downstream: Connection
    let peer: SocketAddress
    /// When it was accepted.
    let born: Instant
    /// Place in the worker's table.
    var slot = -1
    /// A number for the records, unique per worker.
    let number: UInt32
    private(set) var isOpen = true
    /// When the idle deadline last saw bytes move, and how many had moved by then.
    private(set) var lastActive: Instant
    private var movedBytes: UInt64 = 0
    private var idleTimer: Timer?

    static let idleTimerKind = 0

    init(
        worker: Worker, service: ServiceRuntime, listener: ListenerConfiguration, downstream: Connection,
        peer: SocketAddress, number: UInt32
    ) {
        self.worker = worker
        loop = worker.loop
        self.service = service
        self.listener = listener
        self.downstream = downstream
        self.peer = peer
        self.number = number
        born = worker.loop.now
        lastActive = born
        super.init()
    }

    /// The rules of the moment for this session's service.
    var plan: ServicePlan { service.plan }

    // MARK: Hooks for subclasses

    /// The connection is in the worker's table: begin.
    func start() {}
    func received(_ bytes: Bytes, on connection: Connection) {}
    /// The peer's FIN, behind all its bytes.
    func ended(_ connection: Connection) {}
    /// A FIN seen while paused; bytes before it may still be unread.
    func noticedEnd(_ connection: Connection) {}
    func failed(_ connection: Connection, _ error: SystemError) {}
    /// Nothing is unsent any more.
    func drained(_ connection: Connection) {}
    /// A lookup or connect that was waited for is over.
    func dialed(_ dialer: Dialer, _ result: Result<Connection, DialError>) {}
    /// The plan changed: begin or end what it asks of open connections.
    func planChanged() {}
    /// Nothing moved for the service's idle time-out.
    func idled() {}
    /// A pipe of this session has passed on what it held, or half of its room is free.
    func pipeHasRoom(_ pipe: HeldPipe) {}
    /// A pipe of this session holds nothing any more.
    func pipeIsEmpty(_ pipe: HeldPipe) {}
    /// Finish what is open, then close.
    func drain() {}
    /// Close at once, because the service is closed.
    func cut() { close() }
    /// Adds the bytes that moved since the last time to the service's counters; where records do not do that.
    func countBytes() {}
    /// Called once, while closing: write records, close the other connections.
    func closing() {}

    // MARK: Idle time

    /// Bytes that all connections of the session have received.
    var receivedBytes: UInt64 { downstream.bytesReceived }

    /// Looks now and then whether bytes moved, so that moving them costs nothing. Coarse: an idle session is
    /// noticed up to an eighth of the time-out late.
    func watchIdle(after span: TimeSpan) {
        let timer = idleTimer ?? Timer(on: worker.loop, owner: self, kind: Self.idleTimerKind)
        idleTimer = timer
        timer.set(at: worker.loop.now + span)
    }

    override func fired(_ timer: Timer) {
        if timer.kind == Self.idleTimerKind { checkIdle() }
    }

    /// A connect may have taken too long; called when the coarse deadline fires. False when that ended the session.
    func checkConnect() -> Bool { true }

    private func checkIdle() {
        guard checkConnect() else { return }
        let limit = service.configuration.idleTimeout
        let now = worker.loop.now
        if receivedBytes != movedBytes {
            movedBytes = receivedBytes
            lastActive = now
        }
        let idle = now - lastActive
        if idle >= limit { idled() } else { watchIdle(after: min(limit - idle, limit / 8)) }
    }

    // MARK: Closing

    /// Ends the session; safe to call more than once.
    func close(reset: Bool = false) {
        if !isOpen { return }
        isOpen = false
        idleTimer?.cancel()
        closing()
        downstream.shut(reset: reset)
        worker.forget(self)
    }
}
