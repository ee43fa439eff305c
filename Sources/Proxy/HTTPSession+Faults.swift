// Carries out what the chain decided: holds, answers, losses, cuts, silences; and takes up what a new plan asks of
// exchanges and connections that are already open. The only place of the HTTP session that knows of faults.

import EventLoop
import Faults
import HTTP1
import Observation
import Units

extension HTTPSession {
    // MARK: At the request head

    /// Rules are matched once and draws made; the result follows the exchange.
    func askRules(_ head: Bytes) {
        // Held as a whole, so that none of its parts need be.
        let plan = plan
        let connection = ConnectionFacts(
            born: born, exchangesBefore: exchangesDone, owner: QueueKeeper.owner(worker: worker.index, slot: slot))
        let decided = plan.chain.plan(
            HeadFacts(head: head, of: self), connection: connection, target: Target(endpoint: exchange.endpoint),
            now: exchange.startedAt, limits: plan.limits)
        exchange.spared = decided.spared
        if decided.isClear { return }
        exchange.isFaulted = true
        exchange.plan = decided
        if let place = decided.queuePlace { worker.queues.serve(place.queue) }
    }

    /// An error of ours that needs no dependency.
    var answersInstead: Bool {
        if case .answer(let answer) = exchange.terminal { return !answer.executed }
        return false
    }

    func answerInstead() {
        exchange.stage = .answering
        if let hold = queueHold { return self.hold(for: hold) }
        let wait = answerDelay
        if wait > .zero { hold(for: .time(wait)) } else { sayInjected() }
    }

    /// The answer of an `error` entry.
    func sayInjected() {
        guard case .answer(let answer) = exchange.terminal else { return }
        exchange.outcome = .injectedAnswer
        if exchange.isAbandoned { return close() }
        let mark = markFields(exchange.plan.terminalEntry)
        say(status: answer.status, fields: mark, lines: answer.fieldLines, body: answer.body)
    }

    func markFields(_ entry: UInt16) -> [(String, String)] {
        guard service.configuration.mark, let name = worker.plan.name(ofEntry: entry) else { return [] }
        return [("x-brownout", "injected; \(name)")]
    }

    // MARK: At the response head

    func askRulesAboutResponse(_ status: Int, _ now: Instant) {
        if exchange.plan.awaitsStatus {
            plan.chain.respond(status: status, plan: &exchange.plan, now: now, limits: plan.limits)
            exchange.spared = exchange.plan.spared
        }
        if exchange.plan.awaitsMeasure {
            exchange.plan.inflate(measured: now - exchange.forwardedAt)
        }
        if !exchange.plan.isClear { beginResponseFaults(now) }
        if worker.response.isTunnel { countUnchanged() }
    }

    private func beginResponseFaults(_ now: Instant) {
        let plan = exchange.plan
        switch plan.terminal {
        case .answer: replaceResponse()
        case .loseResponse(let ending): loseResponse(ending)
        case .hang(let order): prepareSilence(order)
        case .truncate(let order): if !changesResponse { prepareToTruncate(order) }
        case .malform, .reset, nil: break
        }
        guard isOpen, isBusy, !exchange.dropsResponse else { return }
        if !plan.streams.downstream.isEmpty { usePipe().follow(plan.streams.downstream) }
        if plan.after > .zero {
            usePipe().stall()
            hold(for: .time(plan.after))
        } else {
            beginSilence()
        }
    }

    /// The dependency has worked; the caller hears our answer instead of its.
    private func replaceResponse() {
        exchange.dropsResponse = true
        exchange.stage = .answering
        closeUpstreamAfterUse()
        let wait = answerDelay
        if wait > .zero { hold(for: .time(wait)) } else { sayInjected() }
    }

    /// The rest of a dropped response is not worth reading: its connection goes.
    private func closeUpstreamAfterUse() {
        guard let connection = current, exchange.responseBody.kind != BodyFraming.Kind.none else { return }
        forget(connection)
        connection.shut(reset: false)
    }

    private func loseResponse(_ ending: Ending) {
        exchange.dropsResponse = true
        switch ending {
        case .close:
            exchange.outcome = .injectedClose
            close()
        case .reset: injectReset()
        case .hang:
            exchange.outcome = .injectedHang
            exchange.stage = .silent
            closeUpstreamAfterUse()
        }
    }

    private func prepareSilence(_ order: HangOrder) {
        switch order.place {
        case .connect: break
        case .head: exchange.silenceBehind = 0
        case .body: exchange.silenceBehind = Int64(worker.responseHeadLength) + order.afterBytes
        }
    }

    /// Behind what latencies hold; false where no silence is due.
    @discardableResult
    func beginSilence() -> Bool {
        guard let bytes = exchange.silenceBehind else { return false }
        exchange.silenceBehind = nil
        guard case .hang(let order) = exchange.terminal else { return false }
        exchange.outcome = .injectedHang
        hold(for: .silence(limit: order.length))
        usePipe().stall(after: bytes)
        return true
    }

    func prepareToTruncate(_ order: TruncateOrder) {
        guard let passing = order.passing(ofBodyLength: exchange.responseBody.declaredLength) else {
            worker.count(.inapplicable, entry: exchange.plan.terminalEntry)
            return
        }
        exchange.passingPayload = Int(passing)
        exchange.outcome = .injectedClose
    }

