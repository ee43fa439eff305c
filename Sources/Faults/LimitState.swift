// The blast radius at run time. `limits.share` is the most traffic of a service that may be harmed over any 10 s: an
// injection that would exceed it is withheld. The promise is kept from the first exchange on: with a limit of 25 %
// three must pass before one may be harmed. `limits.concurrent` counts over all services.
//
// Exchanges and connections are counted apart: they are different units.

import Synchronization
import Units

/// What is harmed: `share` counts each kind against its own traffic.
package enum HarmUnit: Sendable { case exchange, connection }

/// `limits.concurrent`: one for the whole run.
package final class ConcurrentHarm: Sendable {
    private let most: Int
    private let harmed = Atomic<Int>(0)

    package init(most: Int) {
        self.most = most
    }

    /// How many hold a place now.
    package var count: Int { harmed.load(ordering: .relaxed) }

    func enter() -> Bool {
        if harmed.add(1, ordering: .relaxed).newValue <= most { return true }
        leave()
        return false
    }

    func leave() { harmed.subtract(1, ordering: .relaxed) }
}

/// The limits of one service; outlives plans.
package final class LimitState: Sendable {
    private let share: Double?
    private let concurrent: ConcurrentHarm?
    private let windows = Lock((exchanges: HarmWindow(), connections: HarmWindow()))

    /// `share` is a fraction; nil: no limit of that kind.
    package init(share: Double?, concurrent: ConcurrentHarm? = nil) {
        self.share = share
        self.concurrent = concurrent
    }

    /// Counts traffic, harmed or not. The chain does this for each exchange and each connection that is new to it.
    func meet(_ unit: HarmUnit, now: Instant) {
        guard share != nil else { return }
        windows.withLock { windows in
            switch unit {
            case .exchange: windows.exchanges.meet(now)
            case .connection: windows.connections.meet(now)
            }
        }
    }

    /// Whether one more may be harmed; if so it is counted and holds a place until `leave`.
    func admit(_ unit: HarmUnit, now: Instant) -> Bool {
        if let concurrent, !concurrent.enter() { return false }
        if withinShare(unit, now) { return true }
        concurrent?.leave()
        return false
    }

    /// Gives back what `admit` granted.
    func leave() { concurrent?.leave() }

    private func withinShare(_ unit: HarmUnit, _ now: Instant) -> Bool {
        guard let share else { return true }
        return windows.withLock { windows in
            switch unit {
            case .exchange: windows.exchanges.harm(now, share: share)
            case .connection: windows.connections.harm(now, share: share)
            }
        }
    }
}

/// Traffic and harm of the last 10 s, in buckets of one second.
struct HarmWindow: Sendable {
    private static let seconds: Int64 = 10

    private struct Bucket: Sendable {
        var second: Int64 = .min
        var met = 0
        var harmed = 0
    }

    private var buckets = [Bucket](repeating: Bucket(), count: Int(seconds))

    mutating func meet(_ now: Instant) {
        buckets[slot(now)].met += 1
    }

    /// Counts one more harmed if the harmed share stays within `share`.
    mutating func harm(_ now: Instant, share: Double) -> Bool {
        let slot = slot(now)
        let oldest = buckets[slot].second - Self.seconds
        var met = 0
        var harmed = 1
        for bucket in buckets where bucket.second > oldest {
            met += bucket.met
            harmed += bucket.harmed
        }
        guard Double(harmed) <= share * Double(met) else { return false }
        buckets[slot].harmed += 1
        return true
    }

    /// The bucket of `now`'s second, emptied if it was another second's.
    private mutating func slot(_ now: Instant) -> Int {
        let second = now.nanoseconds / 1_000_000_000
        let slot = Int(second.magnitude % UInt64(Self.seconds))
        if buckets[slot].second != second { buckets[slot] = Bucket(second: second) }
        return slot
    }
}
