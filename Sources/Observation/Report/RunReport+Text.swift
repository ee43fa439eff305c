// The report for people, 80 columns wide: what was played, what it did to whom, what was expected, what it comes to.

import Foundation

extension RunReport {
    /// The report as text; colour only for a terminal.
    package func text(colour: Bool = false) -> String {
        let page = ReportPage(report: self, ink: Ink(isColoured: colour))
        return page.lines.joined(separator: "\n") + "\n"
    }

    /// The report as JSON, keys in order.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
}

/// The page, section by section.
private struct ReportPage {
    static let width = 80
    let report: RunReport
    let ink: Ink

    var lines: [String] {
        let sections = [timeline, services, faults, expectations, failures, remarks].filter { !$0.isEmpty }
        return header + sections.flatMap { [""] + $0 } + [""] + verdict
    }

    private var header: [String] {
        let speed =
            report.speed == 1
            ? nil : "speed \(report.speed.text(decimals: report.speed == report.speed.rounded() ? 0 : 1))x"
        let facts: [String] = [
            "seed \(report.seed)", speed, report.startedAt, "took \(report.measuredSeconds.asSpan)",
            "brownout \(report.version)",
        ].compactMap { $0 }
        return [ink.bold(report.scenario.cut(to: Self.width))]
            + facts.joined(separator: " · ").wrapped(width: Self.width, hang: 0)
    }

    // MARK: Traffic

    private static let trafficColumns: [TextTable.Column] =
        [.init(title: "service", leastWidth: 7)]
        + ["requests", "success", "p50", "p90", "p99", "max"].map { .init(title: $0, isRightAligned: true) }

    private var timeline: [String] {
        guard !report.phases.isEmpty else { return [] }
        var table = TextTable(
            [.init(title: "phase", leastWidth: 8), .init(title: "length", isRightAligned: true)] + Self.trafficColumns)
        for phase in report.phases { add(phase, to: &table) }
        return [ink.bold("TIMELINE")] + table.lines(width: Self.width, indent: 2)
    }

    private func add(_ phase: PhaseReport, to table: inout TextTable) {
        let busy = phase.services.filter { $0.requests > 0 }
        let length = phase.plannedSeconds.asSpan
        guard let first = busy.first, phase.state != .notPlayed else {
            let state = phase.state == .played || phase.state == .left ? "no traffic" : phase.state.rawValue
            return table.add([phase.name, length, state] + Array(repeating: "", count: 6))
        }
        let state = phase.state == .cut || phase.state == .skipped ? " (\(phase.state.rawValue))" : ""
        table.add([phase.name + state, length] + cells(first))
        for service in busy.dropFirst() { table.add(["", ""] + cells(service)) }
    }

    private func cells(_ traffic: TrafficReport) -> [String] {
        let latency = traffic.latency
        return [traffic.service, traffic.requests.grouped, traffic.success?.asShare ?? "-"]
            + [latency.p50, latency.p90, latency.p99, latency.max].map { $0?.asSpan ?? "-" }
    }

    private var services: [String] {
        guard report.phases.count != 1, report.services.contains(where: { $0.requests > 0 }) else { return [] }
        var table = TextTable(
            Self.trafficColumns + [
                .init(title: "rate", isRightAligned: true), .init(title: "organic", isRightAligned: true),
            ])
        for service in report.services {
            table.add(
                cells(service) + [service.ratePerSecond?.asRate ?? "-", service.organicSuccess?.asShare ?? "-"])
        }
        return [ink.bold("WHOLE RUN")] + table.lines(width: Self.width, indent: 2)
    }

    // MARK: Faults

    private var faults: [String] {
        guard !report.faults.isEmpty else { return [] }
        var table = TextTable([
            .init(title: "fault", leastWidth: 10), .init(title: "kind"), .init(title: "where", leastWidth: 7),
            .init(title: "met", isRightAligned: true), .init(title: "injected", isRightAligned: true),
            .init(title: "asked", isRightAligned: true), .init(title: "achieved", isRightAligned: true),
        ])
        for fault in report.faults {
            table.add([
                (fault.phase == nil ? "" : "  ") + fault.name, fault.kind, fault.place, fault.counts.met.grouped,
                fault.counts.injected.grouped,
                delays(fault.asked), delays(fault.achieved),
            ])
        }
        let rows = table.lines(width: Self.width, indent: 2)
        let noted = zip(rows.dropFirst(), report.faults.indices).flatMap { row, index in
            phaseTitle(before: index) + [row] + remarks(on: report.faults[index])
        }
        return [ink.bold("FAULTS") + ink.dim("  asked and achieved: p50/p99"), rows[0]] + noted
    }

