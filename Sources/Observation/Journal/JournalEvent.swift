// What a journal tells of a run, in order: enough to rebuild its report. Times stand beside the events, in seconds since
// the run began. Phases and entries are named; the directory in `started` gives the numbers of `second`.

/// What is known when a run begins.
package struct RunStart: Sendable, Hashable, Codable {
    package var scenario: String
    /// The file that it came from, as it was named; nil: no file.
    package var file: String?
    /// Of the file's text, so that two journals can be told to be of the same script.
    package var scenarioHash: String
    package var seed: UInt64
    package var speed: Double
    package var version: String
    /// Seconds since 1970, by the wall clock.
    package var startedAt: Double
    package var directory: ServiceDirectory
    /// The texts of what is expected, in the order of the file.
    package var expectations: [ExpectationText]

    package init(
        scenario: String, file: String? = nil, scenarioHash: String, seed: UInt64, speed: Double, version: String,
        startedAt: Double, directory: ServiceDirectory, expectations: [ExpectationText] = []
    ) {
        self.scenario = scenario
        self.file = file
        self.scenarioHash = scenarioHash
        self.seed = seed
        self.speed = speed
        self.version = version
        self.startedAt = startedAt
        self.directory = directory
        self.expectations = expectations
    }
}

/// An expectation as written.
package struct ExpectationText: Sendable, Hashable, Codable {
    package var name: String
    package var phase: String?
    package var text: String
    /// The line of the file on which it stands.
    package var line: Int?

    package init(name: String, phase: String?, text: String, line: Int? = nil) {
        self.name = name
        self.phase = phase
        self.text = text
        self.line = line
    }
}

/// How a phase came to its end.
package enum PhaseEnding: String, Sendable, Hashable, Codable {
    /// After its whole length.
    case played
    /// Its `until` came true.
    case left
    case skipped
    /// The run ended in it.
    case cut
}

/// What happened at a gate.
package enum GateState: String, Sendable, Hashable, Codable {
    case waits, opened, expired
}

/// Why a run is over.
package enum RunEnding: Sendable, Hashable, Codable {
    /// To the end of its timeline.
    case played
    /// The command ended before the timeline.
    case commandEnded
    /// An `abort_if` came true: its text.
    case aborted(condition: String)
    /// Its time to live was over.
    case outlived
    /// A person or a program ended it.
    case stopped
    /// A signal ended it.
    case interrupted
    /// Not begun: the steady state did not come true, or the forecast said NO-GO.
    case refused(reasons: [String])
    /// Not begun: the forecast said HOLD.
    case held(reasons: [String])
    /// Something of ours broke.
    case failed(message: String)
    /// The journal ends before its run does.
    case unknown
}

/// One thing that happened.
package enum JournalEvent: Sendable, Hashable, Codable {
    case started(run: RunStart)
    case steady(holds: Bool, conditions: [String])
    case phaseBegan(phase: String, pass: Int, passes: Int)
    case phaseEnded(phase: String, how: PhaseEnding)
    case faultLive(entry: String, phase: String?)
    case faultOver(entry: String, phase: String?)
    case gate(phase: String, state: GateState)
    /// An `abort_if` or `until` came true, with what was measured.
    case guardTripped(condition: String, measured: String)
    case paused(cleared: Bool)
    case resumed
    /// The zones that are dark from now on.
    case dark(zones: [String])
    /// Somebody changed a service, a rule or the run by hand.
    case changed(change: Change)
    /// Something that whoever reads the report should know.
    case note(text: String)
    /// Names that were not there at the beginning: faults given by hand, phases side by side.
    case directory(directory: ServiceDirectory)
    case second(second: Second)
    /// Lines that the journal could not take in time.
    case lost(lines: Int)
    /// Why, with the exit code of the command if there was one.
    case finished(ending: RunEnding, command: Int?)
    case ended(report: RunReport)
}

/// A line of a journal.
package struct JournalLine: Sendable, Hashable, Codable {
    /// Seconds since the run began.
    package var at: Double
    package var event: JournalEvent

    package init(at: Double, event: JournalEvent) {
        self.at = at
        self.event = event
    }
}
