// How many callers may be connected at once, over all workers: never so many that one of them would find no descriptor for
// its dependency. Callers beyond that wait in the kernel's queue, as behind any busy server, and are let in as others leave.
// Without it a crowd of callers would take the whole table, and every one of them would be answered 502.

import EventLoop
import Synchronization

/// Counts callers, in and out.
final class CallerRoom: Sendable {
    /// For what is opened besides: listeners that come later, the control plane and who talks to it, files, resolvers.
    private static let reserve = 64

    let most: Int
    private let inside = Atomic<Int>(0)

    init(most: Int) {
        self.most = most
    }

    /// What the table leaves for pairs of a caller and its dependency, from now on.
    convenience init() {
        self.init(most: max((DescriptorTable.size - DescriptorTable.taken - Self.reserve) / 2, 1))
    }

    /// Two workers that ask at once may both be told so: the reserve is there for more than that.
    var hasPlace: Bool { inside.load(ordering: .relaxed) < most }

    func enter() { inside.add(1, ordering: .relaxed) }

    func leave() { inside.subtract(1, ordering: .relaxed) }
}

extension Worker {
    /// The descriptor table (or another table of the system) is full: counted, and tried again when a session ends, or at
    /// the next tick.
    func noteExhaustion(_ error: SystemError) {
        if error.isOutOfResources { counters.exhaustions.add(1) }
    }
}
