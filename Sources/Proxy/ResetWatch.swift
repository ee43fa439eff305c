// Counts bytes toward a `reset: {after: 64KiB}`.

import Faults
import Scenario

/// What passed since the order came.
struct ResetWatch {
    private var order: ResetOrder?
    private var left: Int64 = .max

    /// Begins to count anew when the order is another one; an order that stays keeps its count.
    mutating func follow(_ wanted: ResetOrder?) {
        if wanted == order { return }
        order = wanted
        left = wanted?.afterBytes ?? .max
    }

    /// True once the bytes in the order's direction have passed.
    mutating func passed(_ count: Int, _ direction: FaultEntry.Direction) -> Bool {
        guard let order, order.afterBytes != nil, order.direction == direction else { return false }
        left -= Int64(count)
        return left <= 0
    }
}
