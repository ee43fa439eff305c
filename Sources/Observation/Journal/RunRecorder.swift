// The one place that a director tells what happens: it goes to the measurements, the facts, the judge and the journal
// alike, so that none of them knows more than the others.
//
//     record(event) ──► facts, judge, store (phases), journal
//     tick          ──► once a second: store ──► totals, journal
//     finish        ──► the last second, verdicts, report ──► journal

package import Units

/// Keeps the books of a run, on the control thread.
package final class RunRecorder {
    package let store: MetricStore
    package private(set) var facts: RunFacts
    package private(set) var course: RunCourse
    private var judge: Judge
    private let journal: Journal?
    private let began: Instant
    private var writtenDirectory: ServiceDirectory

    /// Begins now: the journal, if any, gets its first line. The store decides what "now" is.
    package init(_ start: RunStart, store: MetricStore, judge: Judge, journal: Journal? = nil) {
        var start = start
        start.directory = store.directory
        start.expectations = judge.texts
        facts = RunFacts(start)
        course = RunCourse(start)
        self.store = store
        self.judge = judge
        self.journal = journal
        began = store.now
        writtenDirectory = start.directory
        journal?.write(.started(run: start), at: 0)
    }

    /// Takes in what happened; call `store.advance` and drain the rings before a phase ends.
    package func record(_ event: JournalEvent, at now: Instant) {
        store.advance(to: now)
        switch event {
        case .phaseBegan(let phase, _, _): number(of: phase).map { store.phaseBegan($0) }
        case .phaseEnded(let phase, _): phaseEnded(phase)
        default: break
        }
        note(event)
    }

    /// Once a second writes the second down; call each turn, behind the drained rings.
    package func tick(at now: Instant) {
        store.advance(to: now)
        guard let second = store.takeSecond() else { return }
        writeDown(second)
    }

    /// The end: judges, writes the report down and returns it. `verdicts`: what was judged elsewhere.
    package func finish(
        _ ending: RunEnding, command: Int? = nil, also verdicts: [ExpectationReport] = [], at now: Instant
    ) -> RunReport {
        store.advance(to: now)
        judge.phaseEnds(nil, store)
        for phase in store.totals.livePhases {
            record(.phaseEnded(phase: store.directory.phases[phase], how: .cut), at: now)
        }
        writeDown(store.takeRest())
        note(.finished(ending: ending, command: command))
        noteLosses()
        let report = RunReport(facts, totals: store.totals, expectations: judge.verdicts(store, facts) + verdicts)
        journal?.write(.ended(report: report), at: seconds)
        return report
    }

    /// What the journal could not take; it says so itself, but the report must, too.
    private func noteLosses() {
        guard let status = journal?.status else { return }
        if status.dropped > 0 { facts.note(.lost(lines: status.dropped), at: seconds) }
        if let problem = status.problem { facts.note(.note(text: problem), at: seconds) }
    }

    private func phaseEnded(_ phase: String) {
        judge.phaseEnds(phase, store)
        // What was counted in the phase belongs to a second that knows it live.
        if let number = number(of: phase), store.totals.livePhases.contains(number) {
            writeDown(store.takeRest())
            store.phaseEnded(number)
        }
    }

    private func writeDown(_ second: Second) {
        if store.directory != writtenDirectory {
            writtenDirectory = store.directory
            note(.directory(directory: writtenDirectory))
        }
        note(.second(second: second))
    }

    private func note(_ event: JournalEvent) {
        facts.note(event, at: seconds)
        course.note(event, at: seconds)
        journal?.write(event, at: seconds)
    }

    private func number(of phase: String) -> Int? { store.directory.phase(named: phase) }

    private var seconds: Double { (store.now - began).seconds }
}
