// What a run is told besides its scenario, and what its process says at the end.

/// How a scenario is run.
package struct RunSettings: Sendable {
    /// Empty: none.
    package var command: [String] = []
    /// Plays without waiting for the steady state.
    package var force = false
    /// A signal is how it is meant to end (`proxy`).
    package var endsBySignal = false
    /// Nothing but errors and the verdict.
    package var isQuiet = false
    package var paths = OutputPaths()
    /// Says for GitHub, on the lines of the scenario, what failed.
    package var annotates = false
    /// What the report is to say besides: what was overruled.
    package var notes: [String] = []

    package init() {}
}

/// Exit codes that are not a report's (SCENARIO-LANGUAGE.md, "What reads it").
package enum RunExit {
    package static let failure: Int32 = 1
    /// Not started: NO-GO, or the steady state is false.
    package static let refused: Int32 = 3
    /// Not started: on HOLD.
    package static let held: Int32 = 4
    package static let usage: Int32 = 64
    package static let invalidFile: Int32 = 104
    package static let interrupted: Int32 = 105
    /// As shells say that there is no such command.
    package static let noCommand: Int32 = 127
}
