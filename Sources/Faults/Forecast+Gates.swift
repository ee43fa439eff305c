// What quotas and queues mean for traffic of a given rate, before it comes: for `brownout plan`. Arrivals are taken as
// random (Poisson); waits are those of Erlang's model, exact for exponential service times and close for most others.

import Foundation
package import Units

/// A queue at a given rate.
package struct ImpliedQueue: Sendable, Hashable {
    /// Offered work per server; 1 is all that they can do.
    package var load: Double
    package var servers: Int
    /// The share that waits.
    package var waits: Double
    /// Of all that are served, those that begin at once included.
    package var meanWait: TimeSpan
    /// The share that finds neither server nor place.
    package var turnedAway: Double
}

/// What a gate implies.
package enum ImpliedGate: Sendable, Hashable {
    /// The share above the quota.
    case quota(refused: Double)
    /// A quota per caller, whose number nobody knows.
    case callers(limit: Double)
    case queue(ImpliedQueue)
}

extension Rule {
    /// What a throttle or a capacity implies `elapsed` into its stretch; nil for other faults.
    package func impliedGate(requestsPerSecond: Double, at elapsed: TimeSpan) -> ImpliedGate? {
        let rate = requestsPerSecond * harmedShare(at: elapsed)
        switch fault {
        case .throttle(let throttle):
            let limit = throttle.limit.value(at: elapsed, of: clock.length)
            return throttle.isShared ? .quota(refused: max(0, 1 - limit / max(rate, 1e-9))) : .callers(limit: limit)
        case .capacity(let capacity):
            return .queue(capacity.implied(requestsPerSecond: rate, at: elapsed, of: clock.length))
        default: return nil
        }
    }

    /// The share of what fires that a quota refuses, over the stretch; 1 for other faults.
    package func refusedShare(requestsPerSecond: Double) -> Double {
        guard case .throttle = fault else { return 1 }
        let shares = (0..<100).map { step -> Double in
            let gate = impliedGate(
                requestsPerSecond: requestsPerSecond, at: clock.length * ((Double(step) + 0.5) / 100))
            if case .quota(let refused) = gate { return refused }
            return 1
        }
        return shares.reduce(0, +) / Double(shares.count)
    }
}

extension Capacity {
    func implied(requestsPerSecond: Double, at elapsed: TimeSpan, of length: TimeSpan) -> ImpliedQueue {
        let servers = max(Int(wholeCount(servers.value(at: elapsed, of: length).rounded())), 1)
        let places = Int(wholeCount(places.value(at: elapsed, of: length).rounded()))
        let service = serviceTime.frozen(at: elapsed, of: length).mean
        let offered = requestsPerSecond * service
        let model = QueueModel(servers: servers, places: places, offered: offered)
        return ImpliedQueue(
            load: offered / Double(servers), servers: servers, waits: model.waits,
            meanWait: TimeSpan(seconds: model.meanWait * service), turnedAway: model.turnedAway)
    }
}

/// The queue M/M/c/K in its steady state: without places it is Erlang B, with many Erlang C.
struct QueueModel {
    /// The share of arrivals that waits.
    let waits: Double
    /// In service times, over those that are let in.
    let meanWait: Double
    let turnedAway: Double

    /// `offered` is arrivals per service time.
    init(servers: Int, places: Int, offered: Double) {
        // Weights of the numbers in the system, scaled down together before they overflow.
        var (weight, sum, waiting, line) = (1.0, 1.0, 0.0, 0.0)
        for number in 1...servers + places {
            weight *= offered / Double(min(number, servers))
            sum += weight
            if number >= servers { waiting += weight }
            line += weight * Double(max(number - servers, 0))
            if sum > 1e200 {
                (weight, sum, waiting, line) = (weight * 1e-200, sum * 1e-200, waiting * 1e-200, line * 1e-200)
            }
        }
        turnedAway = weight / sum
        waits = max((waiting - weight) / sum, 0)
        let admitted = offered * (1 - turnedAway)
        meanWait = admitted > 0 ? line / sum / admitted : 0
    }
}

extension Distribution {
    /// The mean up to a day, by the quantile function at a thousand points.
    var mean: Double {
        (0..<1_000).reduce(0) { $0 + min(quantile((Double($1) + 0.5) / 1_000), Latency.longest) } / 1_000
    }
}
