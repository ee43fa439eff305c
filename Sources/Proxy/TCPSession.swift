// A TCP session: two directions between the caller and one endpoint, each straight through unless a fault holds it.
//
//      downstream ──► (upPipe) ──► upstream        toward the dependency
//      downstream ◄── (downPipe) ◄── upstream      toward the caller
//
// A FIN is a half-close and goes on behind the last byte; a RST goes on at once. A side that does not keep up makes
// the other stop reading. What the plan asks is applied when the session begins and again whenever a plan arrives.

import EventLoop
import Faults
import Observation
import Scenario
import Units

/// One caller's connection to a TCP service.
final class TCPSession: Session {
    enum State {
        /// A fault keeps the connection from going to the dependency.
        case withheld
        case resolving(Dialer)
        case open
        /// A fault has ended it: what was sent before is on its way out, what comes is dropped.
        case cut(Ending)
    }

    var state = State.withheld
    var endpoint: Int
    var upstream: Connection?
    var upPipe: HeldPipe?
    var downPipe: HeldPipe?
    var draws = ConnectionDraws()
    var order = ConnectionPlan()
    var reset = ResetWatch()
    lazy var faultTimer = Timer(on: worker.loop, owner: self, kind: Self.faultTimerKind)
    lazy var cutTimer = Timer(on: worker.loop, owner: self, kind: Self.cutTimerKind)
    lazy var ageTimer = Timer(on: worker.loop, owner: self, kind: Self.ageTimerKind)
    lazy var silenceTimer = Timer(on: worker.loop, owner: self, kind: Self.silenceTimerKind)
    /// The hang at connect that keeps it, and since when.
    var silence: Silence?
    /// When it went on to the dependency: the connect has its time from here.
    private var dialedAt = Instant.zero
    /// A reset after so many bytes is waited for.
    var countsBytes = false
    /// What pipes that are gone have delayed.
    var tally = DelayTally()
    var wasReleasedEarly = false
    /// Zero: none yet.
    private var firstByteAt = Instant.zero
    var outcome = Outcome.complete
    private var drainingBytes: UInt64?
    private lazy var drainTimer = Timer(on: worker.loop, owner: self, kind: Self.drainTimerKind)
    /// The first entry that touched the connection.
    var firstFired: Fired?
    /// The entry that ended it, and the ordinal that it drew from.
    var lastEntry = AttemptRecord.none
    var lastDraw: UInt64?
    /// Bytes that the service's counters know of.
    private var countedUp: UInt64 = 0
    private var countedDown: UInt64 = 0

    private static let faultTimerKind = 1
    private static let drainTimerKind = 2
    private static let cutTimerKind = 3
    private static let ageTimerKind = 4
    private static let silenceTimerKind = 5

    struct Silence {
        let entry: UInt16
        let since: Instant
    }

    override init(
        worker: Worker, service: ServiceRuntime, listener: ListenerConfiguration, downstream: Connection,
        peer: SocketAddress, number: UInt32
    ) {
        endpoint = -1
        super.init(
            worker: worker, service: service, listener: listener, downstream: downstream, peer: peer, number: number)
    }

    // MARK: Beginning

    override func start() {
        endpoint = worker.chooseEndpoint(for: self)
        takeUpPlan()
        dialUnlessWithheld()
        if isOpen { watchIdle(after: min(service.configuration.connectTimeout, service.configuration.idleTimeout)) }
    }

    /// A hang before the dependency, or a dark zone, keeps the connection here.
    var isWithheld: Bool {
        isSilenced || order.blackout != nil
    }

    /// Once: whether the session begins, or what withheld it is over.
    func dialUnlessWithheld() {
        guard isOpen, case .withheld = state, !isWithheld else { return }
        dial()
    }

    private func dial() {
        dialedAt = worker.loop.now
        switch Dialer.start(for: self, endpoint: endpoint) {
        case .connection(let connection): connect(connection)
        case .waiting(let dialer):
            state = .resolving(dialer)
            downstream.pause(.hold)
        case .failed(let error): dialFailed(error)
        }
    }

    override func dialed(_ dialer: Dialer, _ result: Result<Connection, DialError>) {
        if case .cut = state { return }
        switch result {
        case .success(let connection): connect(connection)
        case .failure(let error): dialFailed(error)
        }
    }

    private func connect(_ connection: Connection) {
        upstream = connection
        state = .open
        guard connection.open(for: self) else { return fail(.upstreamFailed, reset: true) }
        if order.isHalfOpen { connection.pause(.halfOpen) }
        applyPipes()
        downstream.resume(.hold)
        if downstream.hasSeenEnd { ended(downstream) }
    }

    private func dialFailed(_ error: DialError) {
        fail(error.outcome, reset: true)
    }

    // MARK: Flow

    override func received(_ bytes: Bytes, on connection: Connection) {
        if connection.side == .downstream {
            if case .cut = state { return }
            if let upPipe {
                write(bytes, to: upPipe, connection)
            } else if let upstream {
                send(bytes, to: upstream, connection)
            }
            if countsBytes, reset.passed(bytes.count, .upstream) { injectReset() }
        } else {
            if case .cut = state { return }
            if firstByteAt.nanoseconds == 0 { firstByteAt = loop.now }
            if let downPipe { write(bytes, to: downPipe, connection) } else { send(bytes, to: downstream, connection) }
            if countsBytes, reset.passed(bytes.count, .downstream) { injectReset() }
        }
    }

    private func send(_ bytes: Bytes, to destination: Connection, _ source: Connection) {
        destination.send(bytes)
        if destination.unsentCount > 0 { source.pause(.backPressure) }
    }

