// The stage of real runs: workers to post to, their rings and counters to look at, and the books that figures go into.
//
//      rings ──► translated ──► store ──► conditions, progress, report        counters, entry states ──► store
//                          ├──► baselines (latency: to) └──► access log
//                          └──► readers: whoever counts over the life of the process

package import Faults
package import Observation
package import Proxy
package import Scenario
package import Units

/// Somebody who wants to see every record.
package protocol RecordReader: AnyObject {
    /// The numbers of `records` are those of `directory`. Called on the control thread, in the order of the rings.
    func take(_ records: Span<AttemptRecord>, _ directory: ServiceDirectory)
}

/// Connects a director to a running proxy.
package final class LiveStage: Stage {
    package let recorder: RunRecorder
    private let server: ProxyServer
    private let desk: PlanDesk
    private let entries: EntryTable
    private let accessLog: AccessLog?
    private var readers: [any RecordReader]
    private let operatorLog: OperatorLog
    private var baselines = BaselineCollector()
    /// Whether anything may ask for a baseline: it costs a little with every exchange.
    private var keepsBaselines: Bool
    private var numbers = BookNumbers()
    private var translated: [AttemptRecord] = []

    package init(
        _ server: ProxyServer, _ production: Production, desk: PlanDesk, recorder: RunRecorder,
        accessLog: AccessLog? = nil, readers: [any RecordReader] = []
    ) {
        self.server = server
        self.desk = desk
        self.recorder = recorder
        self.accessLog = accessLog
        self.readers = readers
        entries = production.entries
        keepsBaselines = !readers.isEmpty || production.entries.entries.contains { $0.fault["to"] != nil }
        operatorLog = OperatorLog(server)
        followDesk()
    }

    var store: MetricStore { recorder.store }

    /// From now on `reader` sees every record, and rules may come by hand: any of them may want a baseline.
    package func open(to reader: any RecordReader) {
        readers.append(reader)
        keepsBaselines = true
    }

    package func post(_ plan: Plan) { server.post(plan) }
    package func renewLease(until deadline: Instant) { server.lease.renew(until: deadline) }

    package var droppedPlans: Int { server.droppedPlans }

    package func collect(at now: Instant) {
        store.advance(to: now)
        followDesk()
        takeRecords()
        accessLog?.flush(store.directory)
        store.note(droppedRecords: server.droppedRecords)
        store.note(gauges)
        store.note(entries.states.map { InjectionCounts($0.counts) })
        for note in operatorLog.look(at: now) { recorder.record(.note(text: note), at: now) }
        recorder.tick(at: now)
    }

    package func followDesk() {
        for service in numbers.follow(desk, store) { baselines.forget(service: service) }
    }

    /// A number is free when no worker uses it and its last records are taken in.
    private func takeRecords() {
        let departed = server.departed
        for ring in server.rings {
            ring.drain { records in
                if numbers.areTheBooks { take(records) } else { translate(records) }
            }
        }
        guard !departed.isEmpty else { return }
        server.release(departed)
        for number in departed { desk.services.release(number) }
        followDesk()
    }

    private func translate(_ records: Span<AttemptRecord>) {
        translated.removeAll(keepingCapacity: true)
        for index in records.indices { translated.append(numbers.translated(records[index])) }
        let batch = translated
        take(batch.span)
    }

    private func take(_ records: Span<AttemptRecord>) {
        store.consume(records)
        if keepsBaselines { baselines.take(records) }
        accessLog?.consume(records)
        for reader in readers { reader.take(records, store.directory) }
    }

    package var traffic: any ConditionSource { store }

    package func baseline(service: Int) -> Baseline? {
        numbers.service(service).flatMap { baselines.baseline(service: $0) }
    }

    package func note(isQuiet: Bool, service: Int) {
        guard desk.services[service]?.isLeaving == false, let service = numbers.service(service) else { return }
        baselines.note(isQuiet: isQuiet, service: service)
    }

    package func recordNumber(ofPhases phases: [Int]) -> UInt16 { store.stage(of: phases) }

    /// What is open now, and how late the slowest worker is.
    private var gauges: Gauges {
        var services = store.directory.services.map { _ in ServiceGauges(inFlight: 0, connections: 0) }
        for place in desk.services.open {
            let counts = server.counts(place.configuration.index)
            guard let number = numbers.service(place.configuration.index) else { continue }
            services[number] = ServiceGauges(inFlight: counts.inFlight, connections: counts.open)
        }
        return Gauges(services: services, loopLag: server.loopLag.seconds)
    }
}

extension ProxyServer {
    /// Plans that workers dropped by themselves.
    var droppedPlans: Int { counters.reduce(0) { $0 + $1.expiredPlans.value } }
}

extension InjectionCounts {
    /// An entry's counters in the report's words.
    init(_ counts: EntryCounts) {
        self.init()
        (met, injected, shadowed, withheld) = (counts.met, counts.injected, counts.shadowed, counts.withheld)
        (inapplicable, missingKey) = (counts.inapplicable, counts.missingKey)
        (releasedEarly, unmeasured) = (counts.releasedEarly, counts.unmeasured)
    }
}
