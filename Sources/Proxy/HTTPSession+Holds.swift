// How long faults keep a request or a response here, and what goes on when that is over. An exchange has one hold at a time:
// before its request (a queue, a latency, a silence), or of its response.

import EventLoop
import Faults
import HTTP1
import Observation
import Units

extension HTTPSession {
    /// How long a request is kept here.
    enum Hold {
        case time(TimeSpan)
        case until(Instant)
        /// Until the plan changes, or `limit` is over.
        case silence(limit: TimeSpan?)
    }

    /// What a rule does to the request before it goes on; nil: nothing.
    var holdBeforeRequest: Hold? {
        guard exchange.isFaulted else { return nil }
        let plan = exchange.plan
        if let blackout = plan.blackout, darkness(of: exchange.endpoint) != nil {
            switch blackout.blackout.new {
            case .hang, .blackhole: return .silence(limit: nil)
            case .refuse, .reset:
                injectReset()
                return nil
            }
        }
        if case .reset = plan.terminal {
            injectReset()
            return nil
        }
        if let hold = queueHold { return hold }
        if case .hang(let order) = plan.terminal, order.place == .connect { return .silence(limit: order.length) }
        return plan.before > .zero ? .time(plan.before) : nil
    }

    func hold(for hold: Hold) {
        exchange.heldSince = worker.loop.now
        setTimer(for: hold)
    }

    /// To the end of a hold that began at `heldSince`.
    private func setTimer(for hold: Hold) {
        useTimers()
        switch hold {
        case .time(let span): holdTimer.set(at: exchange.heldSince + span)
        case .until(let instant): holdTimer.set(at: instant)
        case .silence(let limit?): holdTimer.set(at: exchange.heldSince + limit)
        case .silence(nil): holdTimer.cancel()
        }
    }

    /// Some of what held the exchange is over: the rest goes on, from when the hold began.
    func shortenHold() {
        guard isOpen, isBusy, exchange.heldSince > .zero else { return }
        let hold = holdOfStage
        if !isOpen { return }
        if let hold { return setTimer(for: hold) }
        holdTimer.cancel()
        holdIsOver()
    }

    /// What holds the exchange where it stands.
    private var holdOfStage: Hold? {
        switch exchange.stage {
        case .waiting: holdBeforeRequest
        case .answering: queueHold ?? time(answerDelay)
        case .forwarded, .responding, .flushing: holdOfResponse
        case .silent: nil
        }
    }

    private var holdOfResponse: Hold? {
        guard exchange.silenceBehind == nil, case .hang(let order) = exchange.terminal, order.place != .connect else {
            return time(exchange.plan.after)
        }
        return .silence(limit: order.length)
    }

    /// How long an answer of ours waits: one in place of the dependency's had its request held already.
    var answerDelay: TimeSpan {
        exchange.plan.after + (answersInstead ? exchange.plan.before : .zero)
    }

    private func time(_ span: TimeSpan) -> Hold? { span > .zero ? .time(span) : nil }

    /// A hold has lasted as long as it should, or its fault is over.
    func holdIsOver() {
        if mode == .lingering { return close() }
        guard isBusy else { return }
        noteEndOfHold()
        exchange.plan.queuePlace = nil
        goOn()
    }

    func goOn() {
        guard isBusy else { return }
        switch exchange.stage {
        case .waiting: forwardWaiting()
        case .answering: sayInjected()
        case .forwarded, .responding, .flushing:
            exchange.plan.after = .zero
            if beginSilence() { return }
            responsePipe?.unstall()
            finishIfFlushed()
        case .silent: break
        }
    }

    /// A caller that waited out a silence has its answer all the same.
    func noteEndOfHold() {
        if exchange.outcome == .injectedHang, exchange.stage != .silent { exchange.outcome = .complete }
        guard exchange.heldSince > .zero else { return }
        exchange.achievedDelay += worker.loop.freshNow - exchange.heldSince
        exchange.heldSince = .zero
    }
}
