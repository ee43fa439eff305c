// Runs as the API shows them.

import EventLoop
package import Foundation
package import Observation
import Scenario
import Units

/// One loaded run.
package struct RunAnswer: Codable, Sendable {
    package struct PhaseAnswer: Codable, Sendable {
        package var name: String
        package var plannedSeconds: Double
        /// "not played", "playing", "over" or "skipped".
        package var state: String
        /// Waits for a person.
        package var hasGate: Bool
        package var faults: [String]
    }

    package var id: String
    package var name: String
    package var about: String?
    /// "loaded", "steadying", "playing", "paused" or "ended".
    package var state: String
    package var loadedAt: Date
    package var by: String
    /// In decimal; too large for the numbers of some JSON readers.
    package var seed: String
    package var speed: Double
    package var phases: [PhaseAnswer]
    /// Where it stands, while it is the current one.
    package var position: PositionAnswer?
    /// "PASS", "FAIL" or "INCONCLUSIVE", once it is over.
    package var verdict: String?
    /// As `run --json` writes it, once it is over; left out of lists.
    package var report: RunReport?
}

/// All of them, without their reports.
package struct RunsAnswer: Codable, Sendable {
    package var runs: [RunAnswer]
}

extension ControlDesk {
    func answer(_ run: Run, withReport: Bool) -> RunAnswer {
        var position: PositionAnswer?
        var report: RunReport?
        switch run.state {
        case .loaded: break
        case .current: position = PositionAnswer(run, director.status(at: loop.now))
        case .over(let written): report = written
        }
        return RunAnswer(
            id: run.id, name: run.name, about: run.script.file.about,
            state: position?.state ?? (report == nil ? "loaded" : "ended"), loadedAt: run.loadedAt,
            by: run.by.description, seed: "\(run.seed)", speed: run.script.speed,
            phases: phases(of: run, report), position: position, verdict: report?.verdict.rawValue,
            report: withReport ? report : nil)
    }

    func run(_ id: String) throws(ControlError) -> Run {
        guard let run = runs[id] else { throw ControlError(.notFound, "there is no run \"\(id)\"") }
        return run
    }

    private func phases(of run: Run, _ report: RunReport?) -> [RunAnswer.PhaseAnswer] {
        let isCurrent = runs.current === run
        return run.script.file.timeline.map { phase in
            let written = report?.phases.first { $0.name == phase.name }?.state.rawValue
            let live = isCurrent ? director.playback?.cursor.status(of: phase.name).word : nil
            return RunAnswer.PhaseAnswer(
                name: phase.name, plannedSeconds: phase.length.seconds * Double(phase.repeats),
                state: written ?? live ?? "not played", hasGate: phase.gate != nil, faults: phase.faults.map(\.name))
        }
    }
}

extension PhaseStatus {
    fileprivate var word: String {
        switch self {
        case .notPlayed: "not played"
        case .playing: "playing"
        case .over: "over"
        case .skipped: "skipped"
        }
    }
}
