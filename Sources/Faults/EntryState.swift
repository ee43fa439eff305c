// What outlives a plan: one object per entry NAME, for the whole run. Entries of one name in several phases, and the
// rules of one entry in several services, share it, so that unrelated edits reset no ordinal and no cohort.
//
// Everything is a relaxed atomic: an ordinal must be unique and gapless, nothing more is promised about order.
// Only what an entry rarely has (per-key ordinals, service-wide buckets) stands behind a Lock.

import Synchronization
import Units

/// What an entry counted so far.
package struct EntryCounts: Sendable, Hashable {
    /// Exchanges or connections that took an ordinal.
    package var met: UInt64 = 0
    package var injected: UInt64 = 0
    /// An earlier terminal fault had the exchange.
    package var shadowed: UInt64 = 0
    /// Above `cap` or `limits`.
    package var withheld: UInt64 = 0
    /// The fault could not act: a percentage of a body of unknown length.
    package var inapplicable: UInt64 = 0
    /// Sticky, and without the key: never harmed.
    package var missingKey: UInt64 = 0
    /// Held when the fault ended, and let go at once.
    package var releasedEarly: UInt64 = 0
    /// `latency: to` without enough of a baseline: the quantile was drawn, not measured.
    package var unmeasured: UInt64 = 0
}

/// The shared state of all entries of one name.
package final class EntryState: Sendable {
    /// What is counted outside `takeOrdinal`.
    package enum Event: Sendable {
        case injected, shadowed, withheld, inapplicable, missingKey, releasedEarly, unmeasured
    }

    package let name: String
    private let ordinals = Atomic<UInt64>(0)
    private let injected = Atomic<UInt64>(0)
    private let shadowed = Atomic<UInt64>(0)
    private let withheld = Atomic<UInt64>(0)
    private let inapplicable = Atomic<UInt64>(0)
    private let missingKey = Atomic<UInt64>(0)
    private let releasedEarly = Atomic<UInt64>(0)
    private let unmeasured = Atomic<UInt64>(0)
    private let bites = Atomic<UInt64>(0)
    private let harmedNow = Atomic<Int>(0)
    private let keys = Lock(KeyOrdinals())
    private let buckets = Lock<[String: SharedBucket]>([:])
    private let quotas = Lock<[String: SharedQuota]>([:])
    private let queues = Lock<[String: CapacityQueue]>([:])

    package init(name: String) {
        self.name = name
    }

    /// The next ordinal, from 0: the number of those that met the entry before.
    package func takeOrdinal() -> UInt64 {
        ordinals.add(1, ordering: .relaxed).oldValue
    }

    /// The next ordinal of one sticky key; the 65,536 keys that came last are remembered.
    package func takeOrdinal(ofKey key: UInt64) -> UInt64 {
        keys.withLock { $0.next(key) }
    }

    /// Takes one of `cap` places; false when all are taken.
    package func enter(cap: Int) -> Bool {
        if harmedNow.add(1, ordering: .relaxed).newValue <= cap { return true }
        leave()
        return false
    }

    /// Gives a place back that `enter` took.
    package func leave() { harmedNow.subtract(1, ordering: .relaxed) }

    /// Exchanges that this entry harms at this moment, where it has a cap.
    package var harmed: Int { harmedNow.load(ordering: .relaxed) }

    package func count(_ event: Event) {
        switch event {
        case .injected: injected.add(1, ordering: .relaxed)
        case .shadowed: shadowed.add(1, ordering: .relaxed)
        case .withheld: withheld.add(1, ordering: .relaxed)
        case .inapplicable: inapplicable.add(1, ordering: .relaxed)
        case .missingKey: missingKey.add(1, ordering: .relaxed)
        case .releasedEarly: releasedEarly.add(1, ordering: .relaxed)
        case .unmeasured: unmeasured.add(1, ordering: .relaxed)
        }
    }

    /// Counts as met and injected what has no draw and takes no ordinal: a dropped SYN, a connection into a dark zone.
    package func bite(times: Int = 1) {
        bites.add(UInt64(clamping: times), ordering: .relaxed)
    }

    package var counts: EntryCounts {
        let bites = bites.load(ordering: .relaxed)
        return EntryCounts(
            met: ordinals.load(ordering: .relaxed) &+ bites, injected: injected.load(ordering: .relaxed) &+ bites,
            shadowed: shadowed.load(ordering: .relaxed), withheld: withheld.load(ordering: .relaxed),
            inapplicable: inapplicable.load(ordering: .relaxed), missingKey: missingKey.load(ordering: .relaxed),
            releasedEarly: releasedEarly.load(ordering: .relaxed), unmeasured: unmeasured.load(ordering: .relaxed))
    }

    /// The bucket that all connections to `service` share under this entry.
    package func bucket(service: String) -> SharedBucket {
        buckets.withLock { buckets in
            if let bucket = buckets[service] { return bucket }
            let bucket = SharedBucket()
            buckets[service] = bucket
            return bucket
        }
    }

    /// The quotas of callers of `service` under this entry.
    func quota(service: String) -> SharedQuota {
        quotas.withLock { quotas in
            if let quota = quotas[service] { return quota }
            let quota = SharedQuota()
            quotas[service] = quota
            return quota
        }
    }

    /// The queue before `service` under this entry.
    package func queue(service: String) -> CapacityQueue {
        queues.withLock { queues in
            if let queue = queues[service] { return queue }
            let queue = CapacityQueue()
            queues[service] = queue
            return queue
        }
    }
}
