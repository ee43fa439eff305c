// What a run shows while it goes on: events as lines, and on a terminal the progress drawn over itself four times a
// second; elsewhere the progress as a line every ten seconds.

import Observation
import Scenario
import Units

/// Shows one run on one console.
final class RunView {
    private let console: RunConsole
    private let recorder: RunRecorder
    private let began: Instant
    private var shownAt: Instant

    init(_ console: RunConsole, _ recorder: RunRecorder, now: Instant) {
        self.console = console
        self.recorder = recorder
        began = now
        shownAt = now
    }

    func say(_ event: JournalEvent, at now: Instant) {
        if let line = event.line(at: now - began) { console.say(line) }
    }

    /// Shows where the run stands, when it is time to.
    func show(_ director: Director, at now: Instant) {
        let pause = console.isTerminal ? TimeSpan.milliseconds(250) : .seconds(10)
        guard !console.isQuiet, now - shownAt >= pause else { return }
        shownAt = now
        let progress = progress(director, at: now)
        if console.isTerminal {
            console.show(ProgressLine.live(progress))
        } else {
            console.say(ProgressLine.plain(progress))
        }
    }

    private func progress(_ director: Director, at now: Instant) -> RunProgress {
        let status = director.status(at: now)
        return RunProgress(
            phases: status.phases.map(\.name), phaseElapsed: status.phases.first?.elapsed,
            phaseLength: status.phases.first?.length, elapsed: status.elapsed, total: status.length,
            state: status.words, services: recorder.store.progress(), faults: status.faults)
    }
}
