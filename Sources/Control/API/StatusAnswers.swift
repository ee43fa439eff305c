// What the API says of a run's position and of the process as a whole.

import EventLoop
package import Foundation
import Observation
import Proxy
import Units

/// Where a run stands.
package struct PositionAnswer: Codable, Sendable {
    package struct PhasePosition: Codable, Sendable {
        package var name: String
        package var pass: Int
        package var passes: Int
        package var elapsedSeconds: Double
        package var lengthSeconds: Double
        package var isWaitingAtGate: Bool
    }

    package var id: String
    package var name: String
    /// "steadying", "playing", "paused" or "ended".
    package var state: String
    /// What holds it up, in words.
    package var words: String?
    package var areFaultsLifted: Bool
    /// Live phases, those that hold lanes before their lanes. Times are the script's.
    package var phases: [PhasePosition]
    package var elapsedSeconds: Double
    package var lengthSeconds: Double
    /// Wall time until every fault is cleared.
    package var timeLeftSeconds: Double?
    package var faults: [String]
    package var darkZones: [String]

    init(_ run: Run, _ status: DirectorStatus) {
        (id, name) = (run.id, run.name)
        state = status.isPaused ? "paused" : status.state.word
        words = status.words
        areFaultsLifted = status.areFaultsLifted
        phases = status.phases.map { phase in
            PhasePosition(
                name: phase.name, pass: phase.pass, passes: phase.passes, elapsedSeconds: phase.elapsed.seconds,
                lengthSeconds: phase.length.seconds, isWaitingAtGate: phase.isWaitingAtGate)
        }
        elapsedSeconds = status.elapsed.seconds
        lengthSeconds = status.length.seconds
        timeLeftSeconds = status.timeLeft.map { max(0, $0.seconds) }
        faults = status.faults
        darkZones = status.darkZones
    }
}

extension Director.State {
    var word: String {
        switch self {
        case .idle: "idle"
        case .steadying: "steadying"
        case .playing: "playing"
        case .ended: "ended"
        }
    }
}

/// The process at a glance.
package struct StatusAnswer: Codable, Sendable {
    package var version: String
    package var startedAt: Date
    package var run: PositionAnswer?
    package var services: [SecondAnswer.ServiceFigures]
    /// Faults in force, of the run and by hand.
    package var faults: [String]
    package var darkZones: [String]
    package var openConnections: Int
    /// Bytes that faults hold back.
    package var heldBytes: Int
    package var loopLagSeconds: Double
    package var droppedRecords: Int
}

extension ControlDesk {
    func status(since startedAt: Date) -> StatusAnswer {
        StatusAnswer(
            version: Version.current, startedAt: startedAt,
            run: runs.current.map { PositionAnswer($0, director.status(at: loop.now)) }, services: figures,
            faults: faultsInForce, darkZones: director.darkZones, openConnections: server.openConnections,
            heldBytes: server.heldBytes, loopLagSeconds: server.loopLag.seconds,
            droppedRecords: Int(clamping: server.droppedRecords))
    }
}
