// How likely an exchange that a rule fires on is bad for an objective: for the forecast of an error budget
// (CALLER-XRAY.md, 9). Where that depends on what nobody knows before the run it is a range, and its ends are what it can be.

package import Scenario
package import Units

/// What an objective is forecast with.
package struct ObjectiveForecast: Sendable {
    package let good: GoodExchange
    /// What the dependency takes without a fault; nil: not known, and taken as anything that is still good.
    package let baseline: TimeSpan?

    package init(good: GoodExchange, baseline: TimeSpan?) {
        self.good = good
        self.baseline = baseline
    }

    func isBad(status: Int) -> Bool { !good.accepts(status: status, latency: baseline ?? .zero) }

    func isBad(after latency: TimeSpan) -> Bool { !good.accepts(status: 200, latency: latency) }
}

extension Rule {
    /// The chance that an exchange is bad, `elapsed` into the stretch, at so many requests a second: the share that it
    /// fires on times the chance that the fault makes a good one bad.
    package func impliedBad(
        _ objective: ObjectiveForecast, requestsPerSecond: Double, at elapsed: TimeSpan
    ) -> ClosedRange<Double> {
        guard fault.isActive(at: elapsed) else { return 0...0 }
        let share = min(harmedShare(at: elapsed), 1)
        let bad = badWhenFired(objective, requestsPerSecond, elapsed)
        // Of a connection or a listener nobody knows how many exchanges it carries, and of traffic how much matches.
        guard unit == .exchange else { return 0...1 }
        return (meetsEverything ? bad.lowerBound * share : 0)...(bad.upperBound * share)
    }

    private var meetsEverything: Bool {
        let entry = text.entry
        return entry.when == nil && entry.match == nil && entry.nth == nil && entry.connections == .all && cap == nil
            && entry.zone == nil && entry.endpoint == nil
    }

    private func badWhenFired(
        _ objective: ObjectiveForecast, _ requestsPerSecond: Double, _ elapsed: TimeSpan
    ) -> ClosedRange<Double> {
        switch fault {
        case .latency(let latency): return latency.bad(objective, at: elapsed, of: clock.length)
        case .error(let error): return error.bad(objective)
        case .loseResponse, .malform, .truncate: return 1...1
        case .hang(let hang): return hang.bad(objective, at: elapsed, of: clock.length)
        case .throttle(let throttle):
            guard objective.isBad(status: throttle.answer.status) else { return 0...0 }
            guard case .quota(let refused) = impliedGate(requestsPerSecond: requestsPerSecond, at: elapsed) else {
                return 0...1
            }
            return refused...refused
        case .duplicate, .slowClose: return 0...0
        default: return 0...1
        }
    }
}

extension Latency {
    /// The share of the tail beyond the objective's limit: for `to`, of the target itself.
    fileprivate func bad(
        _ objective: ObjectiveForecast, at elapsed: TimeSpan, of length: TimeSpan
    ) -> ClosedRange<Double> {
        if let target = target(at: elapsed, of: length) {
            let share = target.share { objective.isBad(after: $0) }
            return share...share
        }
        if let times = factor(at: elapsed, of: length) {
            guard let baseline = objective.baseline else { return 0...1 }
            return objective.isBad(after: baseline * times) ? 1...1 : 0...0
        }
        guard let added = added?.frozen(at: elapsed, of: length) else { return 0...1 }
        let least = added.share { objective.isBad(after: (objective.baseline ?? .zero) + $0) }
        // Without a baseline the dependency may be just good enough by itself: any delay then makes it bad.
        let most = objective.baseline == nil && objective.isBad(after: .seconds(86_400)) ? 1 : least
        return least...most
    }
}

extension ErrorFault {
    fileprivate func bad(_ objective: ObjectiveForecast) -> ClosedRange<Double> {
        let share = share { objective.isBad(status: $0) }
        return share...share
    }
}

extension Hang {
    /// A silence that ends is a delay.
    fileprivate func bad(
        _ objective: ObjectiveForecast, at elapsed: TimeSpan, of length: TimeSpan
    ) -> ClosedRange<Double> {
        guard let silence = silence(at: elapsed, of: length) else { return 1...1 }
        return objective.isBad(after: (objective.baseline ?? .zero) + silence) ? 1...1 : 0...1
    }
}

extension Distribution {
    /// The share of draws for which `isBad` holds, to a billionth. What is too long stays too long, so the draws are
    /// searched for the first that is; bad at no latency at all: everything is.
    fileprivate func share(_ isBad: (TimeSpan) -> Bool) -> Double {
        func isBadDraw(_ u: Double) -> Bool { isBad(TimeSpan(seconds: min(quantile(u), Latency.longest))) }
        var (good, bad) = (1e-9, 1 - 1e-9)
        if isBadDraw(good) { return 1 }
        if !isBadDraw(bad) { return 0 }
        while bad - good > 1e-9 {
            let middle = (good + bad) / 2
            if isBadDraw(middle) { bad = middle } else { good = middle }
        }
        return 1 - good
    }
}
