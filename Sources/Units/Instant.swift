// Time as the data path needs it: a count of nanoseconds in one machine word.
// Swift's own Duration is 128 bits wide and costs several times as much to compare.
// `@inlinable`, because all rooms compare and subtract: as calls through the witness table of Comparable they cost
// fifty instructions each.

/// A point on the monotonic clock (CLOCK_MONOTONIC), in nanoseconds.
@usableFromInline package struct Instant: Comparable, Hashable, Sendable, BitwiseCopyable {
    @usableFromInline package var nanoseconds: Int64

    @inlinable package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    @inlinable package static var distantFuture: Instant { Instant(nanoseconds: .max) }
    @inlinable package static var zero: Instant { Instant(nanoseconds: 0) }

    @inlinable package static func == (left: Instant, right: Instant) -> Bool {
        left.nanoseconds == right.nanoseconds
    }

    @inlinable package static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The instant `span` later; saturates at `distantFuture`.
    @inlinable package static func + (instant: Instant, span: TimeSpan) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(span.nanoseconds)
        return overflow ? .distantFuture : Instant(nanoseconds: sum)
    }

    @inlinable package static func - (instant: Instant, span: TimeSpan) -> Instant {
        Instant(nanoseconds: instant.nanoseconds - span.nanoseconds)
    }

    @inlinable package static func - (left: Instant, right: Instant) -> TimeSpan {
        TimeSpan(nanoseconds: left.nanoseconds - right.nanoseconds)
    }
}

/// A length of time in nanoseconds; may be negative.
@usableFromInline package struct TimeSpan: Comparable, Hashable, Sendable, BitwiseCopyable {
    @usableFromInline package var nanoseconds: Int64

    @inlinable package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// A span of `seconds`, rounded to nanoseconds and clamped to what 64 bits hold (292 years).
    package init(seconds: Double) {
        let nanoseconds = (seconds * 1e9).rounded()
        self.nanoseconds = nanoseconds >= 9.2e18 ? .max : nanoseconds <= -9.2e18 ? .min : Int64(nanoseconds)
    }

    @inlinable package static var zero: TimeSpan { TimeSpan(nanoseconds: 0) }
    package static func microseconds(_ count: Int64) -> TimeSpan { TimeSpan(nanoseconds: count * 1_000) }
    package static func milliseconds(_ count: Int64) -> TimeSpan { TimeSpan(nanoseconds: count * 1_000_000) }
    package static func seconds(_ count: Int64) -> TimeSpan { TimeSpan(nanoseconds: count * 1_000_000_000) }
    package static func minutes(_ count: Int64) -> TimeSpan { .seconds(count * 60) }

    package var seconds: Double { Double(nanoseconds) / 1e9 }
    package var milliseconds: Double { Double(nanoseconds) / 1e6 }

    @inlinable package static func == (left: TimeSpan, right: TimeSpan) -> Bool {
        left.nanoseconds == right.nanoseconds
    }
    @inlinable package static func < (left: TimeSpan, right: TimeSpan) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The sum; saturates instead of overflowing.
    @inlinable package static func + (left: TimeSpan, right: TimeSpan) -> TimeSpan {
        let (sum, overflow) = left.nanoseconds.addingReportingOverflow(right.nanoseconds)
        return overflow ? TimeSpan(nanoseconds: left.nanoseconds > 0 ? .max : .min) : TimeSpan(nanoseconds: sum)
    }

    @inlinable package static func - (left: TimeSpan, right: TimeSpan) -> TimeSpan {
        let (difference, overflow) = left.nanoseconds.subtractingReportingOverflow(right.nanoseconds)
        return overflow
            ? TimeSpan(nanoseconds: left.nanoseconds > 0 ? .max : .min) : TimeSpan(nanoseconds: difference)
    }

    @inlinable package static func += (left: inout TimeSpan, right: TimeSpan) { left = left + right }

    package static func * (span: TimeSpan, factor: Double) -> TimeSpan { TimeSpan(seconds: span.seconds * factor) }
    package static func / (span: TimeSpan, divisor: Double) -> TimeSpan { TimeSpan(seconds: span.seconds / divisor) }
}
