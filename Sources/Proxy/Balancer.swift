// Which endpoint a connection or exchange goes to: the most preferred zone that is not dark, round robin among
// equals. A zone that has just gone dark is still chosen for the service's `failover.after`, as a real
// balancer would that has not noticed yet. Where everything is dark, the most preferred stays chosen. What is cut
// off from one caller (`partition`) is dark for that caller.

import EventLoop
import Faults
import Units

/// Chooses endpoints on one worker.
struct Balancer {
    let loop: EventLoop

    struct Choice {
        var endpoint: Int
        /// The one out of reach that it would have been.
        var avoided: Int?
    }

    func choose(for session: Session) -> Choice {
        let candidates = session.listener.endpoints
        if candidates.count == 1 { return Choice(endpoint: candidates[0]) }
        let service = session.service
        let wanted = preferred(candidates, service) { _ in true }
        guard let wanted, isAvoided(wanted, session) else { return Choice(endpoint: wanted ?? candidates[0]) }
        let other = preferred(candidates, service) { !isAvoided($0, session) }
        return other.map { Choice(endpoint: $0, avoided: wanted) } ?? Choice(endpoint: wanted)
    }

    /// The next in turn of the lowest rank; nil when none is fit.
    private func preferred(_ candidates: [Int], _ service: ServiceRuntime, where isFit: (Int) -> Bool) -> Int? {
        let ranks = service.configuration.ranks
        var best = Int.max
        for endpoint in candidates where isFit(endpoint) { best = min(best, ranks[endpoint]) }
        return best == .max ? nil : pick(candidates, service) { ranks[$0] == best && isFit($0) }
    }

    private func isAvoided(_ endpoint: Int, _ session: Session) -> Bool {
        guard session.plan.hidesEndpoints, let since = session.darkness(of: endpoint)?.since else { return false }
        return loop.now - since >= session.service.configuration.failoverAfter
    }

    private func pick(_ candidates: [Int], _ service: ServiceRuntime, where isFit: (Int) -> Bool) -> Int {
        var fit = 0
        for endpoint in candidates where isFit(endpoint) { fit += 1 }
        var skip = fit > 1 ? service.nextTurn() % fit : 0
        for endpoint in candidates where isFit(endpoint) {
            if skip == 0 { return endpoint }
            skip -= 1
        }
        return candidates[0]
    }
}
