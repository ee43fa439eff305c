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
    private enum State {
        /// A fault keeps the connection from going to the dependency.
        case withheld
        case resolving(Dialer)
        case open
    }

    private var state = State.withheld
    private var endpoint: Int
    private var upstream: Connection?
    var upPipe: HeldPipe?
    var downPipe: HeldPipe?
    private var draws = ConnectionDraws()
    private(set) var order = ConnectionPlan()
    private var reset = ResetWatch()
    private lazy var faultTimer = Timer(on: worker.loop, owner: self, kind: Self.faultTimerKind)
    /// A reset after so many bytes is waited for.
    private var countsBytes = false
    /// Zero: none yet.
    private var firstByteAt = Instant.zero
    private var outcome = Outcome.complete
    private var drainingBytes: UInt64?
    private lazy var drainTimer = Timer(on: worker.loop, owner: self, kind: Self.drainTimerKind)
    /// The first entry that touched the connection.
    private var firstEntry = AttemptRecord.none
    /// Bytes that the service's counters know of.
    private var countedUp: UInt64 = 0
    private var countedDown: UInt64 = 0

    private static let faultTimerKind = 1
    private static let drainTimerKind = 2

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
        endpoint = worker.chooseEndpoint(for: service, listener: listener)
        takeUpPlan()
        dialUnlessWithheld()
        if isOpen { watchIdle(after: min(service.configuration.connectTimeout, service.configuration.idleTimeout)) }
    }

    /// A hang before the dependency, or a dark zone, keeps the connection here.
    private var isWithheld: Bool {
        if let hang = order.hang, hang.place == .connect { return true }
        return order.blackout != nil
    }

    /// Once: whether the session begins, or what withheld it is over.
    private func dialUnlessWithheld() {
        guard isOpen, case .withheld = state, !isWithheld else { return }
        dial()
    }

    private func dial() {
        switch Dialer.start(for: self, endpoint: endpoint) {
        case .connection(let connection): connect(connection)
        case .waiting(let dialer):
            state = .resolving(dialer)
            downstream.pause(.hold)
        case .failed(let error): dialFailed(error)
        }
    }

    override func dialed(_ dialer: Dialer, _ result: Result<Connection, DialError>) {
        switch result {
        case .success(let connection): connect(connection)
        case .failure(let error): dialFailed(error)
        }
    }

    private func connect(_ connection: Connection) {
        upstream = connection
        state = .open
        guard connection.open(for: self) else { return fail(.upstreamFailed, reset: true) }
        applyPipes()
        downstream.resume(.hold)
        if downstream.hasSeenEnd { connection.finish() }
    }

    private func dialFailed(_ error: DialError) {
        fail(error.outcome, reset: true)
    }

    // MARK: Flow

    override func received(_ bytes: Bytes, on connection: Connection) {
        if connection.side == .downstream {
            if let upPipe {
                write(bytes, to: upPipe, connection)
            } else if let upstream {
                send(bytes, to: upstream, connection)
            }
            if countsBytes, reset.passed(bytes.count, .upstream) { injectReset() }
        } else {
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

    override func drained(_ connection: Connection) {
        let source = connection === downstream ? upstream : downstream
        let pipe = connection === downstream ? downPipe : upPipe
        if let pipe { pipe.pump() } else { source?.resume(.backPressure) }
        closeIfFinished()
    }

    override func ended(_ connection: Connection) {
        let pipe = connection === downstream ? upPipe : downPipe
        if pipe == nil || pipe!.isEmpty { passEnd(of: connection) }
        closeIfFinished()
    }

    private func passEnd(of connection: Connection) {
        if connection === downstream { upstream?.finish() } else { downstream.finish() }
    }

    override func failed(_ connection: Connection, _ error: SystemError) {
        if connection === upstream && connection.isConnecting { return dialFailed(DialError(error)) }
        fail(connection === downstream ? .callerReset : .upstreamReset, reset: true)
    }

    private func closeIfFinished() {
        guard let upstream, downstream.isFinishing, upstream.isFinishing else { return }
        if downstream.unsentCount == 0 && upstream.unsentCount == 0 { close() }
    }

    override func idled() {
        fail(.idleTimeout, reset: false)
    }

    override func checkConnect() -> Bool {
        guard worker.loop.now - born >= service.configuration.connectTimeout else { return true }
        if case .resolving = state { dialFailed(.timedOut) }
        if let upstream, upstream.isConnecting, upstream.socket.isHandshaking { dialFailed(.timedOut) }
        return isOpen
    }

    private func fail(_ outcome: Outcome, reset: Bool) {
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
        upPipe?.discard()
        downPipe?.discard()
        draws.release()
        faultTimer.cancel()
        writeRecord()
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
        if firstEntry != AttemptRecord.none {
            record.flags.insert(.injected)
            record.entry = firstEntry
        }
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
        default: super.fired(timer)
        }
    }

    override func pipeHasRoom(_ pipe: HeldPipe) {
        let source = pipe === downPipe ? upstream : downstream
        source?.resume(.backPressure)
    }

    override func pipeIsEmpty(_ pipe: HeldPipe) {
        pipeHasRoom(pipe)
        let source = pipe === downPipe ? upstream : downstream
        if let source, source.hasSeenEnd { passEnd(of: source) }
        if !pipe.isActive { forget(pipe) }
        closeIfFinished()
    }

    private func forget(_ pipe: HeldPipe) {
        if pipe === downPipe { downPipe = nil } else if pipe === upPipe { upPipe = nil }
    }
}

