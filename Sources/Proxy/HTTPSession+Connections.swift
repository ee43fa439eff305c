// Faults on a caller's connection as such, whatever exchange it carries: a side that stops reading, an age at which it closes.

import EventLoop
import Faults
import Observation
import Units

extension HTTPSession {
    func applyHalfOpen() {
        for connection in [downstream] + upstreams.map(\.connection) {
            if connectionOrder.isHalfOpen { connection.pause(.halfOpen) } else { connection.resume(.halfOpen) }
        }
    }

    func applyAge() {
        guard let instant = connectionOrder.lifetime?.at else { return isYoungAgain() }
        if instant <= worker.loop.now { return isTooOld() }
        useTimers()
        ageTimer.set(at: instant)
    }

    /// An exchange under way is finished first; a tunnel has no end to wait for.
    func isTooOld() {
        isAged = true
        guard mode == .exchanges else {
            exchange.outcome = .injectedClose
            return close()
        }
        drain()
    }

    /// The entry was lifted before an exchange that was under way came to its end.
    private func isYoungAgain() {
        if hasTimers { ageTimer.cancel() }
        if isAged { (isAged, isDraining) = (false, false) }
    }
}
