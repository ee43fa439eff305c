// Magnitudes that carry their unit in their type. Parsing and printing of their
// written forms ("64KiB", "10MB/s", "30%") is in Quantities+Text.swift.

/// A count of bytes.
package struct ByteCount: Comparable, Hashable, Sendable {
    package var bytes: Int64
    package init(_ bytes: Int64) { self.bytes = bytes }
    package static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
}

/// A throughput in bytes per second.
package struct ByteRate: Comparable, Hashable, Sendable {
    package var bytesPerSecond: Double
    package init(bytesPerSecond: Double) { self.bytesPerSecond = bytesPerSecond }
    package static func < (left: ByteRate, right: ByteRate) -> Bool { left.bytesPerSecond < right.bytesPerSecond }
}

/// Occurrences per second.
package struct EventRate: Comparable, Hashable, Sendable {
    package var perSecond: Double
    package init(perSecond: Double) { self.perSecond = perSecond }
    package static func < (left: EventRate, right: EventRate) -> Bool { left.perSecond < right.perSecond }
}

/// A share of a whole; `fraction` is 0…1 for shares, and may exceed 1 where a percentage may.
package struct Percentage: Comparable, Hashable, Sendable {
    package var fraction: Double
    package init(fraction: Double) { self.fraction = fraction }
    package static func < (left: Percentage, right: Percentage) -> Bool { left.fraction < right.fraction }
}
