// What became of a run apart from its traffic: which phases were played, gates, guards, why it ended. A fold over the
// journal's events, so that a live run and a journal read later know the same.

package import Units

/// The course of a run.
package struct RunFacts: Sendable, Hashable {
    /// One phase, all passes together.
    package struct PhaseCourse: Sendable, Hashable {
        package var state = PhaseState.notPlayed
        /// Measured, in real time.
        package var length: TimeSpan = .zero
        fileprivate var beganAt: Double?
    }

    package struct GateCourse: Sendable, Hashable, Codable {
        package var phase: String
        /// Real seconds.
        package var waited: Double
        /// Opened by its bound rather than by somebody.
        package var expired: Bool
    }

    package struct TrippedGuard: Sendable, Hashable, Codable {
        package var condition: String
        package var measured: String
    }

    package private(set) var start: RunStart
    /// By phase number.
    package private(set) var phases: [PhaseCourse]
    package private(set) var gates: [GateCourse] = []
    /// The last guard that came true.
    package private(set) var trippedGuard: TrippedGuard?
    package private(set) var notes: [String] = []
    package private(set) var lostLines = 0
    package private(set) var ending = RunEnding.unknown
    package private(set) var commandCode: Int?
    /// Real seconds from the beginning to the last event.
    package private(set) var length = 0.0
    private var waitingGates: [String: Double] = [:]

    package init(_ start: RunStart) {
        self.start = start
        phases = start.directory.phases.map { _ in PhaseCourse() }
    }

    /// Takes in what happened `at` seconds after the beginning.
    package mutating func note(_ event: JournalEvent, at seconds: Double) {
        length = max(length, seconds)
        switch event {
        case .phaseBegan(let phase, _, _): began(phase, at: seconds)
        case .phaseEnded(let phase, let how): ended(phase, how, at: seconds)
        case .gate(let phase, let state): gate(phase, state, at: seconds)
        case .guardTripped(let condition, let measured):
            trippedGuard = TrippedGuard(condition: condition, measured: measured)
        case .directory(let directory): start.directory = directory
        case .note(let text): notes.append(text)
        case .lost(let lines): lostLines += lines
        case .finished(let ending, let command): (self.ending, commandCode) = (ending, command)
        case .started, .steady, .faultLive, .faultOver, .paused, .resumed, .dark, .changed, .second, .ended: break
        }
    }

    private mutating func began(_ phase: String, at seconds: Double) {
        guard let index = start.directory.phase(named: phase) else { return }
        phases[index].beganAt = seconds
        phases[index].state = .cut
    }

    private mutating func ended(_ phase: String, _ how: PhaseEnding, at seconds: Double) {
        guard let index = start.directory.phase(named: phase) else { return }
        if let began = phases[index].beganAt { phases[index].length += TimeSpan(seconds: seconds - began) }
        phases[index].beganAt = nil
        phases[index].state = PhaseState(how)
    }

    private mutating func gate(_ phase: String, _ state: GateState, at seconds: Double) {
        guard state != .waits else { return waitingGates[phase] = seconds }
        let began = waitingGates.removeValue(forKey: phase) ?? seconds
        gates.append(GateCourse(phase: phase, waited: seconds - began, expired: state == .expired))
    }
}

/// What became of a phase.
package enum PhaseState: String, Sendable, Hashable, Codable {
    case played, left, skipped, cut
    case notPlayed = "not played"

    init(_ how: PhaseEnding) {
        switch how {
        case .played: self = .played
        case .left: self = .left
        case .cut: self = .cut
        case .skipped: self = .skipped
        }
    }

    /// Whether its faults had their time, so that one that never bit tells something.
    var hadItsTime: Bool { self == .played || self == .left || self == .cut }
}
