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
        if let blackout = plan.blackout, self.plan.isDark(exchange.endpoint) {
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
        useTimers()
        switch hold {
        case .time(let span): holdTimer.set(at: worker.loop.now + span)
        case .until(let instant): holdTimer.set(at: instant)
        case .silence(let limit): if let limit { holdTimer.set(at: worker.loop.now + limit) }
        }
    }

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
            responsePipe?.unstall()
            finishIfFlushed()
        case .silent: break
        }
    }

    /// A caller that waited out a silence has its answer all the same.
    func noteEndOfHold() {
        if case .hang = exchange.terminal { exchange.outcome = .complete }
        guard exchange.heldSince > .zero else { return }
        exchange.achievedDelay += worker.loop.freshNow - exchange.heldSince
        exchange.heldSince = .zero
    }
}
