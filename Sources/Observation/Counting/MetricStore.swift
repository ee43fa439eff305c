// Everything that is measured during a run, on the control thread. Time is an argument everywhere.
//
//     records ──► open tallies ──every unit──► sliding windows        (abort_if, until, when, steady, progress)
//                                     └──────► pending ──every second──► totals, journal   (expect, report)
//
// An exchange counts in the bucket in which its record is taken in, which is some milliseconds after its end. Memory is
// bounded by what there is to tell apart, never by traffic: a series holds ten minutes of sparse histograms, and only for
// the seconds in which it had traffic.
//
// Turn of the control thread: advance(to:) · consume the records · note gauges and counts · take the second if one is over.

import Scenario
package import Units

/// Measures a run.
package final class MetricStore {
    package internal(set) var directory: ServiceDirectory
    /// Totals up to the last second taken.
    package internal(set) var totals = RunTotals()
    /// The length of a bucket: a second of the script.
    let unit: TimeSpan
    let began: Instant
    private(set) var now: Instant
    var seriesSlots = SeriesSlots()
    var goneServices = GoneNames()
    var goneFaults = GoneNames()
    var openSeries: [OpenSeries] = []
    private var touched: [Int] = []
    var windows: [TieredWindow<WindowTally>] = []
    var history = TieredWindow<HistoryBucket>()
    var openHistory = HistoryBucket()
    var pendingSeries: [SeriesKey: ExchangeTally] = [:]
    var pendingEntries: [Int: EntryTally] = [:]
    private var pendingGauges = Gauges()
    private var lastCounts: [InjectionCounts] = []
    private var lastPhaseOfEntryName: [String: Int] = [:]
    private var droppedRecords: UInt64 = 0
    private var secondBegan: Instant

    package init(directory: ServiceDirectory, unit: TimeSpan = .seconds(1), began: Instant) {
        self.directory = directory
        self.unit = unit
        self.began = began
        now = began
        secondBegan = began
    }

    /// A second of the script at `speed`, but at least 10 ms.
    package static func unit(atSpeed speed: Double) -> TimeSpan {
        max(TimeSpan.seconds(1) / max(speed, 1), .milliseconds(10))
    }

    /// Time goes on: buckets that are over are put away.
    package func advance(to now: Instant) {
        let finished = bucket(at: self.now)
        self.now = max(now, self.now)
        if bucket(at: self.now) > finished { close(bucket: finished) }
    }

    /// Counts exchanges and connections; O(their number).
    package func consume(_ records: Span<AttemptRecord>) {
        // Apart from the store: in place, every access would be checked for overlapping ones, four times a record.
        let directory = directory
        var slots = seriesSlots
        var series = openSeries
        (seriesSlots, openSeries) = (SeriesSlots(), [])
        for index in records.indices {
            let record = records[index]
            guard let slot = slots.slot(of: record, directory) else { continue }
            while series.count <= slot { series.append(OpenSeries()) }
            if series[slot].isEmpty { touched.append(slot) }
            series[slot].add(record)
            if record.flags.contains(.injected) { consumeInjection(record) }
        }
        (seriesSlots, openSeries) = (slots, series)
        while windows.count < series.count { windows.append(TieredWindow()) }
    }

    /// What the gauges show now.
    package func note(_ gauges: Gauges) {
        openHistory.gauges.raise(to: gauges)
        pendingGauges.raise(to: gauges)
    }

    /// Records lost so far, of all rings.
    package func note(droppedRecords: UInt64) {
        self.droppedRecords = droppedRecords
    }

    /// The entries' counters as they stand, by entry number. Entries of one name share one state: what it counted since
    /// the last time goes to those whose phase is live, else to the one that was live last.
    package func note(_ counts: [InjectionCounts]) {
        var seen: Set<String> = []
        for (entry, count) in counts.enumerated() where entry < directory.faults.count {
            guard seen.insert(directory.faults[entry].name).inserted else { continue }
            let difference = count.since(entry < lastCounts.count ? lastCounts[entry] : InjectionCounts())
            if !difference.isZero { attribute(difference, to: entriesInForce(named: directory.faults[entry].name)) }
        }
        lastCounts = counts
    }

    /// What the rule by hand at `number` counted since it was asked last.
    package func note(_ difference: InjectionCounts, ofRule number: Int) {
        if !difference.isZero { attribute(difference, to: [number]) }
    }

    package func phaseBegan(_ phase: Int) {
        totals.phaseBegan(phase, at: now)
        for fault in directory.faults where fault.phase == phase { lastPhaseOfEntryName[fault.name] = phase }
    }

    package func phaseEnded(_ phase: Int) {
        totals.phaseEnded(phase, at: now)
    }

    /// The number of the stage in which `phases` are live together, for the plan's records.
    package func stage(of phases: [Int]) -> UInt16 { directory.stage(of: phases) }

    /// The second since the last one taken, for the journal, once it is over; totals include it from now on.
    package func takeSecond(length: TimeSpan = .seconds(1)) -> Second? {
        now - secondBegan >= length ? takeRest() : nil
    }

    /// What is left since the last second, at the end of the run.
    package func takeRest() -> Second {
        close(bucket: bucket(at: now))
        let second = Second(
            series: pendingSeries.map { Second.Series($0, $1) }.sorted { $0.key.order < $1.key.order },
            injections: pendingEntries.map { Second.Injection($0, $1) }.sorted { $0.entry < $1.entry },
            gauges: pendingGauges, phases: totals.livePhases, droppedRecords: droppedRecords)
        totals.add(second)
        pendingSeries.removeAll(keepingCapacity: true)
        pendingEntries.removeAll(keepingCapacity: true)
        pendingGauges = Gauges()
        secondBegan = now
        return second
    }
}

