// Counts that anybody may read at any time. Each is written by one worker only, so a relaxed load and store
// are enough; readers sum over workers.

import Synchronization

/// A number that one thread changes and any thread reads.
package struct Counter: ~Copyable, Sendable {
    private let number = Atomic<Int>(0)

    package init() {}

    package var value: Int { number.load(ordering: .relaxed) }

    /// Call from the owning worker only.
    func add(_ amount: Int) {
        number.store(number.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    /// Call from the owning worker only.
    func set(_ value: Int) {
        number.store(value, ordering: .relaxed)
    }
}

/// One service on one worker.
package final class ServiceCounters: Sendable {
    /// Callers' connections accepted so far, and open now.
    package let accepted = Counter()
    package let open = Counter()
    /// Exchanges begun and not finished.
    package let inFlight = Counter()
    /// Copies of requests that `duplicate` sent beside the originals.
    package let copies = Counter()
    package let bytesUpstream = Counter()
    package let bytesDownstream = Counter()

    package init() {}
}

/// One service on all workers, as read at one moment.
package struct ServiceCounts: Sendable, Hashable {
    package var accepted = 0
    package var open = 0
    package var inFlight = 0
    package var copies = 0
    package var bytesUpstream = 0
    package var bytesDownstream = 0

    package init() {}

    mutating func add(_ counters: ServiceCounters) {
        accepted += counters.accepted.value
        open += counters.open.value
        inFlight += counters.inFlight.value
        copies += counters.copies.value
        bytesUpstream += counters.bytesUpstream.value
        bytesDownstream += counters.bytesDownstream.value
    }
}

/// One worker.
package final class WorkerCounters: Sendable {
    /// Callers' connections of all services, open now.
    package let openConnections = Counter()
    /// Times that the descriptor table was found full.
    package let exhaustions = Counter()
    /// Bytes held back by faults at the moment.
    package let heldBytes = Counter()
    /// How late the last tick came, in microseconds.
    package let loopLagMicroseconds = Counter()
    /// The version of the plan in force.
    package let planVersion = Counter()
    /// Plans dropped because nobody renewed their lease, or because their time to live was over.
    package let expiredPlans = Counter()
    /// Listeners that could not be made to drop SYNs and hang their connections instead.
    package let blackHoleFallbacks = Counter()

    package init() {}
}
