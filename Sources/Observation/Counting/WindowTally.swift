// What the store keeps of a bucket: while it is open by stage and with a full histogram, for a window in sparse form.

/// A series' exchanges since the bucket began.
struct OpenSeries {
    /// Nearly always one: exchanges of an earlier stage end in a later one only at its beginning.
    private(set) var byStage: [(stage: UInt16, tally: ExchangeTally)] = []

    var isEmpty: Bool { byStage.isEmpty }

    mutating func add(_ record: AttemptRecord) {
        for index in byStage.indices where byStage[index].stage == record.phase {
            byStage[index].tally.add(record)
            return
        }
        byStage.append((record.phase, ExchangeTally()))
        byStage[byStage.count - 1].tally.add(record)
    }

    var windowTally: WindowTally {
        var tally = WindowTally()
        for (_, part) in byStage { tally.merge(WindowTally(counts: part.counts, latency: part.latency.sparse)) }
        return tally
    }
}

/// A series' exchanges in one bucket of a window.
struct WindowTally: Mergeable, Sendable {
    var counts = ExchangeCounts()
    var latency = SparseHistogram()

    mutating func merge(_ other: WindowTally) {
        counts.merge(other.counts)
        latency.merge(other.latency)
    }
}

/// Gauges and injections in one bucket.
struct HistoryBucket: Mergeable, Sendable, Equatable {
    var gauges = Gauges()
    /// By entry number.
    var injected: [Int: Int] = [:]

    mutating func merge(_ other: HistoryBucket) {
        gauges.raise(to: other.gauges)
        injected.merge(other.injected, uniquingKeysWith: +)
    }
}
