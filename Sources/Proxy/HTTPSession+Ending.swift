// How exchanges and sessions end when they do not end well, and what the caller is told.
// No masking of the dependency's own faults: a connect that failed is 502, one that took too long 504, marked as
// organic; a dependency that closes or resets instead of answering closes or resets the caller's connection.

import EventLoop
import Faults
import HTTP1
import Observation
import Units

extension HTTPSession {
    // MARK: The caller

    func callerEnded() {
        switch mode {
        case .tunnel:
            endTunnel(requestPipe, to: current)
        case .lingering:
            close()
        case .exchanges:
            guard isBusy else { return close() }
            if !service.configuration.halfClose { callerGaveUp() }
        }
    }

    /// A FIN during an exchange cancels it upstream, unless a fault says that the dependency must finish.
    func callerGaveUp() {
        guard !exchange.isAbandoned else { return }
        exchange.outcome = .callerGaveUp
        if mustFinishUpstream {
            exchange.isAbandoned = true
            exchange.keepsAlive = false
            return
        }
        close()
    }

    private var mustFinishUpstream: Bool {
        switch exchange.terminal {
        case .loseResponse: exchange.stage == .forwarded
        case .answer(let answer): answer.executed && exchange.stage == .forwarded
        default: false
        }
    }

    func callerFailed() {
        exchange.outcome = .callerReset
        for slot in upstreams { slot.connection.shut(reset: true) }
        close(reset: true)
    }

    // MARK: The dependency

    func upstreamEnded(_ connection: Connection) {
        if mode == .tunnel {
            return endTunnel(responsePipe, to: downstream)
        }
        let isLast = connection === current
        forget(connection)
        connection.shut(reset: false)
        guard isLast else { return }
        guard isBusy else { return passCloseOn(reset: false) }
        endedDuring()
    }

    private func endedDuring() {
        switch exchange.stage {
        case .responding where exchange.responseBody.isWholeAtClose:
            exchange.keepsAlive = false
            if keptResponse != nil { passKept() }
            responseIsWhole()
        case .forwarded, .responding:
            if let keptResponse { passUnpatched(keptResponse) }
            exchange.outcome = .upstreamClosed
            finishBroken()
        case .waiting, .answering, .flushing, .silent:
            exchange.keepsAlive = false
        }
    }

    /// What came before the break still reaches the caller.
    private func finishBroken() {
        if isFlushed { return close() }
        exchange.stage = .flushing
        exchange.keepsAlive = false
        exchange.isRequestDone = true
    }

    func upstreamFailed(_ connection: Connection, _ error: SystemError) {
        let isLast = connection === current
        let wasConnecting = connection.isConnecting
        forget(connection)
        connection.shut(reset: false)
        guard isLast else { return }
        guard isBusy, mode == .exchanges else { return passCloseOn(reset: true) }
        if wasConnecting { return dialFailed(DialError(error)) }
        switch exchange.stage {
        case .forwarded, .responding:
            exchange.outcome = error.isTimedOut ? .upstreamTimedOut : .upstreamReset
            close(reset: true)
        case .waiting, .answering, .flushing, .silent:
            exchange.keepsAlive = false
        }
    }

    /// The idle upstream connection went: so does the caller's.
    private func passCloseOn(reset: Bool) {
        close(reset: reset)
    }

    func forget(_ connection: Connection) {
        upstreams.removeAll { $0.connection === connection }
        if connection === current { current = nil }
        responseInput.removeAll()
        scannedResponse = 0
    }

    func malformedResponse(_ error: HTTPError) {
        guard isBusy else { return }
        if let current {
            forget(current)
            current.shut(reset: false)
        }
        exchange.outcome = .malformedResponse
        if exchange.bytesDown == 0 {
            answer(status: 502, word: "malformed_response")
        } else {
            close(reset: true)
        }
    }

    // MARK: Answers of ours

    /// The dependency cannot be reached.
    func dialFailed(_ error: DialError) {
        if let current, current.isConnecting {
            forget(current)
            current.shut(reset: false)
        }
        dialer = nil
        guard isBusy else { return close() }
        exchange.outcome = error.outcome
        waitingRequest.removeAll()
        answer(status: error == .timedOut ? 504 : 502, word: error.word)
    }

    /// An organic failure, told as one.
    func answer(status: Int, word: String) {
        let body = Array("brownout: \(word)\n".utf8)
        let fields = [("Content-Type", "text/plain; charset=utf-8"), ("x-brownout", "organic; \(word)")]
        say(status: status, fields: fields, body: body)
    }