    private func write(_ bytes: Bytes, to pipe: HeldPipe, _ source: Connection) {
        pipe.write(bytes)
        if pipe.isFull { source.pause(.backPressure) }
    }

    override func hasRoom(for connection: Connection) -> Bool {
        guard let pipe = connection === downstream ? upPipe : downPipe, pipe.isFull else { return true }
        if pipe.isEmpty { worker.budget.awaitRoom(self) }
        return false
    }

    override func roomIsBack() {
        downstream.resume(.backPressure)
        upstream?.resume(.backPressure)
    }

    override func drained(_ connection: Connection) {
        let source = connection === downstream ? upstream : downstream
        let pipe = connection === downstream ? downPipe : upPipe
        if let pipe { pipe.pump() } else { source?.resume(.backPressure) }
        closeIfFinished()
    }

    override func ended(_ connection: Connection) {
        if case .cut = state { return endCut() }
        if let pipe = connection === downstream ? upPipe : downPipe {
            pipe.finish()
        } else {
            passEnd(of: connection)
            closeIfFinished()
        }
    }

    private func passEnd(of connection: Connection) {
        if connection === downstream { upstream?.finish() } else { downstream.finish() }
    }

    override func failed(_ connection: Connection, _ error: SystemError) {
        if connection === upstream && connection.isConnecting { return dialFailed(DialError(error)) }
        if case .cut = state { return close() }
        fail(connection === downstream ? .callerReset : .upstreamReset, reset: true)
    }

    private func closeIfFinished() {
        if case .cut = state { return endCut() }
        guard let upstream, downstream.isFinishing, upstream.isFinishing else { return }
        if downstream.unsentCount == 0 && upstream.unsentCount == 0 { close() }
    }

    override func idled() {
        fail(.idleTimeout, reset: false)
    }

    override func checkConnect() -> Bool {
        guard worker.loop.now - dialedAt >= service.configuration.connectTimeout else { return true }
        if case .resolving = state { dialFailed(.timedOut) }
        if let upstream, upstream.isConnecting, upstream.socket.isHandshaking { dialFailed(.timedOut) }
        return isOpen
    }

    func fail(_ outcome: Outcome, reset: Bool) {
        self.outcome = outcome
        upstream?.shut(reset: reset)
        close(reset: reset)
    }

    override var receivedBytes: UInt64 { downstream.bytesReceived &+ (upstream?.bytesReceived ?? 0) }

    /// A stream of bytes has no end of an exchange to wait for: a second without any is taken for one.
    override func drain() {
        if drainingBytes == receivedBytes { return close() }
        drainingBytes = receivedBytes
        drainTimer.set(after: .seconds(1))
    }

    override func cut() { fail(.drained, reset: false) }

    override func closing() {
        upstream?.shut(reset: false)
        writeRecord()
        upPipe?.discard()
        downPipe?.discard()
        draws.release()
        faultTimer.cancel()
        cutTimer.cancel()
        ageTimer.cancel()
        silenceTimer.cancel()
    }

    /// One record for the whole connection.
    private func writeRecord() {
        var record = worker.newRecord(for: self)
        record.startedAt = born.nanoseconds
        record.duration = (worker.loop.now - born).nanoseconds
        if firstByteAt > .zero { record.firstByteAfter = (firstByteAt - born).nanoseconds }
        record.endpoint = UInt16(truncatingIfNeeded: endpoint)
        record.outcome = outcome
        record.flags = .tcp
        record.bytesUp = downstream.bytesReceived
        record.bytesDown = downstream.bytesSent
        record.entry = draws.spared.entry
        record.draw = draws.spared.ordinal
        if let firstFired { describeInjection(&record, firstFired) }
        countBytes()
        worker.write(record)
    }

    override func countBytes() {
        let (up, down) = (downstream.bytesReceived, downstream.bytesSent)
        service.counters.bytesUpstream.add(Int(truncatingIfNeeded: up &- countedUp))
        service.counters.bytesDownstream.add(Int(truncatingIfNeeded: down &- countedDown))
        (countedUp, countedDown) = (up, down)
    }

    override func planChanged() {
        takeUpPlan()
        dialUnlessWithheld()
    }

    override func fired(_ timer: Timer) {
        switch timer.kind {
        case Self.faultTimerKind: injectReset()
        case Self.drainTimerKind: drain()
        case Self.cutTimerKind: endCut()
        case Self.ageTimerKind: isTooOld()
        case Self.silenceTimerKind: silenceIsOver()
        default: super.fired(timer)
        }
    }

    override func pipeHasRoom(_ pipe: HeldPipe) {
        let source = pipe === downPipe ? upstream : downstream
        source?.resume(.backPressure)
    }

    override func pipeIsEmpty(_ pipe: HeldPipe) {
        pipeHasRoom(pipe)
        if !pipe.isActive { forget(pipe) }
        closeIfFinished()
    }

    override func pipeEnded(_ pipe: HeldPipe, _ end: StreamEnd) {
        switch end {
        case .finished:
            if let source = pipe === downPipe ? upstream : downstream { passEnd(of: source) }
            closeIfFinished()
        case .cut(let ending, let entry): cut(ending, entry)
        }
    }

    private func forget(_ pipe: HeldPipe) {
        tally.add(pipe.tally)
        if pipe === downPipe {
            downPipe = nil
            upstream?.isMetered = false
        } else if pipe === upPipe {
            upPipe = nil
            downstream.isMetered = false
        }
    }
}