    /// The name of the phase, above its first fault.
    private func phaseTitle(before index: Int) -> [String] {
        let phase = report.faults[index].phase
        guard let phase, index == 0 || phase != report.faults[index - 1].phase else { return [] }
        return ["  \(phase)".cut(to: Self.width)]
    }

    private func delays(_ latency: LatencyReport) -> String {
        guard let p50 = latency.p50, let p99 = latency.p99 else { return "-" }
        return "\(p50.asSpan)/\(p99.asSpan)"
    }

    private func remarks(on fault: FaultReport) -> [String] {
        let counts: [(UInt64, String)] = [
            (fault.counts.shadowed, "shadowed"), (fault.counts.withheld, "withheld"),
            (fault.counts.inapplicable, "inapplicable"), (fault.counts.missingKey, "without key"),
            (fault.counts.releasedEarly, "released early"), (fault.counts.unmeasured, "drawn, not measured"),
        ]
        let statuses = fault.statuses.sorted { $0.key < $1.key }.map { "\($0.key) ×\($0.value.grouped)" }
        let words =
            (fault.bite == .bit ? [] : [fault.bite.rawValue]) + statuses + cutShort(fault)
            + counts.filter { $0.0 > 0 }.map { "\($0.0.grouped) \($0.1)" }
        return words.isEmpty ? [] : ("      " + words.joined(separator: " · ")).wrapped(width: Self.width, hang: 6)
    }

    private func cutShort(_ fault: FaultReport) -> [String] {
        guard fault.cutShort > 0 else { return [] }
        return ["\(fault.cutShort.grouped) cut short by the end of the exchange; drawn in all: \(delays(fault.drawn))"]
    }

    // MARK: Expectations

    private var expectations: [String] {
        guard !report.expectations.isEmpty else { return [] }
        return [ink.bold("EXPECTED")] + report.expectations.flatMap(lines)
    }

    private func lines(_ expectation: ExpectationReport) -> [String] {
        let place = expectation.phase.map { " (in \($0))" } ?? ""
        let isNamed = expectation.name != expectation.condition
        let title = "\(expectation.verdict.mark) \(expectation.name)\(place)".wrapped(width: Self.width - 2, hang: 4)
        let condition = isNamed ? "    \(expectation.condition)".wrapped(width: Self.width, hang: 6).map(ink.dim) : []
        let measured = expectation.measured.filter { $0.value != nil }.map {
            "\($0.metric) was \($0.text) (n = \($0.samples.grouped))"
        }
        let reason = expectation.reason.map { [$0] } ?? []
        return title.map { "  " + ink.verdict(expectation.verdict, $0) } + condition
            + (measured + reason).flatMap { "    \($0)".wrapped(width: Self.width, hang: 6) }
    }

    // MARK: What else happened

    private var failures: [String] {
        let groups = [("ORGANIC FAILURES", false), ("FAILURES UNDER A FAULT", true)].flatMap { title, isUnderFault in
            let failures = report.failures.filter { $0.isUnderFault == isUnderFault }
            return failures.isEmpty ? [] : [ink.bold(title)] + table(of: failures)
        }
        return groups
    }

    private func table(of failures: [FailureReport]) -> [String] {
        var table = TextTable([
            .init(title: "service"), .init(title: "cause"), .init(title: "count", isRightAligned: true),
        ])
        for failure in failures { table.add([failure.service, failure.cause, failure.count.grouped]) }
        return Array(table.lines(width: Self.width, indent: 2).dropFirst())
    }

    private var remarks: [String] {
        let gates = report.gates.map { gate in
            "gate of \(gate.phase) \(gate.expired ? "opened by its bound" : "opened") after \(gate.waited.asSpan)"
        }
        let tripped = report.trippedGuard.map { ["guard: \($0.condition) (\($0.measured))"] } ?? []
        let lost =
            report.lostJournalLines > 0 ? ["\(report.lostJournalLines.grouped) lines of the journal were lost"] : []
        let remarks = gates + tripped + lost + report.notes
        return remarks.isEmpty
            ? [] : [ink.bold("NOTED")] + remarks.flatMap { "  \($0)".wrapped(width: Self.width, hang: 4) }
    }

    private var verdict: [String] {
        let first = ink.verdict(report.verdict, "\(report.verdict.mark) \(report.verdict.rawValue)")
        let held = report.expectations.isEmpty ? "nothing was expected" : "everything that was expected held"
        let reasons = report.reasons.isEmpty ? [held + ", and nothing stands in doubt"] : report.reasons
        return [first] + reasons.flatMap { "  \($0)".wrapped(width: Self.width, hang: 4) }
    }
}
