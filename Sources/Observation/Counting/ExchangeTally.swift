// What is counted of a set of exchanges: enough for every figure that a condition or a report asks for.
//
//   success          the caller saw a complete answer under 500, whoever gave it; a TCP connection ended without harm
//   organic          exchanges on which no fault acted
//   failure          what became of those without success: an outcome, or a complete answer of 500 and above

import Units

/// Exact counts of exchanges.
package struct ExchangeCounts: Sendable, Hashable, Codable {
    package var exchanges = 0
    package var succeeded = 0
    package var organic = 0
    package var organicSucceeded = 0
    package var bytesUp: UInt64 = 0
    package var bytesDown: UInt64 = 0

    package init() {}

    @inline(__always)
    mutating func add(_ record: AttemptRecord) {
        let isOrganic = !record.flags.contains(.injected)
        let success = record.isSuccess
        exchanges += 1
        if success { succeeded += 1 }
        if isOrganic { organic += 1 }
        if isOrganic && success { organicSucceeded += 1 }
        bytesUp &+= record.bytesUp
        bytesDown &+= record.bytesDown
    }

    mutating func merge(_ other: ExchangeCounts) {
        exchanges += other.exchanges
        succeeded += other.succeeded
        organic += other.organic
        organicSucceeded += other.organicSucceeded
        bytesUp &+= other.bytesUp
        bytesDown &+= other.bytesDown
    }

    /// The share of exchanges whose caller was served; nil without exchanges.
    package var success: Double? { exchanges == 0 ? nil : Double(succeeded) / Double(exchanges) }

    /// The same among those on which no fault acted.
    package var organicSuccess: Double? { organic == 0 ? nil : Double(organicSucceeded) / Double(organic) }
}

extension AttemptRecord {
    /// Whether the caller was served.
    package var isSuccess: Bool {
        if flags.contains(.tcp) { return outcome.isQuietEnd }
        return outcome.isAnswered && status > 0 && status < 500
    }
}

/// A way in which exchanges failed.
package struct Failure: Sendable, Hashable, Codable {
    /// An outcome's word, or `status 503`.
    package var cause: String
    /// A fault had acted on the exchange, though the end may be somebody else's.
    package var isUnderFault: Bool

    package init(cause: String, isUnderFault: Bool) {
        self.cause = cause
        self.isUnderFault = isUnderFault
    }

    init(_ record: AttemptRecord) {
        let isAnswer = record.outcome.isAnswered && record.status >= 500
        cause = isAnswer ? "status \(record.status)" : record.outcome.word
        isUnderFault = record.flags.contains(.injected)
    }
}

/// Counts, failures and durations of a set of exchanges.
package struct ExchangeTally: Sendable, Hashable {
    package var counts = ExchangeCounts()
    package var failures: [Failure: Int] = [:]
    /// Head received to last byte sent, injected delay included; given-up exchanges count with the time they waited.
    package var latency = LatencyHistogram()

    package init() {}

    @inline(__always)
    mutating func add(_ record: AttemptRecord) {
        counts.add(record)
        latency.record(TimeSpan(nanoseconds: record.duration))
        if !record.isSuccess { failures[Failure(record), default: 0] += 1 }
    }

    mutating func merge(_ other: ExchangeTally) {
        counts.merge(other.counts)
        latency.merge(other.latency)
        failures.merge(other.failures, uniquingKeysWith: +)
    }
}