// MARK: Faults

extension TCPSession {
    private func takeUpPlan() {
        if plan.isClear && order.isClear { return }
        let target = Target(endpoint: endpoint)
        let facts = ConnectionFacts(born: born)
        order = plan.chain.connectionPlan(
            client: worker.view(of: peer), connection: facts, target: target, now: worker.loop.now, draws: &draws,
            limits: plan.limits)
        if firstEntry == AttemptRecord.none, !order.isClear { firstEntry = order.fired[0].entry }
        applyBlackout()
        if !isOpen { return }
        applyReset()
        if !isOpen { return }
        applyPipes()
    }

    private func applyBlackout() {
        guard let blackout = order.blackout else { return resumeFromStall() }
        guard upstream != nil else { return applyBlackoutToNew(blackout) }
        switch blackout.blackout.existing {
        case .stall: stall()
        case .reset: inject(.injectedReset)
        case .drain: drain()
        case .leave: break
        }
    }

    private func applyBlackoutToNew(_ order: BlackoutOrder) {
        switch order.blackout.new {
        case .hang, .blackhole: downstream.pause(.stall)
        case .refuse, .reset: inject(.injectedReset)
        }
    }

    private func stall() {
        downstream.pause(.stall)
        upstream?.pause(.stall)
    }

    private func resumeFromStall() {
        if order.hang?.place == .connect { return stall() }
        downstream.resume(.stall)
        upstream?.resume(.stall)
    }

    private func applyReset() {
        reset.follow(order.reset)
        countsBytes = order.reset?.afterBytes != nil
        guard let instant = order.reset?.at else { return faultTimer.cancel() }
        if instant <= worker.loop.now { injectReset() } else { faultTimer.set(at: instant) }
    }

    private func injectReset() {
        inject(.injectedReset)
    }

    private func inject(_ outcome: Outcome) {
        fail(outcome, reset: true)
    }

    private func applyPipes() {
        guard let upstream else { return }
        upPipe = configured(upPipe, to: upstream, order.upstreamDelays, order.upstreamPace, hang: nil)
        let hang = order.hang.flatMap { $0.place == .connect ? nil : $0 }
        downPipe = configured(downPipe, to: downstream, order.downstreamDelays, order.downstreamPace, hang: hang)
    }

    private func configured(
        _ pipe: HeldPipe?, to destination: Connection, _ delays: [DelayLine], _ pace: Pace?, hang: HangOrder?
    ) -> HeldPipe? {
        if delays.isEmpty && pace == nil && hang == nil {
            pipe?.release()
            return pipe.flatMap { $0.isActive ? $0 : nil }
        }
        let held = pipe ?? HeldPipe(session: self, destination: destination)
        held.apply(delays: delays, pace: pace, hang: hang)
        return held
    }
}
