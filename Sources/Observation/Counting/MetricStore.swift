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
    package private(set) var totals = RunTotals()
    /// The length of a bucket: a second of the script.
    let unit: TimeSpan
    let began: Instant
    private(set) var now: Instant
    var openSeries: [OpenSeries]
    private var touched: [Int] = []
    var windows: [TieredWindow<WindowTally>]
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
        let slots = directory.services.count * (directory.zones.count + 1) * 2
        openSeries = Array(repeating: OpenSeries(), count: slots)
        windows = Array(repeating: TieredWindow(), count: slots)
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
        var series = openSeries
        openSeries = []
        for index in records.indices {
            let record = records[index]
            guard let slot = Self.slot(of: record, directory) else { continue }
            if series[slot].isEmpty { touched.append(slot) }
            series[slot].add(record)
            if record.flags.contains(.injected) { consumeInjection(record) }
        }
        openSeries = series
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
            if !difference.isZero { attribute(difference, to: directory.faults[entry].name) }
        }
        lastCounts = counts
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

    /// Adds entries given by hand, after those that the store knows; returns the first one's number.
    package func append(_ faults: [ServiceDirectory.Fault]) -> Int {
        directory.faults += faults
        return directory.faults.count - faults.count
    }

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

    /// The slots of `service`, those of one zone or all, of one age of connections or both.
    func slots(service: Int, zone: Int?, connections: ConnectionAge?) -> [Int] {
        let perService = (directory.zones.count + 1) * 2
        return (0..<perService).filter { slot in
            (zone == nil || zone == slot / 2 - 1) && (connections == nil || (connections == .reused) == (slot % 2 == 1))
        }.map { service * perService + $0 }
    }

    private static func slot(of record: AttemptRecord, _ directory: ServiceDirectory) -> Int? {
        let service = Int(record.service)
        guard service < directory.services.count else { return nil }
        let endpoints = directory.services[service].endpoints
        let zone = Int(record.endpoint) < endpoints.count ? endpoints[Int(record.endpoint)].zone : nil
        let age = record.flags.contains(.reusedConnection) ? 1 : 0
        return (service * (directory.zones.count + 1) + (zone ?? -1) + 1) * 2 + age
    }

    func key(ofSlot slot: Int, stage: UInt16) -> SeriesKey {
        let zones = directory.zones.count + 1
        let zone = slot / 2 % zones - 1
        return SeriesKey(
            service: slot / 2 / zones, zone: zone < 0 ? nil : zone,
            stage: stage == AttemptRecord.none ? nil : Int(stage), isReused: slot % 2 == 1)
    }

    private func close(bucket: Int) {
        for slot in touched {
            windows[slot].append(openSeries[slot].windowTally, at: bucket)
            for (stage, tally) in openSeries[slot].byStage {
                pendingSeries[key(ofSlot: slot, stage: stage), default: ExchangeTally()].merge(tally)
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

    private func attribute(_ counts: InjectionCounts, to name: String) {
        for entry in entriesInForce(named: name) {
            pendingEntries[entry, default: EntryTally()].counts += counts
            openHistory.injected[entry, default: 0] += Int(counts.injected)
        }
    }

    private func entriesInForce(named name: String) -> [Int] {
        let numbers = directory.faults.indices.filter { directory.faults[$0].name == name }
        let live = numbers.filter { directory.faults[$0].phase.map(totals.livePhases.contains) ?? true }
        if !live.isEmpty { return live }
        let last = numbers.first { directory.faults[$0].phase == lastPhaseOfEntryName[name] }
        return (last ?? numbers.first).map { [$0] } ?? []
    }
}

extension SeriesKey {
    /// A fixed order for journals.
    fileprivate var order: (Int, Int, Int, Int) { (service, zone ?? -1, stage ?? -1, isReused ? 1 : 0) }
}
