// What a run has to say at its end: a value that is printed, written as JSON, and kept in the journal. Times are seconds,
// shares are fractions; names of fields are part of the contract with whoever reads the JSON.

import Units

/// PASS, FAIL, or not decided.
package enum Verdict: String, Sendable, Hashable, Codable {
    case pass = "PASS"
    case fail = "FAIL"
    case inconclusive = "INCONCLUSIVE"
}

/// Durations in seconds; nil without samples.
package struct LatencyReport: Sendable, Hashable, Codable {
    package var samples: Int
    package var p50: Double?
    package var p90: Double?
    package var p99: Double?
    package var p999: Double?
    package var max: Double?
    package var mean: Double?

    package init(_ histogram: LatencyHistogram) {
        samples = histogram.count
        p50 = histogram.quantile(0.5)?.seconds
        p90 = histogram.quantile(0.9)?.seconds
        p99 = histogram.quantile(0.99)?.seconds
        p999 = histogram.quantile(0.999)?.seconds
        max = histogram.max?.seconds
        mean = histogram.mean?.seconds
    }
}

/// Traffic of one service, in one phase or the whole run.
package struct TrafficReport: Sendable, Hashable, Codable {
    package var service: String
    package var requests: Int
    package var success: Double?
    package var organicSuccess: Double?
    package var ratePerSecond: Double?
    package var latency: LatencyReport
    package var bytesUp: UInt64
    package var bytesDown: UInt64
}

/// One phase, all its passes together.
package struct PhaseReport: Sendable, Hashable, Codable {
    package var name: String
    package var state: PhaseState
    /// As the script says it.
    package var plannedSeconds: Double
    /// As it was, in real time.
    package var measuredSeconds: Double
    package var services: [TrafficReport]
}

/// One fault entry.
package struct FaultReport: Sendable, Hashable, Codable {
    /// Whether it did anything.
    package enum Bite: String, Sendable, Hashable, Codable {
        case bit
        case neverBit = "never bit"
        /// It never bit, and need not.
        case optional = "never bit (optional)"
        /// What it does cannot be seen from here.
        case unseen = "cannot be seen"
        case notPlayed = "not played"
    }

    package var name: String
    package var phase: String?
    package var kind: String
    package var place: String
    package var bite: Bite
    package var counts: InjectionCounts
    /// Delays asked for, and delays added, of the same exchanges: those that waited to the end.
    package var asked: LatencyReport
    package var achieved: LatencyReport
    /// Every delay asked for; callers give up on the long ones.
    package var drawn: LatencyReport
    /// How many ended before their delay did.
    package var cutShort: Int
    /// Statuses that callers got from it.
    package var statuses: [String: Int]
}

/// One thing that was expected.
package struct ExpectationReport: Sendable, Hashable, Codable {
    package struct Measured: Sendable, Hashable, Codable {
        package var metric: String
        /// In the metric's base unit; nil: unknown.
        package var value: Double?
        /// With its unit.
        package var text: String
        package var samples: Int
    }

    package var name: String
    package var phase: String?
    package var condition: String
    package var verdict: Verdict
    package var measured: [Measured]
    /// Why it is not decided.
    package var reason: String?
    /// The line of the scenario's file on which it stands.
    package var line: Int?
}

/// Exchanges that failed in one way.
package struct FailureReport: Sendable, Hashable, Codable {
    package var service: String
    package var cause: String
    package var count: Int
    /// A fault had acted on these exchanges before.
    package var isUnderFault: Bool
}

/// The report of a run.
package struct RunReport: Sendable, Hashable, Codable {
    /// Of this layout.
    package var format = 1
    package var scenario: String
    /// The file that it came from, as it was named.
    package var file: String?
    package var scenarioHash: String
    /// In decimal; too large for the numbers of some JSON readers.
    package var seed: String
    package var speed: Double
    package var version: String
    /// ISO 8601, UTC.
    package var startedAt: String
    package var measuredSeconds: Double
    package var ending: RunEnding
    package var phases: [PhaseReport]
    package var services: [TrafficReport]
    package var faults: [FaultReport]
    package var expectations: [ExpectationReport]
    package var gates: [RunFacts.GateCourse]
    package var trippedGuard: RunFacts.TrippedGuard?
    /// Failures on which no fault had acted, and those of exchanges on which one had.
    package var failures: [FailureReport]
    package var droppedRecords: UInt64
    package var lostJournalLines: Int
    package var notes: [String]
    package var verdict: Verdict
    /// Why the verdict is what it is; empty for PASS.
    package var reasons: [String]
    /// Of the command run beside it.
    package var commandCode: Int?
}
