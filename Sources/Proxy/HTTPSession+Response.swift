// The dependency's bytes: heads, bodies, and what comes when nobody asked.

import EventLoop
import Faults
import HTTP1
import Observation
import Scenario
import Units

extension HTTPSession {
    // MARK: Taking bytes

    func receivedFromUpstream(_ bytes: Bytes, on connection: Connection) {
        if mode == .tunnel, connection === current { return tunnelFromUpstream(bytes, connection) }
        guard connection === current, isBusy else { return unexpected(connection) }
        if responseInput.isEmpty {
            let count = consumeResponse(bytes)
            if count < bytes.count { keepResponse(bytes.dropFirst(count), connection) }
        } else {
            responseInput.append(bytes)
            takeResponseInput(connection)
        }
        if isOpen, countsBytes, resetWatch.passed(bytes.count, .downstream) { injectConnectionReset() }
    }

    private func tunnelFromUpstream(_ bytes: Bytes, _ connection: Connection) {
        deliver(bytes)
        if countsBytes, resetWatch.passed(bytes.count, .downstream) { injectConnectionReset() }
    }

    private func takeResponseInput(_ connection: Connection) {
        let bytes = responseInput.withBytes { $0.array }
        responseInput.removeAll()
        bytes.withBytes { bytes in
            let count = consumeResponse(bytes)
            if count < bytes.count { keepResponse(bytes.dropFirst(count), connection) }
        }
    }

    private func keepResponse(_ rest: Bytes, _ connection: Connection) {
        if !isOpen || connection.isClosed { return }
        if mode == .tunnel { return deliver(rest) }
        guard isBusy, isAwaitingHead else { return unexpected(connection) }
        responseInput.append(rest)
    }

    private var isAwaitingHead: Bool {
        if case .forwarded = exchange.stage { return true }
        return false
    }

    /// Bytes that no request asked for: the connection cannot be trusted with another exchange.
    private func unexpected(_ connection: Connection) {
        forget(connection)
        if connection === current || upstreams.isEmpty {
            connection.shut(reset: false)
            if !isBusy { close() } else { exchange.keepsAlive = false }
        } else {
            connection.shut(reset: false)
        }
    }

    private func consumeResponse(_ bytes: Bytes) -> Int {
        var offset = 0
        while offset < bytes.count, isOpen, mode == .exchanges, isBusy {
            let rest = bytes.dropFirst(offset)
            let count = isAwaitingHead ? takeHead(rest) : takeBody(rest)
            if count == 0 { break }
            offset += count
        }
        return offset
    }

    // MARK: The head

    private func takeHead(_ bytes: Bytes) -> Int {
        var scanned = scannedResponse
        let result = worker.parseResponse(bytes, scanned: &scanned, answering: exchange.facts)
        scannedResponse = scanned
        switch result {
        case .incomplete:
            return 0
        case .invalid(let error):
            malformedResponse(error)
            return bytes.count
        case .complete(let length):
            scannedResponse = 0
            let response = worker.response
            if response.isInformational {
                passHead(bytes, length, body: 0)
                return length
            }
            return passWhole(response, bytes, headLength: length) ?? begin(response, bytes, headLength: length)
        }
    }

    /// The usual response: no fault wants it, and all of it is here. nil for all others.
    private func passWhole(_ response: ResponseSummary, _ bytes: Bytes, headLength: Int) -> Int? {
        guard !exchange.isFaulted, case .length(let body) = response.framing, body <= bytes.count - headLength
        else { return nil }
        note(response, at: loop.now)
        passHead(bytes, headLength, body: Int(body))
        responseIsWhole()
        return headLength + Int(body)
    }

    private func note(_ response: ResponseSummary, at now: Instant) {
        exchange.firstByteAt = now
        exchange.status = UInt16(truncatingIfNeeded: response.status)
        exchange.keepsAlive = exchange.keepsAlive && response.keepAlive
        exchange.stage = .responding
    }

    // Out of line, as the two below: the loop that takes most responses in one step stays small.
    @inline(never)
    private func begin(_ response: ResponseSummary, _ bytes: Bytes, headLength: Int) -> Int {
        let now = loop.now
        note(response, at: now)
        exchange.responseBody = BodyFraming(response.framing)
        if exchange.isFaulted { askRulesAboutResponse(response.status, now) }
        guard isOpen, isBusy else { return bytes.count }
        if exchange.isFaulted, changesResponse { return passChanged(bytes, headLength) }
        let piece = consumeBody(bytes.dropFirst(headLength))
        if response.isTunnel { return beginTunnel(bytes, headLength) }
        if !exchange.dropsResponse { passHead(bytes, headLength, body: piece.count) }
        guard isOpen, isBusy else { return bytes.count }
        passed(piece)
        return headLength + piece.count
    }

