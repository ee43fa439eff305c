// Events as the feed tells them: a sentence for people, and the journal's own form for programs.

import Faults
package import Foundation
package import Observation
import Proxy
import Scenario
import Units

/// One event.
package struct EventAnswer: Codable, Sendable {
    package var at: Date
    /// As `brownout run` prints it.
    package var text: String
    package var event: JournalEvent

    init(_ event: JournalEvent) {
        at = Date()
        text = event.words ?? ""
        self.event = event
    }
}

/// What happened in the second before, and how the run stands.
package struct SecondAnswer: Codable, Sendable {
    package struct ServiceFigures: Codable, Sendable {
        package var name: String
        package var ratePerSecond: Double
        package var success: Double?
        /// Seconds.
        package var p50: Double?
        package var p99: Double?
        package var inFlight: Int
        package var connections: Int
    }

    package struct Injections: Codable, Sendable {
        package var fault: String
        package var perSecond: Double
        package var total: Int
    }

    package var at: Date
    package var services: [ServiceFigures]
    package var injections: [Injections]
    package var run: PositionAnswer?
    /// Names of the faults in force.
    package var faults: [String]
    package var loopLagSeconds: Double
}

/// Notices that a second is over.
struct SecondPulse {
    private var lastAt: Instant
    private var lastInjected: [String: Int]?

    init(at now: Instant) { lastAt = now }

    mutating func take(_ desk: any ControlDesk, at now: Instant) -> SecondAnswer? {
        let length = now - lastAt
        guard length >= .seconds(1) else { return nil }
        lastAt = now
        let injected = desk.injected
        let before = lastInjected ?? injected
        lastInjected = injected
        let injections = injected.sorted { $0.key < $1.key }.map { name, total in
            SecondAnswer.Injections(
                fault: name, perSecond: Double(max(0, total - (before[name] ?? 0))) / length.seconds, total: total)
        }
        return SecondAnswer(
            at: Date(), services: desk.figures, injections: injections,
            run: desk.runs.current.map { PositionAnswer($0, desk.director.status(at: now)) },
            faults: desk.faultsInForce, loopLagSeconds: desk.server.loopLag.seconds)
    }
}

extension ControlDesk {
    /// Injections so far, by name: those of the run and those by hand.
    var injected: [String: Int] {
        var counts: [String: Int] = [:]
        for (name, state) in zip(director.production.entries.names, director.production.entries.states) {
            counts[name] = Int(clamping: state.counts.injected)
        }
        for rule in rules { counts[rule.name, default: 0] += Int(clamping: rule.counts.injected) }
        return counts
    }

    /// Rates and percentiles of the last seconds: what `run` shows, from the same store.
    var figures: [SecondAnswer.ServiceFigures] {
        let open = services
        return recorder.store.progress().map { line in
            let counts = open.first { $0.name == line.name }?.counts
            return SecondAnswer.ServiceFigures(
                name: line.name, ratePerSecond: line.ratePerSecond, success: line.success, p50: line.p50,
                p99: line.p99, inFlight: counts?.inFlight ?? 0, connections: counts?.open ?? 0)
        }
    }

    /// Names of what acts now.
    var faultsInForce: [String] { director.faultsInForce }

    /// Injections so far by fault, for the metrics.
    var injections: [TrafficMeter.Fault: Int] {
        let entries = director.production.entries
        var counts: [TrafficMeter.Fault: Int] = [:]
        for (entry, state) in zip(entries.entries, entries.states) {
            counts[TrafficMeter.Fault(name: entry.name, kind: entry.fault.name)] = Int(clamping: state.counts.injected)
        }
        for rule in rules {
            let fault = TrafficMeter.Fault(name: rule.name, kind: rule.entry.fault.name)
            counts[fault, default: 0] += Int(clamping: rule.counts.injected)
        }
        return counts
    }
}

extension JournalEvent {
    /// The event's name in the feed; nil: not for it.
    var feedName: String? {
        switch self {
        case .started: "run.started"
        case .steady: "run.steady"
        case .phaseBegan: "phase.began"
        case .phaseEnded: "phase.ended"
        case .faultLive: "fault.live"
        case .faultOver: "fault.over"
        case .gate: "gate"
        case .guardTripped: "guard"
        case .paused: "run.paused"
        case .resumed: "run.resumed"
        case .dark: "dark"
        case .note: "note"
        case .finished: "run.finished"
        case .changed: "changed"
        case .directory, .second, .lost, .ended: nil
        }
    }
}
