// `nth` with `sticky` counts per key. Keys come from the callers, so their number is bounded: a ring remembers in which
// order they first came, and the oldest goes when a new one needs room. A key that comes back after that starts at zero.

/// How often each of the latest sticky keys came.
struct KeyOrdinals: Sendable {
    static let capacity = 65_536

    private var ordinals: [UInt64: UInt64] = [:]
    private var arrivals: [UInt64] = []
    private var oldest = 0

    /// How often `key` came before; O(1).
    mutating func next(_ key: UInt64) -> UInt64 {
        if let ordinal = ordinals[key] {
            ordinals[key] = ordinal + 1
            return ordinal
        }
        remember(key)
        return 0
    }

    private mutating func remember(_ key: UInt64) {
        ordinals[key] = 1
        guard arrivals.count == Self.capacity else { return arrivals.append(key) }
        ordinals[arrivals[oldest]] = nil
        arrivals[oldest] = key
        oldest = (oldest + 1) % Self.capacity
    }
}