    /// Head and the first of the body leave together.
    private func passHead(_ bytes: Bytes, _ headLength: Int, body: Int) {
        if worker.response.passesUnchanged {
            deliverMessage(bytes.prefix(headLength + body), headLength: headLength)
        } else {
            passRewrittenHead(bytes, headLength, body: body)
        }
    }

    @inline(never)
    private func passRewrittenHead(_ bytes: Bytes, _ headLength: Int, body: Int) {
        worker.rewriteResponse(bytes, headLength: headLength, body: body)
        let length = worker.rewritten.count - body
        worker.rewritten.withBytes { deliverMessage($0, headLength: length) }
    }

    @inline(__always)
    private func deliverMessage(_ bytes: Bytes, headLength: Int) {
        if exchange.isFaulted { deliverThroughPipe(bytes, headLength: headLength) } else { deliver(bytes) }
    }

    private func beginTunnel(_ bytes: Bytes, _ headLength: Int) -> Int {
        passHead(bytes, headLength, body: 0)
        mode = .tunnel
        exchange.isRequestDone = true
        takeInputIntoTunnel()
        return headLength
    }

    private func takeInputIntoTunnel() {
        guard !input.isEmpty else { return }
        let early = input.withBytes { $0.array }
        input.removeAll()
        early.withBytes { tunnelUp($0) }
        downstream.resume(.inputFull)
    }

    // MARK: The body

    @inline(never)
    private func takeBody(_ bytes: Bytes) -> Int {
        if isResponseWhole { return 0 }
        let framing = exchange.responseBody
        let piece = consumeBody(bytes)
        if !exchange.dropsResponse { deliverBody(bytes.prefix(piece.count), from: framing) }
        if !isOpen || !isBusy { return piece.count }
        if let keptResponse { keep(bytes.prefix(piece.count), keptResponse) }
        passed(piece)
        return piece.count
    }

    func consumeBody(_ bytes: Bytes) -> BodyFraming.Consumption {
        var body = exchange.responseBody
        let piece = body.consume(bytes, payloadMaximum: exchange.passingPayload)
        exchange.responseBody = body
        return piece
    }

    private var isResponseWhole: Bool {
        switch exchange.stage {
        case .responding: false
        case .answering: exchange.responseBody.isWholeAtClose && exchange.responseBody.kind != .untilClose
        default: true
        }
    }

    func passed(_ piece: BodyFraming.Consumption) {
        if piece.error != nil { return malformedResponse(piece.error!) }
        if exchange.passingPayload != .max {
            exchange.passingPayload -= piece.payload
            if exchange.passingPayload == 0 { return truncate() }
        }
        guard piece.isComplete else { return }
        if keptResponse != nil { passKept() }
        responseIsWhole()
    }

    /// To the caller, by way of the pipe if a fault holds the response.
    @inline(__always)
    func deliver(_ bytes: Bytes, isPayload: Bool = true) {
        if exchange.isAbandoned { return }
        exchange.bytesDown += UInt64(bytes.count)
        if let responsePipe, responsePipe.isActive {
            responsePipe.write(bytes, isPayload: isPayload)
            if responsePipe.isFull { current?.pause(.backPressure) }
        } else {
            downstream.send(bytes)
            if downstream.unsentCount > 0 { current?.pause(.backPressure) }
        }
    }

    // MARK: The end of a response

    /// All of it came; it may still be held or unsent.
    func responseIsWhole() {
        if case .responding = exchange.stage { exchange.stage = .flushing }
        finishIfFlushed()
    }

    var isFlushed: Bool {
        downstream.unsentCount == 0 && (responsePipe?.isEmpty ?? true)
    }

    /// Ends the exchange once both sides are through with it.
    func finishIfFlushed() {
        guard isBusy, case .flushing = exchange.stage, isFlushed else { return }
        if !exchange.isRequestDone {
            let isTaken = exchange.isDiscardingRequest || current?.isSendBroken == false
            if exchange.keepsAlive && isTaken { return }
            return linger()
        }
        if !exchange.keepsAlive, holdsClose { return }
        finishExchange()
    }

    @inline(__always)
    private func finishExchange() {
        record()
        let keepsAlive = exchange.keepsAlive && !exchange.isAbandoned
        let endpoint = exchange.endpoint
        isBusy = false
        exchangesDone += 1
        endHolds()
        if exchangesDone == 1, !service.isClear, plan.chain.touchesReusedConnections {
            applyConnectionPlan()
            if !isOpen { return }
        }
        if !keepsAlive || isDraining { return endSession() }
        if plan.hidesEndpoints { zoneMayBeDark(endpoint) }
        if !isOpen { return }
        current?.resume(.backPressure)
        downstream.resume(.hold)
        if isOpen { takeInput() }
    }

    /// No further exchange: FIN behind the last byte.
    private func endSession() {
        if input.isEmpty { close() } else { linger() }
    }
}
