// The caller's bytes: heads, bodies, and what comes too early.
//
// Functions that a usual request passes once are inlined by hand, here and on the way back: each of a dozen calls would
// save and restore six registers.

import EventLoop
import Faults
import HTTP1
import Observation
import Scenario
import Units

extension HTTPSession {
    // MARK: Taking bytes

    /// Takes what can be taken now and keeps the rest.
    @inline(__always)
    func take(_ bytes: Bytes) {
        if !input.isEmpty {
            input.append(bytes)
            return takeInput()
        }
        let count = consume(bytes)
        if isOpen && mode == .exchanges && count < bytes.count { keep(bytes.dropFirst(count)) }
    }

    /// Goes on with what was kept; called whenever something that it waited for has changed.
    func takeInput() {
        if isConsuming || !isOpen { return }
        if input.isEmpty { return downstream.resume(.inputFull) }
        let count = input.withBytes { consume($0) }
        if !isOpen { return }
        if mode == .tunnel { return tunnelInput() }
        input.removeFirst(count)
        if input.count < worker.limits.inputBytes { downstream.resume(.inputFull) }
    }

    private func tunnelInput() {
        input.withBytes { tunnelUp($0) }
        input.removeAll()
        downstream.resume(.inputFull)
    }

    private func keep(_ rest: Bytes) {
        input.append(rest)
        if input.count >= worker.limits.inputBytes { downstream.pause(.inputFull) }
    }

    /// Invariant: nothing called from here changes `input`, since the bytes may be its own.
    private func consume(_ bytes: Bytes) -> Int {
        isConsuming = true
        var offset = 0
        while offset < bytes.count, isOpen, mode == .exchanges {
            let count = step(bytes.dropFirst(offset))
            if count == 0 { break }
            offset += count
        }
        isConsuming = false
        return offset
    }

    private func step(_ bytes: Bytes) -> Int {
        guard isBusy else { return begin(bytes) }
        if exchange.isRequestDone { return 0 }
        if exchange.isDiscardingRequest { return discard(bytes) }
        switch exchange.stage {
        case .waiting, .answering, .silent: return 0
        case .forwarded, .responding, .flushing: return forwardBody(bytes)
        }
    }

    // MARK: The head

    private func begin(_ bytes: Bytes) -> Int {
        var scanned = scannedInput
        let result = worker.parseRequest(bytes, scanned: &scanned)
        scannedInput = scanned
        switch result {
        case .incomplete:
            return 0
        case .invalid(let error):
            refuse(error)
            return bytes.count
        case .complete(let length):
            scannedInput = 0
            return begin(bytes, headLength: length)
        }
    }

    /// Most requests have no body.
    private func begin(_ bytes: Bytes, headLength: Int) -> Int {
        guard case .none = worker.request.framing else { return beginWithBody(bytes, headLength: headLength) }
        begin(bytes.prefix(headLength), headLength: headLength, isRequestDone: true)
        return headLength
    }

    private func beginWithBody(_ bytes: Bytes, headLength: Int) -> Int {
        exchange.requestBody = BodyFraming(worker.request.framing)
        let piece = consumeRequestBody(bytes.dropFirst(headLength))
        if let error = piece.error {
            refuse(error)
            return bytes.count
        }
        let length = headLength + piece.count
        begin(bytes.prefix(length), headLength: headLength, isRequestDone: piece.isComplete)
        return length
    }

    /// `bytes` are the head and what came of the body with it.
    private func begin(_ bytes: Bytes, headLength: Int, isRequestDone: Bool) {
        let endpoint = chooseEndpoint()
        exchange.begin(at: loop.now, worker.request, endpoint: endpoint, isRequestDone: isRequestDone)
        isBusy = true
        service.counters.inFlight.add(1)
        if !service.isClear { askRules(bytes.prefix(headLength)) }
        route(bytes, headLength: headLength)
    }

    private func consumeRequestBody(_ bytes: Bytes) -> BodyFraming.Consumption {
        // In a copy: a change in place would be checked for overlapping accesses, and so would every other use.
        var body = exchange.requestBody
        let piece = body.consume(bytes)
        exchange.requestBody = body
        return piece
    }

    private func chooseEndpoint() -> Int {
        let endpoints = listener.endpoints
        return endpoints.count == 1 ? endpoints[0] : worker.chooseEndpoint(for: self)
    }

    /// Decides between the dependency and everything else that a rule may want.
    @inline(__always)
    private func route(_ bytes: Bytes, headLength: Int) {
        guard isOpen, isBusy else { return }
        if exchange.isFaulted, isHeldHere(bytes, headLength: headLength) { return }
        guard isOpen, let connection = connectUpstream() else {
            if isBusy, exchange.stage == .waiting, dialer != nil { keepRequest(bytes, headLength: headLength) }
            return
        }
        send(bytes, headLength: headLength, to: connection)
        watchDial(connection)
    }

    /// A rule answers, or keeps the request here for a while.
    private func isHeldHere(_ bytes: Bytes, headLength: Int) -> Bool {
        if answersInstead {
            answerInstead()
            return true
        }
        guard let hold = holdBeforeRequest else { return false }
        keepRequest(bytes, headLength: headLength)
        self.hold(for: hold)
        return true
    }

