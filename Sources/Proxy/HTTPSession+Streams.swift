// Stream faults on http act on one exchange: the response's bytes (or the request's, by `direction`) go through a pipe while
// the exchange lasts. Delays and slices act on the whole message; what cuts or changes bytes leaves heads, chunk sizes and
// trailers alone. After an upgrade or CONNECT the exchange is a tunnel: its bytes go through the same pipes, all of them as
// payload, and a FIN behind them.

import EventLoop
import Faults
import HTTP1
import Observation
import Units

extension HTTPSession {
    // MARK: Pipes

    /// A request's head and the first of its body go to the dependency.
    func sendMessage(_ bytes: Bytes, headLength: Int, to connection: Connection) {
        guard exchange.isFaulted, !exchange.plan.streams.upstream.isEmpty else {
            return sendUpstream(bytes, to: connection)
        }
        let pipe = HeldPipe(session: self, destination: connection)
        requestPipe = pipe
        downstream.isMetered = true
        pipe.follow(exchange.plan.streams.upstream)
        pipe.exempt(headLength)
        sendUpstream(bytes.prefix(headLength), to: connection, isPayload: false)
        if !isOpen || !isBusy { return }
        sendBody(bytes.dropFirst(headLength), from: BodyFraming(exchange.requestBody.kind), to: connection)
    }

    func usePipe() -> HeldPipe {
        let pipe = responsePipe ?? HeldPipe(session: self, destination: downstream)
        responsePipe = pipe
        current?.isMetered = true
        return pipe
    }

    /// The pipe that a connection's bytes go into.
    private func pipe(from connection: Connection) -> HeldPipe? {
        connection === downstream ? requestPipe : connection === current ? responsePipe : nil
    }

    func thereIsRoom(for connection: Connection) -> Bool {
        guard let pipe = pipe(from: connection), pipe.isFull else { return true }
        if pipe.isEmpty { worker.budget.awaitRoom(self) }
        return false
    }

    func hasRoom(_ pipe: HeldPipe) {
        if pipe === responsePipe {
            if downstream.unsentCount == 0 { current?.resume(.backPressure) }
        } else if current?.unsentCount == 0 {
            downstream.resume(.backPressure)
            if mode == .exchanges { takeInput() }
        }
    }

    func isEmpty(_ pipe: HeldPipe) {
        if !isOpen { return }
        hasRoom(pipe)
        if mode == .tunnel { return closeIfFinished() }
        if pipe === responsePipe { finishIfFlushed() }
    }

    // MARK: Tunnels

    /// The caller's bytes on their way; the dependency's are delivered as those of a response are.
    func tunnelUp(_ bytes: Bytes) {
        if let current { sendUpstream(bytes, to: current) }
    }

    /// A FIN is a half-close, and goes on behind what a pipe holds.
    func endTunnel(_ pipe: HeldPipe?, to destination: Connection?) {
        if let pipe, pipe.isActive { pipe.finish() } else { destination?.finish() }
        if isOpen { closeIfFinished() }
    }

    // MARK: Altered bodies

    /// A head, whose length may have changed, and the first of its body.
    func deliverThroughPipe(_ bytes: Bytes, headLength: Int) {
        responsePipe?.exempt(headLength)
        guard responsePipe?.altersBytes == true else { return deliver(bytes) }
        deliver(bytes.prefix(headLength), isPayload: false)
        deliverBody(bytes.dropFirst(headLength), from: BodyFraming(exchange.responseBody.kind))
    }

    /// Payload and framing apart, where a fault changes payload; `framing` is as it stood before these bytes.
    func deliverBody(_ bytes: Bytes, from framing: BodyFraming) {
        guard responsePipe?.altersBytes == true else { return deliver(bytes) }
        apart(bytes, framing) { deliver($0, isPayload: $1) }
    }

    /// The same for a request.
    func sendBody(_ bytes: Bytes, from framing: BodyFraming, to connection: Connection) {
        guard let requestPipe, requestPipe.altersBytes else { return sendUpstream(bytes, to: connection) }
        apart(bytes, framing) { sendUpstream($0, to: connection, isPayload: $1) }
    }

    private func apart(_ bytes: Bytes, _ framing: BodyFraming, _ pass: (Bytes, Bool) -> Void) {
        var framing = framing
        var rest = bytes
        while !rest.isEmpty {
            let lead = framing.consume(rest, payloadMaximum: 0).count
            if lead > 0 { pass(rest.prefix(lead), false) }
            rest = rest.dropFirst(lead)
            let run = framing.nextPayload(in: rest.count)
            if run > 0 { pass(rest.prefix(run), true) }
            _ = framing.consume(rest.prefix(run))
            rest = rest.dropFirst(run)
            if lead == 0 && run == 0 { return pass(rest, false) }
        }
    }

    // MARK: Ends

    /// Whether the close behind the response has to wait.
    var holdsClose: Bool {
        guard !exchange.keepsAlive, exchange.isFaulted, let responsePipe, responsePipe.isActive else { return false }
        responsePipe.finish()
        return !responsePipe.hasEnded
    }

    func streamEnded(_ pipe: HeldPipe, _ end: StreamEnd) {
        switch end {
        case .finished where mode == .tunnel:
            (pipe === responsePipe ? downstream : current)?.finish()
            closeIfFinished()
        case .finished: if pipe === responsePipe { finishIfFlushed() }
        case .cut(let ending, let entry):
            exchange.plan.terminalEntry = entry
            cutStream(ending)
        }
    }

    private static let deliveryPoll = TimeSpan.milliseconds(5)

    /// RST to both sides once the peers' kernels have what was let through: it would eat what is on its way.
    func resetOnceDelivered() {
        let connections = [downstream, current].compactMap { $0 }
        if connections.allSatisfy({ $0.unsentCount == 0 && !$0.socket.hasUndelivered }) { return injectReset() }
        exchange.stage = .silent
        for connection in connections { connection.pause(.hold) }
        useTimers()
        cutTimer.set(after: Self.deliveryPoll)
    }

    private func cutStream(_ ending: Ending) {
        if ending == .reset { return resetOnceDelivered() }
        exchange.outcome = .injectedClose
        exchange.keepsAlive = false
        if let current {
            forget(current)
            current.shut(reset: false)
        }
        if mode == .tunnel { return linger() }
        exchange.stage = .flushing
        finishIfFlushed()
    }
}
