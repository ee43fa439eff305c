// What conditions ask for (SCENARIO-LANGUAGE.md, "Conditions"):
//
//   with a window       sliding buckets up to now; at least the window, at most one bucket more
//   without             totals of the scope: a phase, or the whole run
//
//   success, organic.success, error_rate    shares of exchanges; unknown without any
//   rate                exchanges per second; silence for a whole window is a rate of zero, not unknown
//   p50 … p999, max     head received to last byte sent, in seconds
//   in_flight, connections, loop_lag        the highest seen; of a service as a whole, not of its zones
//   injected(x)         a count: without a window since the beginning of the scope
//
// A window in an `expect` means the last such window of its phase: ask while the phase is ending.

package import Scenario
package import Units

/// The age of the connection that a condition asks about.
package typealias ConnectionAge = Comparison.ConnectionAge

/// What a condition without a window is about.
package enum MetricScope: Sendable, Hashable {
    case run
    /// By number.
    case phase(Int)
}

extension MetricStore: ConditionSource {
    package func measure(_ metric: Metric, window: TimeSpan?, connections: ConnectionAge?) -> Measurement? {
        MetricView(store: self, scope: .run).measure(metric, window: window, connections: connections)
    }

    /// Darkness is the director's knowledge, not a measurement.
    package func isDark(zone: String) -> Bool { false }
    package func isOver(phase: String) -> Bool { false }

    /// The store as seen by a condition that covers `scope`.
    package func view(of scope: MetricScope) -> MetricView { MetricView(store: self, scope: scope) }
}

/// The measurements of one scope.
package struct MetricView: ConditionSource {
    let store: MetricStore
    let scope: MetricScope

    package func measure(_ metric: Metric, window: TimeSpan?, connections: ConnectionAge?) -> Measurement? {
        switch metric {
        case .service(let service, let zone, let name):
            Selection(store.directory, service: service, zone: zone, connections: connections)
                .flatMap { measure(name, $0, window) }
        case .injected(let name): injected(name, window)
        case .loopLag: gauges(window).loopLag.map { Measurement(value: $0, samples: 1) }
        }
    }

    package func isDark(zone: String) -> Bool { false }
    package func isOver(phase: String) -> Bool { false }

    // MARK: Exchanges

    private func measure(_ name: MetricName, _ selection: Selection, _ window: TimeSpan?) -> Measurement? {
        switch name {
        case .inFlight: gauge(selection, window, \.inFlight)
        case .connections: gauge(selection, window, \.connections)
        case .rate: rate(selection, window)
        default: tally(selection, window).measure(name)
        }
    }

    private func rate(_ selection: Selection, _ window: TimeSpan?) -> Measurement? {
        let count = tally(selection, window).counts.exchanges
        let length = observed(window)
        let knowsSilence = window.map { store.now - store.began >= $0 } ?? false
        guard length > .zero, count > 0 || knowsSilence else { return nil }
        return Measurement(value: Double(count) / length.seconds, samples: count)
    }

    /// How much time the figures cover.
    private func observed(_ window: TimeSpan?) -> TimeSpan {
        guard let window else {
            switch scope {
            case .run: return store.now - store.began
            case .phase(let phase): return store.totals.length(ofPhase: phase, at: store.now)
            }
        }
        let start = store.began + store.unit * Double(store.firstBucket(of: window))
        return store.now - max(start, store.began)
    }

    private func tally(_ selection: Selection, _ window: TimeSpan?) -> ExchangeTally {
        guard let window else { return store.total(selection, in: scope) }
        return store.recent(selection, window)
    }

    // MARK: Gauges and injections

    private func gauge(
        _ selection: Selection, _ window: TimeSpan?, _ field: KeyPath<ServiceGauges, Int>
    ) -> Measurement? {
        let services = gauges(window).services
        guard selection.zone == nil, selection.service < services.count else { return nil }
        return Measurement(value: Double(services[selection.service][keyPath: field]), samples: 1)
    }

    private func gauges(_ window: TimeSpan?) -> Gauges {
        if let window { return store.recentHistory(window).gauges }
        var gauges = store.openHistory.gauges
        switch scope {
        case .run: gauges.raise(to: store.totals.gauges)
        case .phase(let phase): gauges.raise(to: store.totals.phaseGauges[phase] ?? Gauges())
        }
        return gauges
    }

    private func injected(_ name: String, _ window: TimeSpan?) -> Measurement? {
        let entries = store.directory.entries(named: name, in: scope)
        if entries.isEmpty { return nil }
        let count = window.map { store.recentInjections(entries, $0) } ?? store.totalInjections(entries)
        return Measurement(value: Double(count), samples: count)
    }
}

