// Judges what was expected. Comparisons without a window are about the whole phase or run, and are measured at the end,
// when the last of their exchanges are known. Comparisons with a window (`over 30s`) mean the last such window of their
// phase: the judge takes them down while the phase ends, because windows do not reach back for ever.

package import Scenario
import Units

/// Turns expectations into verdicts.
package struct Judge: Sendable {
    package let expectations: [Expectation]
    /// By number of the expectation.
    private var windows: [Int: [Comparison: Measurement]] = [:]

    package init(_ expectations: [Expectation]) {
        self.expectations = expectations
    }

    package var texts: [ExpectationText] {
        expectations.map {
            ExpectationText(name: $0.name, phase: $0.phase, text: $0.that.text, line: $0.that.position.line)
        }
    }

    /// Call when a phase ends, before the store is told; nil: the run ends.
    package mutating func phaseEnds(_ phase: String?, _ store: MetricStore) {
        for (index, expectation) in expectations.enumerated() where expectation.phase == phase {
            for comparison in expectation.that.condition.comparisons where comparison.window != nil {
                windows[index, default: [:]][comparison] = store.measure(
                    comparison.metric, window: comparison.window, connections: comparison.connections)
            }
        }
    }

    /// The verdicts, in the order of the file.
    package func verdicts(_ store: MetricStore, _ facts: RunFacts) -> [ExpectationReport] {
        expectations.enumerated().map { index, expectation in
            let phase = expectation.phase.flatMap { store.directory.phase(named: $0) }
            let source = JudgedMeasurements(
                view: store.view(of: phase.map(MetricScope.phase) ?? .run), facts: facts,
                windows: windows[index] ?? [:])
            return ExpectationReport(expectation, source, state: phase.map { facts.phases[$0].state })
        }
    }
}

/// What one expectation is measured by.
struct JudgedMeasurements: ConditionSource {
    let view: MetricView
    let facts: RunFacts
    let windows: [Comparison: Measurement]

    func measure(_ metric: Metric, window: TimeSpan?, connections: ConnectionAge?) -> Measurement? {
        guard window != nil else { return view.measure(metric, window: nil, connections: connections) }
        return windows.first {
            $0.key.metric == metric && $0.key.window == window && $0.key.connections == connections
        }?
        .value
    }

    /// A state of the moment; when the run is over, no zone is dark.
    func isDark(zone: String) -> Bool { false }

    func isOver(phase: String) -> Bool {
        guard let index = facts.start.directory.phase(named: phase) else { return false }
        return facts.phases[index].state != .notPlayed
    }
}

extension ExpectationReport {
    /// `state`: that of the phase it covers.
    init(_ expectation: Expectation, _ source: JudgedMeasurements, state: PhaseState?) {
        let condition = expectation.that.condition
        let truth = condition.evaluate(source, window: nil)
        let isUnplayed = state == .notPlayed || state == .skipped
        let reason =
            isUnplayed ? "\(expectation.phase ?? "") was \(state?.rawValue ?? "")" : Self.doubt(condition, truth)
        self.init(
            name: expectation.name, phase: expectation.phase, condition: expectation.that.text,
            verdict: reason != nil ? .inconclusive : truth == .yes ? .pass : .fail,
            measured: isUnplayed ? [] : condition.comparisons.map { Measured($0, source) }, reason: reason,
            line: expectation.that.position.line)
    }

    /// Why a truth of `yes` or `unknown` is no answer; nil when it is one.
    private static func doubt(_ condition: Condition, _ truth: Truth) -> String? {
        if truth == .no { return nil }
        let beyond = condition.metricsBeyondTraffic
        if !beyond.isEmpty { return "not measured yet: " + beyond.map(\.description).joined(separator: ", ") }
        return truth == .unknown ? "no samples" : nil
    }

    /// One that a journal without an end could not decide.
    package static func undecided(_ text: ExpectationText, because reason: String) -> ExpectationReport {
        ExpectationReport(
            name: text.name, phase: text.phase, condition: text.text, verdict: .inconclusive, measured: [],
            reason: reason, line: text.line)
    }
}

extension ExpectationReport.Measured {
    init(_ comparison: Comparison, _ source: JudgedMeasurements) {
        let measurement = source.measure(
            comparison.metric, window: comparison.window, connections: comparison.connections)
        self.init(
            metric: comparison.metric.description, value: measurement?.value,
            text: measurement.map { comparison.metric.text($0.value) } ?? "unknown", samples: measurement?.samples ?? 0)
    }
}

extension Metric {
    /// A value of this metric with its unit.
    package func text(_ value: Double) -> String {
        switch self {
        case .injected: Int64(value).grouped
        case .loopLag: value.asSpan
        case .service(_, _, let name):
            switch name {
            case .success, .organicSuccess, .errorRate: value.asShare
            case .rate: value.asRate
            case .p50, .p90, .p95, .p99, .p999, .max: value.asSpan
            default: value == value.rounded() ? Int64(value).grouped : value.text(decimals: 2)
            }
        }
    }
}
