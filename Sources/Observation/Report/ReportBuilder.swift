// Puts a report together from what became of the run (RunFacts) and its totals. The same for a live run and for one
// rebuilt from its journal.

import Foundation
import Units

extension RunReport {
    /// The report as of now; `expectations` are judged already (see `ExpectationReport.init`).
    package init(_ facts: RunFacts, totals: RunTotals, expectations: [ExpectationReport]) {
        self.init(
            scenario: facts.start.scenario, file: facts.start.file, scenarioHash: facts.start.scenarioHash,
            seed: String(facts.start.seed), speed: facts.start.speed, version: facts.start.version,
            startedAt: Date(timeIntervalSince1970: facts.start.startedAt).formatted(.iso8601),
            measuredSeconds: facts.length, ending: facts.ending, phases: Self.phases(facts, totals),
            services: facts.start.directory.services.indices.map { service in
                TrafficReport(service, facts.start.directory, totals, in: .run, seconds: facts.length)
            },
            faults: Self.faults(facts, totals), expectations: expectations, gates: facts.gates,
            trippedGuard: facts.trippedGuard, failures: Self.failures(facts.start.directory, totals),
            droppedRecords: totals.droppedRecords, lostJournalLines: facts.lostLines, notes: facts.notes,
            verdict: .inconclusive, reasons: [], commandCode: facts.commandCode)
        judge()
    }

    private static func phases(_ facts: RunFacts, _ totals: RunTotals) -> [PhaseReport] {
        let directory = facts.start.directory
        return directory.phases.indices.map { phase in
            let length = facts.phases[phase].length.seconds
            return PhaseReport(
                name: directory.phases[phase], state: facts.phases[phase].state,
                plannedSeconds: phase < directory.plannedSeconds.count ? directory.plannedSeconds[phase] : 0,
                measuredSeconds: length,
                services: directory.services.indices.map { service in
                    TrafficReport(service, directory, totals, in: .phase(phase), seconds: length)
                })
        }
    }

    private static func faults(_ facts: RunFacts, _ totals: RunTotals) -> [FaultReport] {
        facts.start.directory.faults.indices.map { index in
            let fault = facts.start.directory.faults[index]
            let tally = totals.entries[index] ?? EntryTally()
            return FaultReport(
                name: fault.name, phase: fault.phase.map { facts.start.directory.phases[$0] }, kind: fault.kind,
                place: fault.place, bite: bite(of: fault, tally, facts), counts: tally.counts,
                asked: LatencyReport(tally.asked), achieved: LatencyReport(tally.achieved),
                drawn: LatencyReport(tally.drawn), cutShort: tally.cutShort.count,
                statuses: Dictionary(uniqueKeysWithValues: tally.statuses.map { (String($0), $1) }))
        }
    }

    private static func bite(
        of fault: ServiceDirectory.Fault, _ tally: EntryTally, _ facts: RunFacts
    ) -> FaultReport.Bite {
        if tally.counts.injected > 0 { return .bit }
        if let phase = fault.phase, !facts.phases[phase].state.hadItsTime { return .notPlayed }
        if !fault.canBeSeen { return .unseen }
        return fault.isOptional ? .optional : .neverBit
    }

    private static func failures(_ directory: ServiceDirectory, _ totals: RunTotals) -> [FailureReport] {
        directory.services.enumerated().flatMap { index, service in
            totals.sum { $0.service == index }.failures.map { failure, count in
                FailureReport(
                    service: service.name, cause: failure.cause, count: count, isUnderFault: failure.isUnderFault)
            }.sorted { ($1.count, $0.cause) < ($0.count, $1.cause) }
        }
    }
}

extension TrafficReport {
    init(
        _ service: Int, _ directory: ServiceDirectory, _ totals: RunTotals, in scope: MetricScope, seconds: Double
    ) {
        let tally = totals.sum { $0.service == service && directory.isIn(scope, stage: $0.stage) }
        self.init(
            service: directory.services[service].name, requests: tally.counts.exchanges, success: tally.counts.success,
            organicSuccess: tally.counts.organicSuccess,
            ratePerSecond: seconds > 0 ? Double(tally.counts.exchanges) / seconds : nil,
            latency: LatencyReport(tally.latency), bytesUp: tally.counts.bytesUp, bytesDown: tally.counts.bytesDown)
    }
}
