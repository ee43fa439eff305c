// Which endpoint a connection or exchange goes to: the most preferred zone that is not dark, round robin among
// equals. A zone that has just gone dark is still chosen for the service's `failover.after`, as a real
// balancer would that has not noticed yet. Where everything is dark, the most preferred stays chosen.

import EventLoop
import Units

/// Chooses endpoints on one worker.
struct Balancer {
    let loop: EventLoop

    func choose(for service: ServiceRuntime, listener: ListenerConfiguration) -> Int {
        let candidates = listener.endpoints
        if candidates.count == 1 { return candidates[0] }
        let plan = service.plan
        let ranks = service.configuration.ranks
        var best = Int.max
        for endpoint in candidates where !isAvoided(endpoint, service, plan) { best = min(best, ranks[endpoint]) }
        if best == .max {
            for endpoint in candidates { best = min(best, ranks[endpoint]) }
            return pick(candidates, service) { ranks[$0] == best }
        }
        return pick(candidates, service) { ranks[$0] == best && !isAvoided($0, service, plan) }
    }

    private func isAvoided(_ endpoint: Int, _ service: ServiceRuntime, _ plan: ServicePlan) -> Bool {
        guard plan.isDark(endpoint), let since = plan.darkSince[endpoint] else { return false }
        return loop.now - since >= service.configuration.failoverAfter
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
