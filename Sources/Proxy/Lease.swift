// The control thread's promise to be there: without it plans end by themselves.

import Synchronization
package import Units

/// Says that the control thread is alive; renewed by it, looked at by all workers.
package final class Lease: Sendable {
    private let deadline = Atomic<Int64>(.max)

    package init() {}

    package func renew(until instant: Instant) {
        deadline.store(instant.nanoseconds, ordering: .relaxed)
    }

    func isOver(at now: Instant) -> Bool { deadline.load(ordering: .relaxed) < now.nanoseconds }
}