    /// What may pass has passed: the body ends here.
    func truncate() {
        guard case .truncate(let order) = exchange.terminal else { return }
        exchange.keepsAlive = false
        switch order.ending {
        case .reset: resetOnceDelivered()
        case .hang: exchange.stage = .silent
        case .close: endEarly()
        }
    }

    // MARK: Connections

    /// RST to both sides.
    func injectReset() {
        exchange.outcome = .injectedReset
        for slot in upstreams { slot.connection.shut(reset: true) }
        upstreams.removeAll()
        close(reset: true)
    }

    /// A `reset` of the connection cuts the exchange that is on it.
    func injectConnectionReset() {
        if isBusy, let entry = connectionOrder.reset?.entry {
            exchange.harm(by: entry, draw: connectionOrder.fired.ordinal(of: entry))
        }
        injectReset()
    }

    func applyConnectionPlan() {
        connectionOrder = plan.chain.connectionPlan(
            client: worker.view(of: peer), connection: ConnectionFacts(born: born, exchangesBefore: exchangesDone),
            target: Target(endpoint: isBusy ? exchange.endpoint : upstreams.last?.endpoint ?? listener.endpoints[0]),
            now: worker.loop.now, draws: &draws, limits: plan.limits)
        resetWatch.follow(connectionOrder.reset)
        countsBytes = connectionOrder.reset?.afterBytes != nil
        applyHalfOpen()
        applyResetTime()
        if isOpen { applyAge() }
    }

    private func applyResetTime() {
        if hasTimers { resetTimer.cancel() }
        guard let instant = connectionOrder.reset?.at else { return }
        if instant <= worker.loop.now { return injectConnectionReset() }
        useTimers()
        resetTimer.set(at: instant)
    }

    // MARK: A new plan

    func takeUpPlan() {
        if !plan.isClear || !connectionOrder.isClear { applyConnectionPlan() }
        if !isOpen { return }
        if isBusy && exchange.isFaulted && !exchange.plan.fired.isEmpty { releaseWhatIsOver() }
        if isOpen { applyDarkness() }
    }

    /// What a fault held that is no longer in the plan, or is another there, goes on at once; what others hold stays.
    private func releaseWhatIsOver() {
        let plan = plan
        guard liftWhatIsOver(plan) else { return }
        // The rest before the pipes let go: with the last byte the exchange is over, and another may begin.
        let number = exchangesDone
        shortenHold()
        guard isOpen, isBusy, exchangesDone == number else { return }
        requestPipe?.keep { plan.contains($0) }
        guard isOpen, isBusy, exchangesDone == number else { return }
        responsePipe?.keep { plan.contains($0) }
    }

    /// Whether any was over.
    private func liftWhatIsOver(_ plan: ServicePlan) -> Bool {
        var isAnyOver = false
        for place in 0..<exchange.plan.fired.count {
            let fired = exchange.plan.fired[place]
            if fired.isLifted || plan.contains(fired) { continue }
            if exchange.plan.queueEntry == fired.entry {
                if isStillQueued { continue }
                endQueue()
            } else {
                exchange.wasReleasedEarly = true
                if exchange.heldSince > .zero { worker.count(.releasedEarly, entry: fired.entry) }
            }
            exchange.plan.lift(place)
            isAnyOver = true
        }
        return isAnyOver
    }

    /// Begins and ends what a blackout does to connections into its zone.
    private func applyDarkness() {
        for slot in upstreams {
            zoneMayBeDark(slot.endpoint)
            if !isOpen { return }
        }
    }

    func zoneMayBeDark(_ endpoint: Int) {
        guard let slot = upstreams.first(where: { $0.endpoint == endpoint }) else { return }
        guard let order = darkness(of: endpoint)?.order else { return slot.connection.resume(.stall) }
        let isBusy = isBusy && exchange.endpoint == endpoint && slot.connection === current
        switch order.blackout.existing {
        case .leave: break
        case .stall:
            if !slot.connection.pauses.contains(.stall) { darken(isBusy, order) }
            slot.connection.pause(.stall)
        case .reset:
            darken(isBusy, order)
            if isBusy { injectReset() } else { drop(slot, reset: true) }
        case .drain:
            if isBusy { return }
            darken(isBusy, order)
            drop(slot, reset: false)
        }
    }

    /// The blackout acts on a connection into its zone, and on the exchange that is on it.
    private func darken(_ isBusy: Bool, _ order: BlackoutOrder) {
        worker.countBite(entry: order.entry)
        if isBusy { exchange.harm(by: order.entry) }
    }

    /// Closes an idle upstream connection into a dark zone; the caller keeps its own if it can go elsewhere.
    private func drop(_ slot: UpstreamSlot, reset: Bool) {
        let canGoElsewhere = listener.endpoints.contains { darkness(of: $0) == nil }
        forget(slot.connection)
        slot.connection.shut(reset: reset)
        if !canGoElsewhere && !isBusy { close(reset: reset) }
    }

    /// The exchange is over: pipes and timers of its faults are put away.
    func endHolds() {
        if hasTimers {
            holdTimer.cancel()
            dialTimer.cancel()
            waitingRequest.removeAll()
        }
        requestPipe?.discard()
        requestPipe = nil
        responsePipe?.reset()
        downstream.isMetered = false
        current?.isMetered = false
    }
}
