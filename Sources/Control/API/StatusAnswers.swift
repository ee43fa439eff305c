// What the API says of a run's position and of the process as a whole.

import EventLoop
import Foundation
import Observation
import Proxy
import Units

/// Where a run stands.
struct PositionAnswer: Codable, Sendable {
    struct PhasePosition: Codable, Sendable {
        var name: String
        var pass: Int
        var passes: Int
        var elapsedSeconds: Double
        var lengthSeconds: Double
        var isWaitingAtGate: Bool
    }

    var id: String
    var name: String
    /// "steadying", "playing", "paused" or "ended".
    var state: String
    /// What holds it up, in words.
    var words: String?
    var areFaultsLifted: Bool
    /// Live phases, those that hold lanes before their lanes. Times are the script's.
    var phases: [PhasePosition]
    var elapsedSeconds: Double
    var lengthSeconds: Double
    /// Wall time until every fault is cleared.
    var timeLeftSeconds: Double?
    var faults: [String]
    var darkZones: [String]

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
struct StatusAnswer: Codable, Sendable {
    var version: String
    var startedAt: Date
    var run: PositionAnswer?
    var services: [SecondAnswer.ServiceFigures]
    /// Faults in force, of the run and by hand.
    var faults: [String]
    var darkZones: [String]
    var openConnections: Int
    /// Bytes that faults hold back.
    var heldBytes: Int
    var loopLagSeconds: Double
    var droppedRecords: Int
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
