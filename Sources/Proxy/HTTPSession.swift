// An HTTP/1 session: one exchange at a time on the caller's connection, each on the upstream connection that is paired
// with it and its endpoint. What no rule touches goes through as it came: one recv, one send in each direction.
//
//      downstream ─► input ─► head ─► rules ─► (wait) ─► upstream[endpoint]        HTTPSession+Request
//      downstream ◄─ (responsePipe) ◄─ body ◄─ head ◄────┘                         HTTPSession+Response
//                                                                                  HTTPSession+Faults, +Ending
//
// Bytes of later requests (pipelining) wait in `input`, bounded; then the caller is not read any more, but its FIN
// and RST are still seen. A close on either idle side is passed on: nothing is pooled, nothing is retried.

import EventLoop
import Faults
import HTTP1
import Observation
import Scenario
import Units

/// One caller's connection to an HTTP service.
final class HTTPSession: Session {
    /// How the caller's bytes are to be taken.
    enum Mode {
        case exchanges
        /// After CONNECT or an upgrade: bytes both ways.
        case tunnel
        /// Our last answer is out; what still comes is read and dropped, so that no RST eats the answer.
        case lingering
    }

    var mode = Mode.exchanges
    let exchange = Exchange()
    /// An exchange is under way.
    var isBusy = false
    var exchangesDone = 0
    /// Bytes from the caller that were not taken yet.
    let input = ByteQueue()
    var scannedInput = 0
    var isConsuming = false
    /// The request's bytes while it waits for its connection or for a fault.
    let waitingRequest = ByteQueue()
    /// Paired connections by endpoint, in the order in which they were made.
    var upstreams: [UpstreamSlot] = []
    var current: Connection?
    var currentEndpoint = -1
    var dialer: Dialer?
    let responseInput = ByteQueue()
    var scannedResponse = 0
    var responsePipe: HeldPipe?
    var requestPipe: HeldPipe?
    /// A response that waits for its end, to be patched.
    var keptResponse: KeptResponse?
    /// Of the request under way.
    var copies: [CopySession] = []
    var connectionOrder = ConnectionPlan()
    var draws = ConnectionDraws()
    var resetWatch = ResetWatch()
    /// A reset after so many bytes is waited for.
    var countsBytes = false
    var isDraining = false
    /// It drains because it has reached an age.
    var isAged = false
    lazy var holdTimer = Timer(on: worker.loop, owner: self, kind: TimerKind.hold)
    lazy var dialTimer = Timer(on: worker.loop, owner: self, kind: TimerKind.dial)
    lazy var resetTimer = Timer(on: worker.loop, owner: self, kind: TimerKind.reset)
    lazy var ageTimer = Timer(on: worker.loop, owner: self, kind: TimerKind.age)
    lazy var cutTimer = Timer(on: worker.loop, owner: self, kind: TimerKind.cut)
    var hasTimers = false

    enum TimerKind {
        static let hold = 1
        static let dial = 2
        static let reset = 3
        static let age = 4
        static let cut = 5
    }

    struct UpstreamSlot {
        let endpoint: Int
        let connection: Connection
    }

    // MARK: Beginning

    override func start() {
        if !plan.isClear { applyConnectionPlan() }
        if isOpen { watchIdle(after: service.configuration.idleTimeout) }
    }

    override var receivedBytes: UInt64 {
        upstreams.reduce(downstream.bytesReceived) { $0 &+ $1.connection.bytesReceived }
    }

    // MARK: Events

    override func received(_ bytes: Bytes, on connection: Connection) {
        if connection === downstream {
            receivedFromCaller(bytes)
        } else {
            receivedFromUpstream(bytes, on: connection)
        }
    }

    private func receivedFromCaller(_ bytes: Bytes) {
        switch mode {
        case .exchanges: take(bytes)
        case .tunnel: tunnelUp(bytes)
        case .lingering: break
        }
        if countsBytes, resetWatch.passed(bytes.count, .upstream) { injectConnectionReset() }
    }

    override func drained(_ connection: Connection) {
        if connection === downstream { callerDrained() } else { upstreamDrained(connection) }
    }

    private func callerDrained() {
        if let responsePipe, !responsePipe.isEmpty {
            responsePipe.pump()
        } else {
            current?.resume(.backPressure)
            finishIfFlushed()
        }
        if isOpen && downstream.isFinishing { closeIfFinished() }
    }

    private func upstreamDrained(_ connection: Connection) {
        if connection !== current { return }
        if let requestPipe, !requestPipe.isEmpty { return requestPipe.pump() }
        downstream.resume(.backPressure)
        if mode == .exchanges { takeInput() } else { closeIfFinished() }
    }

    override func ended(_ connection: Connection) {
        if connection === downstream { callerEnded() } else { upstreamEnded(connection) }
    }

    override func noticedEnd(_ connection: Connection) {
        if connection === downstream, mode == .exchanges, isBusy, !service.configuration.halfClose {
            callerGaveUp()
        }
    }

    override func failed(_ connection: Connection, _ error: SystemError) {
        if connection === downstream { callerFailed() } else { upstreamFailed(connection, error) }
    }

    override func fired(_ timer: Timer) {
        switch timer.kind {
        case TimerKind.hold: holdIsOver()
        case TimerKind.dial: checkDial()
        case TimerKind.reset: injectConnectionReset()
        case TimerKind.age: isTooOld()
        case TimerKind.cut: resetOnceDelivered()
        default: super.fired(timer)
        }
    }

    override func planChanged() { takeUpPlan() }
    override func pipeHasRoom(_ pipe: HeldPipe) { hasRoom(pipe) }
    override func pipeIsEmpty(_ pipe: HeldPipe) { isEmpty(pipe) }
    override func pipeEnded(_ pipe: HeldPipe, _ end: StreamEnd) { streamEnded(pipe, end) }
    override func hasRoom(for connection: Connection) -> Bool { thereIsRoom(for: connection) }

    override func roomIsBack() {
        current?.resume(.backPressure)
        downstream.resume(.backPressure)
    }

    override func idled() { isIdle() }

    /// Of an exchange, or a tunnel, that is still open.
    override func countBytes() {
        guard isBusy else { return }
        let before = exchange.counted ?? (0, 0)
        service.counters.bytesUpstream.add(Int(truncatingIfNeeded: exchange.bytesUp &- before.up))
        service.counters.bytesDownstream.add(Int(truncatingIfNeeded: exchange.bytesDown &- before.down))
        exchange.counted = (exchange.bytesUp, exchange.bytesDown)
    }

    override func dialed(_ dialer: Dialer, _ result: Result<Connection, DialError>) {
        if dialer === self.dialer { lookupIsOver(dialer.endpoint, result) }
    }

    override func drain() {
        isDraining = true
        if !isBusy && mode == .exchanges { close() }
    }

    override func cut() {
        exchange.outcome = .drained
        close()
    }

    override func closing() {
        if isBusy { record() }
        for slot in upstreams { slot.connection.shut(reset: false) }
        upstreams.removeAll()
        current = nil
        dialer = nil
        responsePipe?.discard()
        requestPipe?.discard()
        draws.release()
        if hasTimers {
            holdTimer.cancel()
            dialTimer.cancel()
            resetTimer.cancel()
            ageTimer.cancel()
            cutTimer.cancel()
        }
    }
}
