// What is counted of one fault entry. The counts come from the entry's own counters, which are exact; delays and
// statuses come from records, which name one entry each.

import Units

/// What the proxy counted for an entry so far.
package struct InjectionCounts: Sendable, Hashable, Codable {
    /// Exchanges or connections that took an ordinal.
    package var met: UInt64 = 0
    package var injected: UInt64 = 0
    /// An earlier fault had ended the exchange.
    package var shadowed: UInt64 = 0
    /// Above `cap` or `limits`.
    package var withheld: UInt64 = 0
    /// The fault could not act.
    package var inapplicable: UInt64 = 0
    /// Sticky, and without the key.
    package var missingKey: UInt64 = 0
    /// Held when the fault ended, and let go at once.
    package var releasedEarly: UInt64 = 0
    /// A quantile drawn for want of a baseline.
    package var unmeasured: UInt64 = 0

    package init() {}

    private static let fields: [any WritableKeyPath<InjectionCounts, UInt64> & Sendable] = [
        \.met, \.injected, \.shadowed, \.withheld, \.inapplicable, \.missingKey, \.releasedEarly, \.unmeasured,
    ]

    package static func += (left: inout InjectionCounts, right: InjectionCounts) {
        for field in fields { left[keyPath: field] += right[keyPath: field] }
    }

    /// What was counted since `earlier`.
    package func since(_ earlier: InjectionCounts) -> InjectionCounts {
        var difference = InjectionCounts()
        for field in Self.fields where self[keyPath: field] > earlier[keyPath: field] {
            difference[keyPath: field] = self[keyPath: field] - earlier[keyPath: field]
        }
        return difference
    }

    /// Every count.
    var all: [UInt64] { Self.fields.map { self[keyPath: $0] } }

    var isZero: Bool { self == InjectionCounts() }
}

/// Counts of one entry, with the delays that it asked for and got.
package struct EntryTally: Sendable, Hashable {
    package var counts = InjectionCounts()
    /// What was asked for, and what was added, of the same exchanges: those that waited to the end.
    package var asked = LatencyHistogram()
    package var achieved = LatencyHistogram()
    /// What was asked for where the exchange ended before the delay did: callers give up on the long ones.
    package var cutShort = LatencyHistogram()
    /// Statuses that callers got from it.
    package var statuses: [Int: Int] = [:]

    package init() {}

    mutating func addDelay(_ record: AttemptRecord) {
        let wanted = TimeSpan(nanoseconds: record.askedDelay)
        if record.achievedDelay < record.askedDelay && !record.outcome.isAnswered { return cutShort.record(wanted) }
        asked.record(wanted)
        achieved.record(TimeSpan(nanoseconds: record.achievedDelay))
    }

    /// Every delay that was asked for.
    package var drawn: LatencyHistogram {
        var drawn = asked
        drawn.merge(cutShort)
        return drawn
    }

    mutating func merge(_ other: EntryTally) {
        counts += other.counts
        asked.merge(other.asked)
        achieved.merge(other.achieved)
        cutShort.merge(other.cutShort)
        statuses.merge(other.statuses, uniquingKeysWith: +)
    }
}