/// The series that a metric is about.
struct Selection {
    let service: Int
    let zone: Int?
    let connections: ConnectionAge?

    init?(_ directory: ServiceDirectory, service: String, zone: String?, connections: ConnectionAge?) {
        guard let service = directory.services.firstIndex(where: { $0.name == service }) else { return nil }
        self.service = service
        self.zone = zone.flatMap { directory.zones.firstIndex(of: $0) }
        self.connections = connections
        if zone != nil && self.zone == nil { return nil }
    }

    /// All of a service.
    init(service: Int) {
        self.service = service
        zone = nil
        connections = nil
    }

    func includes(_ key: SeriesKey) -> Bool {
        key.service == service && (zone == nil || key.zone == zone)
            && (connections == nil || (connections == .reused) == key.isReused)
    }
}

// MARK: - Sums

extension MetricStore {
    /// The first bucket that a window ending now reaches into; windows longer than what is kept are cut to it.
    func firstBucket(of window: TimeSpan) -> Int {
        let length = min((window.seconds / unit.seconds).rounded(.up), Double(TieredWindow<WindowTally>.length))
        return bucket(at: now) - Int(length)
    }

    func recent(_ selection: Selection, _ window: TimeSpan) -> ExchangeTally {
        var sum = ExchangeTally()
        let first = firstBucket(of: window)
        for slot in seriesSlots.slots(of: selection) where slot < windows.count {
            windows[slot].forEach(from: first) { sum.merge($0) }
            for (_, tally) in openSeries[slot].byStage { sum.merge(tally) }
        }
        return sum
    }

    func total(_ selection: Selection, in scope: MetricScope) -> ExchangeTally {
        let isIncluded = { (key: SeriesKey) in selection.includes(key) && self.directory.isIn(scope, stage: key.stage) }
        var sum = totals.sum(where: isIncluded)
        for (key, tally) in pendingSeries where isIncluded(key) { sum.merge(tally) }
        for slot in seriesSlots.slots(of: selection) where slot < openSeries.count {
            for (stage, tally) in openSeries[slot].byStage
            where isIncluded(seriesSlots.key(ofSlot: slot, stage: stage)) {
                sum.merge(tally)
            }
        }
        return sum
    }

    func recentHistory(_ window: TimeSpan) -> HistoryBucket {
        var sum = openHistory
        history.forEach(from: firstBucket(of: window)) { sum.merge($0) }
        return sum
    }

    func recentInjections(_ entries: [Int], _ window: TimeSpan) -> Int {
        let injected = recentHistory(window).injected
        return entries.reduce(0) { $0 + (injected[$1] ?? 0) }
    }

    func totalInjections(_ entries: [Int]) -> Int {
        entries.reduce(0) { sum, entry in
            sum + Int(totals.entries[entry]?.counts.injected ?? 0) + Int(pendingEntries[entry]?.counts.injected ?? 0)
        }
    }
}

extension ServiceDirectory {
    func isIn(_ scope: MetricScope, stage: Int?) -> Bool {
        switch scope {
        case .run: true
        case .phase(let phase): phases(ofStage: stage).contains(phase)
        }
    }

    /// Entries called `name`, or those of the phase of that name; in a phase's scope, those of the phase.
    func entries(named name: String, in scope: MetricScope) -> [Int] {
        let phase = phase(named: name)
        return faults.indices.filter { index in
            let isMeant = faults[index].name == name || (phase != nil && faults[index].phase == phase)
            guard case .phase(let covered) = scope else { return isMeant }
            return isMeant && faults[index].phase == covered
        }
    }
}

extension ExchangeTally {
    mutating func merge(_ window: WindowTally) {
        counts.merge(window.counts)
        latency.merge(window.latency)
    }

    /// The metric as these exchanges have it; nil without any, and for what is not about exchanges.
    func measure(_ name: MetricName) -> Measurement? {
        let organic = counts.organicSuccess.map { Measurement(value: $0, samples: counts.organic) }
        let value: Double? =
            switch name {
            case .success: counts.success
            case .errorRate: counts.success.map { 1 - $0 }
            case .p50: quantile(0.5)
            case .p90: quantile(0.9)
            case .p95: quantile(0.95)
            case .p99: quantile(0.99)
            case .p999: quantile(0.999)
            case .max: latency.max?.seconds
            default: nil
            }
        return name == .organicSuccess ? organic : value.map { Measurement(value: $0, samples: counts.exchanges) }
    }

    private func quantile(_ probability: Double) -> Double? { latency.quantile(probability)?.seconds }
}
