// One second of traffic put away: what the journal writes each second, and what totals are the sum of. A run that is
// rebuilt from its journal adds up the same seconds, so it comes to the same figures.

/// What happened since the second before.
package struct Second: Sendable, Hashable, Codable {
    /// Exchanges of one series.
    package struct Series: Sendable, Hashable, Codable {
        package struct FailureCount: Sendable, Hashable, Codable {
            package var failure: Failure
            package var count: Int
        }

        package var key: SeriesKey
        package var counts: ExchangeCounts
        package var failures: [FailureCount]
        package var latency: SparseHistogram

        init(_ key: SeriesKey, _ tally: ExchangeTally) {
            self.key = key
            counts = tally.counts
            latency = tally.latency.sparse
            failures = tally.failures.map { FailureCount(failure: $0, count: $1) }
                .sorted { ($0.failure.cause, $0.count) < ($1.failure.cause, $1.count) }
        }
    }

    /// What one entry did.
    package struct Injection: Sendable, Hashable, Codable {
        package struct StatusCount: Sendable, Hashable, Codable {
            package var status: Int
            package var count: Int
        }

        /// The entry's number.
        package var entry: Int
        package var counts: InjectionCounts
        package var asked: SparseHistogram
        package var achieved: SparseHistogram
        package var cutShort: SparseHistogram
        package var statuses: [StatusCount]

        init(_ entry: Int, _ tally: EntryTally) {
            self.entry = entry
            counts = tally.counts
            asked = tally.asked.sparse
            achieved = tally.achieved.sparse
            cutShort = tally.cutShort.sparse
            statuses = tally.statuses.map { StatusCount(status: $0, count: $1) }.sorted { $0.status < $1.status }
        }
    }

    package var series: [Series]
    package var injections: [Injection]
    /// The highest seen, for the phases live at its end.
    package var gauges: Gauges
    package var phases: [Int]
    /// Records lost since the beginning, for want of room in a ring.
    package var droppedRecords: UInt64
}

extension ExchangeTally {
    init(_ series: Second.Series) {
        self.init()
        counts = series.counts
        latency.merge(series.latency)
        for item in series.failures { failures[item.failure, default: 0] += item.count }
    }
}

extension EntryTally {
    init(_ injection: Second.Injection) {
        self.init()
        counts = injection.counts
        asked.merge(injection.asked)
        achieved.merge(injection.achieved)
        cutShort.merge(injection.cutShort)
        for item in injection.statuses { statuses[item.status, default: 0] += item.count }
    }
}
