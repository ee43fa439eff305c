// The queue of a capacity entry as all workers share it: the pure queue behind a Lock, touched only by exchanges under
// that entry. Turns that come while one worker holds the lock may be those of another's exchanges: they are handed out as
// values (owner and number, never a pointer) to whoever looks, and that worker passes them on.

import Synchronization
package import Units

/// One queue, for one entry name and service.
package final class CapacityQueue: Sendable {
    private let queue = Lock(ServiceQueue())

    package init() {}

    /// Turns that came, and when to look again.
    package struct Turns: Sendable {
        package var grants: [ServiceQueue.Grant]
        /// `distantFuture`: nobody waits.
        package var next: Instant
    }

    func arrive(owner: UInt64, draw: Double, now: Instant, terms: ServiceQueue.Terms) -> ServiceQueue.Arrival {
        queue.withLock { $0.arrive(owner: owner, draw: draw, now: now, terms: terms) }
    }

    /// Every turn that is due by `now`, once.
    package func turns(at now: Instant) -> Turns {
        queue.withLock { queue in
            queue.advance(to: now)
            return Turns(grants: queue.takeGrants(), next: queue.nextTurn)
        }
    }

    /// The work of one that left is dropped.
    package func leave(_ id: UInt64, at now: Instant) { queue.withLock { $0.leave(id, now: now) } }

    /// The fault is over: everything queued starts.
    package func open() { queue.withLock { $0.open() } }

    /// How many wait, and how many servers work.
    package var load: (waiting: Int, busy: Int) { queue.withLock { ($0.waiting, $0.busyServers) } }
}

/// The place of one exchange in a queue: its server, or its turn to come.
package struct QueuePlace: Sendable {
    package let queue: CapacityQueue
    package let id: UInt64
    package let arrived: Instant
    /// When its service ends; nil: it waits for its turn.
    package internal(set) var ends: Instant?
    /// Its work is dropped when the caller leaves.
    package let isDropped: Bool
    /// Index in the plan's fired list.
    let place: Int
}

extension ExchangePlan {
    /// The exchange's turn has come; false when the grant is not its own.
    package mutating func begin(_ grant: ServiceQueue.Grant) -> Bool {
        guard var own = queuePlace, own.id == grant.id, own.ends == nil else { return false }
        own.ends = grant.ends
        fired[own.place].asked += grant.ends - own.arrived
        queuePlace = own
        return true
    }

    /// The queue is no more: what it asked for is not asked for any more.
    package mutating func leaveQueue() {
        guard let own = queuePlace else { return }
        fired[own.place].asked = .zero
        queuePlace = nil
    }

    /// The entry that queues the exchange.
    package var queueEntry: UInt16? { queuePlace.map { fired[$0.place].entry } }
}

extension Chain {
    /// Whether one of the rules still works with this queue.
    package func feeds(_ queue: CapacityQueue) -> Bool {
        exchangeRules.contains { rule in
            if case .capacity(let capacity) = rule.fault { capacity.queue === queue } else { false }
        }
    }
}