// MARK: - Buckets and slots

extension MetricStore {
    func bucket(at instant: Instant) -> Int {
        Int((instant - began).nanoseconds / unit.nanoseconds)
    }

    private func close(bucket: Int) {
        for slot in touched {
            windows[slot].append(openSeries[slot].windowTally, at: bucket)
            for (stage, tally) in openSeries[slot].byStage {
                pendingSeries[seriesSlots.key(ofSlot: slot, stage: stage), default: ExchangeTally()].merge(tally)
            }
            openSeries[slot] = OpenSeries()
        }
        touched.removeAll(keepingCapacity: true)
        if openHistory != HistoryBucket() { history.append(openHistory, at: bucket) }
        openHistory = HistoryBucket()
        let now = self.bucket(at: self.now)
        for slot in windows.indices where !windows[slot].isEmpty { windows[slot].advance(to: now) }
    }
}

// MARK: - Entries

extension MetricStore {
    private func consumeInjection(_ record: AttemptRecord) {
        if record.flags.contains(.delayMeasured) {
            let entry = record.delayEntry == AttemptRecord.none ? record.entry : record.delayEntry
            pendingEntries[Int(entry), default: EntryTally()].addDelay(record)
        }
        if record.outcome == .injectedAnswer, record.status > 0 {
            pendingEntries[Int(record.entry), default: EntryTally()].statuses[Int(record.status), default: 0] += 1
        }
    }

    private func attribute(_ counts: InjectionCounts, to entries: [Int]) {
        for entry in entries {
            pendingEntries[entry, default: EntryTally()].counts += counts
            openHistory.injected[entry, default: 0] += Int(counts.injected)
        }
    }

    private func entriesInForce(named name: String) -> [Int] {
        let numbers = directory.faults.indices.filter {
            directory.faults[$0].name == name && directory.faults[$0].phase != nil
        }
        let live = numbers.filter { directory.faults[$0].phase.map(totals.livePhases.contains) ?? false }
        if !live.isEmpty { return live }
        let last = numbers.first { directory.faults[$0].phase == lastPhaseOfEntryName[name] }
        return (last ?? numbers.first).map { [$0] } ?? []
    }
}

extension SeriesKey {
    /// A fixed order for journals.
    fileprivate var order: (Int, Int, Int, Int) { (service, zone ?? -1, stage ?? -1, isReused ? 1 : 0) }
}