    /// Sends a whole response of ours and ends the exchange with it.
    func say(status: Int, fields: [(String, String)], lines: [UInt8] = [], body: [UInt8]) {
        guard isBusy, !exchange.isAbandoned else { return close() }
        prepareToDiscard()
        exchange.status = UInt16(status)
        let bytes = HTTPResponse.bytes(
            status: status, fields: fields, lines: lines, body: body, close: !exchange.keepsAlive,
            isHead: exchange.facts.contains(.isHead))
        exchange.stage = .flushing
        bytes.withBytes { deliver($0) }
        finishIfFlushed()
        if isOpen && isBusy { takeInput() }
    }

    /// A body still on its way is read and dropped if it is short; otherwise the connection ends with the answer.
    private func prepareToDiscard() {
        guard isBusy, !exchange.isRequestDone else { return }
        exchange.isDiscardingRequest = true
        let length = exchange.requestBody.declaredLength ?? .max
        if exchange.expectsContinue || length > worker.limits.discardedBytes { exchange.keepsAlive = false }
    }

    /// The caller's request breaks the rules of HTTP.
    func refuse(_ error: HTTPError) {
        if !isBusy {
            let nothing = RequestSummary()
            exchange.begin(at: loop.now, nothing, endpoint: listener.endpoints[0], isRequestDone: true)
            isBusy = true
            service.counters.inFlight.add(1)
        }
        exchange.outcome = .malformedRequest
        exchange.status = UInt16(error.status)
        exchange.keepsAlive = false
        if let current {
            forget(current)
            current.shut(reset: false)
        }
        if exchange.bytesDown == 0 {
            HTTPResponse.refusal(error).withBytes { deliver($0) }
        }
        linger()
    }

    /// FIN behind our answer; then reads on for a while, so that the answer is not lost to a RST.
    func linger() {
        if mode == .lingering { return }
        if isBusy { record() }
        isBusy = false
        endHolds()
        mode = .lingering
        downstream.finish()
        if downstream.hasSeenEnd { return close() }
        downstream.resume([.inputFull, .hold, .backPressure])
        useTimers()
        holdTimer.set(at: worker.loop.now + .seconds(2))
    }

    func closeIfFinished() {
        guard mode == .tunnel, let current, downstream.isFinishing, current.isFinishing else { return }
        if downstream.unsentCount == 0 && current.unsentCount == 0 { close() }
    }

    /// The caller gets no more than it has: FIN behind it, and nothing more is read from the dependency.
    func endEarly() {
        exchange.keepsAlive = false
        if let current {
            forget(current)
            current.shut(reset: false)
        }
        exchange.isRequestDone = true
        exchange.stage = .flushing
        finishIfFlushed()
    }

    // MARK: Time

    func isIdle() {
        guard isBusy else { return close() }
        switch exchange.stage {
        case .forwarded where mode == .exchanges:
            exchange.outcome = .upstreamTimedOut
            exchange.keepsAlive = false
            answer(status: 504, word: "response_timeout")
        default:
            exchange.outcome = .idleTimeout
            close()
        }
    }

    // MARK: Records

    /// Writes what became of the exchange; call once per exchange.
    func record() {
        if exchange.isFaulted { putFaultsAway() }
        service.counters.inFlight.add(-1)
        var record = worker.newRecord(for: self)
        let now = loop.now
        record.startedAt = exchange.startedAt.nanoseconds
        record.duration = (now - exchange.startedAt).nanoseconds
        if exchange.firstByteAt > .zero {
            record.firstByteAfter = (exchange.firstByteAt - exchange.forwardedAt).nanoseconds
        }
        record.endpoint = UInt16(truncatingIfNeeded: exchange.endpoint)
        record.status = exchange.status
        record.outcome = exchange.outcome
        record.ordinal = UInt32(truncatingIfNeeded: exchangesDone)
        record.bytesUp = exchange.bytesUp
        record.bytesDown = exchange.bytesDown
        record.entry = exchange.spared.entry
        record.draw = exchange.spared.ordinal
        if exchangesDone > 0 { record.flags = .reusedConnection }
        if exchange.isFaulted { describeInjection(&record) }
        if exchange.counted == nil { worker.write(record) } else { writeLong(record) }
    }

    private func writeLong(_ record: AttemptRecord) {
        countBytes()
        exchange.counted = nil
        worker.writeCounted(record)
    }

    /// The exchange is over: what it shared with others is given back.
    func putFaultsAway() {
        leaveQueue()
        if !copies.isEmpty { leaveCopies() }
        keptResponse = nil
        exchange.plan.release()
    }

    private func describeInjection(_ record: inout AttemptRecord) {
        let entry = exchange.blamedEntry
        if entry == AttemptRecord.none { return }
        record.entry = entry
        record.draw = exchange.blamedDraw
        record.flags.insert(.injected)
        record.delayEntry = exchange.delayEntry
        record.askedDelay = exchange.askedDelay.nanoseconds
        record.achievedDelay = exchange.achievedDelay.nanoseconds
        if record.askedDelay > 0 && !exchange.wasReleasedEarly { record.flags.insert(.delayMeasured) }
    }
}
