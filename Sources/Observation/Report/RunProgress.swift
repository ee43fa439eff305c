// What a run shows while it runs: on a terminal a few lines that are drawn over again, elsewhere a line an event.
//
//     ▶ brownout  3m12s of 11m · run 7m12s of 1h25m
//       payments    412/s  success 96.9%  p50 45ms  p99 7.9s
//       live: slow-charges, refusals

import Scenario
package import Units

/// The state of a run as its progress shows it.
package struct RunProgress: Sendable, Hashable {
    /// One service over the last seconds.
    package struct ServiceLine: Sendable, Hashable {
        package var name: String
        package var ratePerSecond: Double
        package var success: Double?
        package var p50: Double?
        package var p99: Double?

        package init(name: String, ratePerSecond: Double, success: Double?, p50: Double?, p99: Double?) {
            self.name = name
            self.ratePerSecond = ratePerSecond
            self.success = success
            self.p50 = p50
            self.p99 = p99
        }
    }

    /// Names of the phases that are live.
    package var phases: [String]
    /// In the time of the script; nil between phases.
    package var phaseElapsed: TimeSpan?
    package var phaseLength: TimeSpan?
    package var elapsed: TimeSpan
    package var total: TimeSpan
    /// "paused", "waiting at the gate", "waiting for steady state".
    package var state: String?
    package var services: [ServiceLine]
    /// Names of the entries in force.
    package var faults: [String]

    package init(
        phases: [String], phaseElapsed: TimeSpan? = nil, phaseLength: TimeSpan? = nil, elapsed: TimeSpan,
        total: TimeSpan, state: String? = nil, services: [ServiceLine], faults: [String]
    ) {
        self.phases = phases
        self.phaseElapsed = phaseElapsed
        self.phaseLength = phaseLength
        self.elapsed = elapsed
        self.total = total
        self.state = state
        self.services = services
        self.faults = faults
    }
}

extension MetricStore {
    /// The services over the last `window`, for the progress.
    package func progress(window: TimeSpan = .seconds(5)) -> [RunProgress.ServiceLine] {
        directory.services.enumerated().map { index, service in
            let tally = recent(Selection(service: index), window)
            let rate = measure(.service(service.name, zone: nil, .rate), window: window, connections: nil)
            return RunProgress.ServiceLine(
                name: service.name, ratePerSecond: rate?.value ?? 0, success: tally.counts.success,
                p50: tally.latency.quantile(0.5)?.seconds, p99: tally.latency.quantile(0.99)?.seconds)
        }
    }
}

/// Draws progress.
package enum ProgressLine {
    /// The lines to draw over the last ones; as many as services with traffic, and two.
    package static func live(_ progress: RunProgress, width: Int = 80, colour: Bool = false) -> [String] {
        let ink = Ink(isColoured: colour)
        let busy = progress.services.filter { $0.ratePerSecond > 0 }
        let nameWidth = busy.map(\.name.count).max() ?? 0
        let faults = progress.faults.isEmpty ? "no fault" : progress.faults.joined(separator: ", ")
        return [ink.bold(head(progress).cut(to: width))]
            + busy.map { line($0, nameWidth).cut(to: width) }
            + [ink.dim("  live: \(faults)".cut(to: width))]
    }

    /// All of it in one line, for a log.
    package static func plain(_ progress: RunProgress) -> String {
        let services = progress.services.filter { $0.ratePerSecond > 0 }.map { line($0, 0).dropFirst(2) }
        let faults = progress.faults.isEmpty ? [] : ["live: " + progress.faults.joined(separator: ", ")]
        return ([head(progress)] + services.map(String.init) + faults).joined(separator: " | ")
    }

    private static func head(_ progress: RunProgress) -> String {
        let name = progress.phases.isEmpty ? "no phase" : progress.phases.joined(separator: " + ")
        let share = progress.phaseElapsed.map { elapsed in
            "  \(whole(elapsed))" + (progress.phaseLength.map { " of \(nearest($0))" } ?? "")
        }
        let state = progress.state.map { " · \($0)" } ?? ""
        return "▶ \(name)\(share ?? "") · run \(whole(progress.elapsed)) of \(nearest(progress.total))\(state)"
    }

    private static func line(_ service: RunProgress.ServiceLine, _ nameWidth: Int) -> String {
        let padding = String(repeating: " ", count: max(0, nameWidth - service.name.count))
        let rate = service.ratePerSecond.asRate
        let ratePadding = String(repeating: " ", count: max(0, 8 - rate.count))
        return "  \(service.name)\(padding)  \(ratePadding)\(rate)  success \(service.success?.asShare ?? "-")"
            + "  p50 \(service.p50?.asSpan ?? "-")  p99 \(service.p99?.asSpan ?? "-")"
    }

    /// A length that `--speed` has scaled and scaled back is off by a few nanoseconds.
    private static func nearest(_ span: TimeSpan) -> TimeSpan { .seconds(Int64(span.seconds.rounded())) }

    /// To the second.
    private static func whole(_ span: TimeSpan) -> TimeSpan { .seconds(Int64(span.seconds)) }
}

// MARK: - Events as lines

extension JournalEvent {
    /// The event as a line for people, with the time since the run began; nil for what only journals want.
    package func line(at elapsed: TimeSpan) -> String? {
        words.map { "[\(TimeSpan(seconds: (elapsed.seconds * 10).rounded() / 10))] \($0)" }
    }

    /// The event in a sentence; nil for what only journals want.
    package var words: String? {
        switch self {
        case .started(let run): "run of \(run.scenario) started, seed \(run.seed)"
        case .steady(let holds, let conditions):
            (holds ? "steady: " : "not steady: ") + conditions.joined(separator: "; ")
        case .phaseBegan(let phase, let pass, let passes):
            "phase \(phase) began" + (passes > 1 ? " (\(pass) of \(passes))" : "")
        case .phaseEnded(let phase, let how): "phase \(phase) " + (how == .played ? "ended" : "was \(how.rawValue)")
        case .faultLive(let entry, _): "fault \(entry) is live"
        case .faultOver(let entry, _): "fault \(entry) is over"
        case .gate(let phase, let state): "gate of \(phase) \(state.rawValue)"
        case .guardTripped(let condition, let measured): "guard came true: \(condition) (\(measured))"
        case .paused(let cleared): cleared ? "paused, faults lifted" : "paused"
        case .resumed: "resumed"
        case .dark(let zones): zones.isEmpty ? "no zone is dark" : "dark: " + zones.joined(separator: ", ")
        case .changed(let change): change.words
        case .note(let text): text
        case .finished(let ending, _): "run over: \(ending.words)"
        case .directory, .second, .lost, .ended: nil
        }
    }
}

extension RunEnding {
    /// Why, in words.
    package var words: String {
        switch self {
        case .played: "played to its end"
        case .commandEnded: "the command ended"
        case .aborted(let condition): "aborted by \(condition)"
        case .outlived: "its time to live is over"
        case .stopped: "stopped"
        case .interrupted: "interrupted"
        case .refused(let reasons): "not started: " + reasons.joined(separator: "; ")
        case .held(let reasons): "on hold: " + reasons.joined(separator: "; ")
        case .failed(let message): "internal error: \(message)"
        case .unknown: "unknown"
        }
    }
}
