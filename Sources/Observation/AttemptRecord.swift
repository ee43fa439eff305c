// What a worker writes down about one exchange or one TCP connection: fixed size, no references, so that writing
// it is a copy into a ring. Names are resolved by the reader (ServiceDirectory).

/// One exchange, or one TCP connection, as the proxy saw it.
package struct AttemptRecord: BitwiseCopyable, Sendable, Hashable {
    package struct Flags: OptionSet, BitwiseCopyable, Sendable, Hashable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// A fault acted.
        package static var injected: Flags { Flags(rawValue: 1) }
        /// The caller's connection had carried an exchange before.
        package static var reusedConnection: Flags { Flags(rawValue: 2) }
        /// A TCP connection rather than an exchange.
        package static var tcp: Flags { Flags(rawValue: 4) }
        /// `askedDelay` and `achievedDelay` may be compared.
        package static var delayMeasured: Flags { Flags(rawValue: 8) }
    }

    /// "Nothing" for `service`, `endpoint`, `phase` and `entry`.
    package static var none: UInt16 { .max }
    /// "Nothing" for `draw`.
    package static var noDraw: UInt64 { .max }

    /// Monotonic nanoseconds at which the head was received (the connection accepted).
    package var startedAt: Int64 = 0
    /// Nanoseconds from there to the last byte sent to the caller.
    package var duration: Int64 = 0
    /// Nanoseconds from the request's way to the dependency to its first byte; -1: none came.
    package var firstByteAfter: Int64 = -1
    /// Nanoseconds that faults asked for, and that were added.
    package var askedDelay: Int64 = 0
    package var achievedDelay: Int64 = 0
    package var bytesUp: UInt64 = 0
    package var bytesDown: UInt64 = 0
    /// The ordinal under `entry`, from which its draws are made.
    package var draw = AttemptRecord.noDraw
    /// Number of the caller's connection on its worker, and of the exchange on it.
    package var connection: UInt32 = 0
    package var ordinal: UInt32 = 0
    package var service: UInt16 = AttemptRecord.none
    package var endpoint: UInt16 = AttemptRecord.none
    package var phase: UInt16 = AttemptRecord.none
    /// The entry that ended the exchange, else the first that acted; where nothing acted, the last that it met and that let
    /// it go. Only with `injected` has the entry done anything.
    package var entry: UInt16 = AttemptRecord.none
    /// The entry that `askedDelay` and `achievedDelay` belong to; none: to `entry`.
    package var delayEntry: UInt16 = AttemptRecord.none
    /// What the caller saw; 0: no status.
    package var status: UInt16 = 0
    package var worker: UInt16 = 0
    package var outcome = Outcome.complete
    package var flags: Flags = []

    package init() {}

    /// The dependency answered an exchange, and no fault had a part in it.
    ///
    /// The flags are asked one by one: a set written as a list would be built anew for every record, 2,000 instructions.
    package var isOrganicAnswer: Bool {
        outcome == .complete && firstByteAfter >= 0 && !flags.contains(.injected) && !flags.contains(.tcp)
    }
}