    /// The direct path: as it came, in one piece.
    @inline(__always)
    private func send(_ bytes: Bytes, headLength: Int, to connection: Connection) {
        markForwarded(at: exchange.startedAt)
        if worker.request.passesUnchanged && service.keepsHost {
            sendMessage(bytes, headLength: headLength, to: connection)
        } else {
            worker.rewriteRequest(bytes, headLength: headLength, host: hostHeader)
            let length = worker.rewritten.count - (bytes.count - headLength)
            worker.rewritten.withBytes { sendMessage($0, headLength: length, to: connection) }
        }
    }

    private func keepRequest(_ bytes: Bytes, headLength: Int) {
        exchange.waitingHeadLength = headLength
        if worker.request.passesUnchanged && service.keepsHost {
            waitingRequest.append(bytes)
        } else {
            worker.rewriteRequest(bytes, headLength: headLength, host: hostHeader)
            exchange.waitingHeadLength = worker.rewritten.count - (bytes.count - headLength)
            worker.rewritten.withBytes { waitingRequest.append($0) }
        }
    }

    private var hostHeader: [UInt8]? {
        switch service.configuration.host {
        case .keep: return nil
        case .endpoint: return Array(service.configuration.endpoints[exchange.endpoint].label.utf8)
        case .name(let name): return Array(name.utf8)
        }
    }

    /// The kept request goes to the dependency.
    func forwardWaiting() {
        guard isOpen, isBusy, exchange.stage == .waiting, let connection = connectUpstream() else { return }
        markForwarded(at: loop.now)
        let bytes = waitingRequest.withBytes { $0.array }
        waitingRequest.removeAll()
        bytes.withBytes { sendMessage($0, headLength: exchange.waitingHeadLength, to: connection) }
        watchDial(connection)
        takeInput()
    }

    private func markForwarded(at now: Instant) {
        exchange.stage = .forwarded
        exchange.forwardedAt = now
    }

    @inline(__always)
    func sendUpstream(_ bytes: Bytes, to connection: Connection, isPayload: Bool = true) {
        if exchange.isFaulted { copyRequest(bytes) }
        exchange.bytesUp += UInt64(bytes.count)
        if let requestPipe, requestPipe.isActive {
            requestPipe.write(bytes, isPayload: isPayload)
            if requestPipe.isFull { downstream.pause(.backPressure) }
        } else {
            connection.send(bytes)
            if connection.unsentCount > 0 { downstream.pause(.backPressure) }
        }
    }

    // MARK: The body

    private func forwardBody(_ bytes: Bytes) -> Int {
        guard let connection = current, connection.unsentCount == 0 || connection.isSendBroken else { return 0 }
        let framing = exchange.requestBody
        let piece = consumeRequestBody(bytes)
        if let error = piece.error {
            refuse(error)
            return bytes.count
        }
        sendBody(bytes.prefix(piece.count), from: framing, to: connection)
        if !isOpen || !isBusy { return piece.count }
        if piece.isComplete { requestIsDone() }
        return piece.count
    }

    /// The body of a request that we answered ourselves.
    private func discard(_ bytes: Bytes) -> Int {
        let piece = consumeRequestBody(bytes)
        exchange.discardedBytes += piece.count
        if piece.error != nil || exchange.discardedBytes > worker.limits.discardedBytes {
            linger()
            return bytes.count
        }
        if piece.isComplete { requestIsDone() }
        return piece.count
    }

    private func requestIsDone() {
        exchange.isRequestDone = true
        finishIfFlushed()
    }

    // MARK: The upstream connection

    /// The paired connection, made if need be; nil while a name is looked up, or when it failed (and was answered).
    private func connectUpstream() -> Connection? {
        let endpoint = exchange.endpoint
        if let current, currentEndpoint == endpoint { return current }
        if let slot = upstreams.first(where: { $0.endpoint == endpoint }) {
            current = slot.connection
            currentEndpoint = endpoint
            return slot.connection
        }
        switch Dialer.start(for: self, endpoint: endpoint) {
        case .connection(let connection):
            return adopt(connection, endpoint: endpoint) ? connection : nil
        case .waiting(let dialer):
            self.dialer = dialer
            useTimers()
            dialTimer.set(at: worker.loop.now + service.configuration.connectTimeout)
        case .failed(let error):
            dialFailed(error)
        }
        return nil
    }

    private func adopt(_ connection: Connection, endpoint: Int) -> Bool {
        upstreams.append(UpstreamSlot(endpoint: endpoint, connection: connection))
        current = connection
        currentEndpoint = endpoint
        if connectionOrder.isHalfOpen { connection.pause(.halfOpen) }
        if connection.open(for: self) { return true }
        dialFailed(.failed(SystemError("epoll_ctl", 24)))
        return false
    }

    func lookupIsOver(_ endpoint: Int, _ result: Result<Connection, DialError>) {
        dialer = nil
        dialTimer.cancel()
        switch result {
        case .success(let connection):
            if adopt(connection, endpoint: endpoint) { forwardWaiting() }
        case .failure(let error):
            dialFailed(error)
        }
    }

    /// A connect whose first send was not taken is under way: watch its deadline.
    private func watchDial(_ connection: Connection) {
        if !connection.isConnecting { return }
        useTimers()
        dialTimer.set(at: worker.loop.now + service.configuration.connectTimeout)
    }

    func checkDial() {
        let isWaiting = dialer != nil || (current.map { $0.isConnecting && $0.socket.isHandshaking } ?? false)
        if isWaiting { dialFailed(.timedOut) }
    }

    func useTimers() {
        hasTimers = true
    }
}
