// An exchange under `capacity`: it stands in line until its turn comes, occupies a server for its service time, and goes
// on to the dependency. All of it is one hold of the request, whose end is known once the turn has come.
//
//      arrival ── waits ──► turn ── service ──► (latency before) ──► dependency, or an answer of ours
//         └─ no timer is set ─┘└─ one timer ───────────────────────┘

import EventLoop
import Faults
import HTTP1
import Units

extension HTTPSession {
    /// How long the queue holds the exchange; nil: no queue does.
    var queueHold: Hold? {
        guard let place = exchange.plan.queuePlace else { return nil }
        guard let ends = place.ends else { return .silence(limit: nil) }
        return deadline(behind: ends).map(Hold.until) ?? .silence(limit: nil)
    }

    /// When what other faults hold behind the service is over; nil: a hang has no end of its own.
    private func deadline(behind instant: Instant) -> Instant? {
        let plan = exchange.plan
        if case .answering = exchange.stage { return instant + plan.before + plan.after }
        guard case .hang(let order) = plan.terminal, order.place == .connect else { return instant + plan.before }
        return order.length.map { instant + plan.before + $0 }
    }

    /// The exchange that waited has its server.
    func turnCame(_ grant: ServiceQueue.Grant) {
        guard isOpen, isBusy, exchange.isFaulted, exchange.plan.begin(grant) else { return }
        if exchange.heldSince > .zero { holdUntil(deadline(behind: grant.ends)) }
    }

    private func holdUntil(_ deadline: Instant?) {
        useTimers()
        if let deadline { holdTimer.set(at: deadline) } else { holdTimer.cancel() }
    }

    /// The exchange ends or goes on: with `abandoned: drop` the rest of its work is not done.
    func leaveQueue() {
        guard let place = exchange.plan.queuePlace else { return }
        exchange.plan.queuePlace = nil
        guard place.isDropped else { return }
        place.queue.leave(place.id, at: loop.now)
        worker.queues.serve(place.queue)
    }

    /// Whether an entry of the plan still works with the queue in which the exchange stands: that of another phase may.
    var isStillQueued: Bool {
        exchange.plan.queuePlace.map { plan.chain.feeds($0.queue) } ?? false
    }

    /// The fault is over, and with it the line: everything queued starts, as far as other faults let it.
    func endQueue() {
        guard let place = exchange.plan.queuePlace, !isStillQueued else { return }
        let entry = exchange.plan.queueEntry
        place.queue.open()
        exchange.plan.leaveQueue()
        guard exchange.heldSince > .zero else { return }
        if let entry { worker.count(.releasedEarly, entry: entry) }
        // What the others hold is asked for, and measured, from here on.
        exchange.heldSince = loop.now
        holdUntil(deadline(behind: loop.now))
    }
}
