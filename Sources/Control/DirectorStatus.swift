// Where a run stands, as a value: for progress, and for the control plane.

import Observation
import Scenario
package import Units

/// A look at a director.
package struct DirectorStatus: Sendable, Hashable {
    package struct PhaseStatus: Sendable, Hashable {
        package var name: String
        package var pass: Int
        package var passes: Int
        /// In the time of the script.
        package var elapsed: TimeSpan
        package var length: TimeSpan
        package var isWaitingAtGate: Bool
    }

    package var state: Director.State
    package var isPaused: Bool
    package var areFaultsLifted: Bool
    /// What is live, phases that hold lanes before their lanes.
    package var phases: [PhaseStatus]
    /// Played so far, and planned; in the time of the script.
    package var elapsed: TimeSpan
    package var length: TimeSpan
    /// Wall time until every fault is cleared; nil before the beginning.
    package var timeLeft: TimeSpan?
    /// Names of the entries in force.
    package var faults: [String]
    package var darkZones: [String]

    /// What holds the run up, or that it is over; nil while it simply goes on.
    package var words: String? {
        if isPaused { return areFaultsLifted ? "paused, faults lifted" : "paused" }
        if let gate = phases.first(where: \.isWaitingAtGate) { return "\(gate.name) waits at its gate" }
        switch state {
        case .idle: return "not begun"
        case .steadying: return "waiting for steady state"
        case .playing: return nil
        case .ended(let ending): return ending.words
        }
    }
}

extension Director {
    /// Where the run stands at `now`.
    package func status(at now: Instant) -> DirectorStatus {
        let played = playback?.played(at: isOver ? endedAt ?? now : now) ?? .zero
        return DirectorStatus(
            state: state, isPaused: playback?.pausedAt != nil, areFaultsLifted: playback?.isLifted ?? false,
            phases: (isOver ? [] : playback?.cursor.live ?? []).map { live in
                DirectorStatus.PhaseStatus(
                    name: live.stretch.phase, pass: live.stretch.pass, passes: live.stretch.passes,
                    elapsed: scripted(played - live.began), length: scripted(live.stretch.length),
                    isWaitingAtGate: live.isWaiting)
            },
            elapsed: scripted(played), length: scripted(production.timeline.length),
            timeLeft: beganAt.map { $0 + production.timeToLive - now }, faults: faultsInForce, darkZones: darkZones)
    }

    /// In the time of the script, to the millisecond.
    private func scripted(_ span: TimeSpan) -> TimeSpan {
        .milliseconds(Int64((span.milliseconds * production.speed).rounded()))
    }
}
