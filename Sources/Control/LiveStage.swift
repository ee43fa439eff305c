// The stage of real runs: workers to post to, their rings and counters to look at, and the books that figures go into.
//
//      rings ──► store ──► conditions, progress, report        counters, entry states ──► store
//           └──► baselines (latency: to) └──► access log

package import Faults
package import Observation
package import Proxy
package import Scenario
package import Units

/// Connects a director to a running proxy.
package final class LiveStage: Stage {
    package let recorder: RunRecorder
    private let server: ProxyServer
    private let entries: EntryTable
    private let accessLog: AccessLog?
    private let meter: TrafficMeter
    private let operatorLog: OperatorLog
    private var baselines: BaselineCollector

    package init(
        _ server: ProxyServer, _ production: Production, recorder: RunRecorder, meter: TrafficMeter = TrafficMeter(),
        accessLog: AccessLog? = nil
    ) {
        self.server = server
        self.recorder = recorder
        self.accessLog = accessLog
        self.meter = meter
        entries = production.entries
        operatorLog = OperatorLog(server)
        baselines = BaselineCollector(services: server.services.count)
    }

    var store: MetricStore { recorder.store }

    package func post(_ plan: Plan) { server.post(plan) }
    package func renewLease(until deadline: Instant) { server.lease.renew(until: deadline) }

    package var droppedPlans: Int { server.droppedPlans }

    package func collect(at now: Instant) {
        store.advance(to: now)
        meter.follow(store.directory)
        for ring in server.rings { ring.drain { take($0) } }
        accessLog?.flush(store.directory)
        store.note(droppedRecords: server.droppedRecords)
        store.note(server.gauges)
        store.note(entries.states.map { InjectionCounts($0.counts) })
        meter.note(entries.injections)
        for note in operatorLog.look(at: now) { recorder.record(.note(text: note), at: now) }
        recorder.tick(at: now)
    }

    private func take(_ records: Span<AttemptRecord>) {
        store.consume(records)
        meter.consume(records)
        baselines.take(records)
        accessLog?.consume(records)
    }

    package var traffic: any ConditionSource { store }
    package func baseline(service: Int) -> Baseline? { baselines.baseline(service: service) }
    package func note(isQuiet: Bool, service: Int) { baselines.note(isQuiet: isQuiet, service: service) }
    package func recordNumber(ofPhases phases: [Int]) -> UInt16 { store.stage(of: phases) }
}

extension ProxyServer {
    /// Plans that workers dropped by themselves.
    var droppedPlans: Int { counters.reduce(0) { $0 + $1.expiredPlans.value } }

    /// What is open now, and how late the slowest worker is.
    package var gauges: Gauges {
        Gauges(
            services: services.indices.map { service in
                ServiceGauges(inFlight: inFlight(service), connections: openConnections(service))
            }, loopLag: loopLag.seconds)
    }
}

extension EntryTable {
    /// What each fault did so far.
    fileprivate var injections: [TrafficMeter.Fault: Int] {
        zip(entries, states).reduce(into: [:]) { counts, entry in
            let fault = TrafficMeter.Fault(name: entry.0.name, kind: entry.0.fault.name)
            counts[fault] = Int(clamping: entry.1.counts.injected)
        }
    }
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
