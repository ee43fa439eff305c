// Reads a journal back: the same fold over the same events as in the live run. A journal whose run was killed has no end;
// its report is built from the seconds that are there, and says so.

import Foundation
import Units

/// What a journal holds.
package struct JournalContents: Sendable {
    /// The report as the run gave it; without an end, as far as the journal goes.
    package let report: RunReport
    /// The report built anew from the seconds.
    package let rebuilt: RunReport
    package let course: RunCourse
    package let isComplete: Bool
    /// Lines that are no events; the last line of a killed run is often one.
    package let damagedLines: Int
}

extension Journal {
    /// Reads the journal at `path`, in constant memory; `visit` sees every line on the way.
    package static func read(
        path: String, visit: (JournalLine) -> Void = { _ in }
    ) throws(ObservationError) -> JournalContents {
        var reader = JournalFold()
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? file.close() }
            try forEachLine(of: file) { reader.take($0, visit) }
        } catch {
            throw ObservationError("read the journal", path, error)
        }
        guard let contents = reader.contents else {
            throw ObservationError("\(path) is no journal of a run: it does not say how one began")
        }
        return contents
    }

    private static func forEachLine(of file: FileHandle, _ body: (Data) -> Void) throws {
        var rest = Data()
        while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty {
            rest.append(chunk)
            let parts = rest.split(separator: 0x0A, omittingEmptySubsequences: false)
            for line in parts.dropLast() where !line.isEmpty { body(Data(line)) }
            rest = Data(parts.last ?? Data())
        }
        if !rest.isEmpty { body(rest) }
    }
}

/// Facts and totals, folded from lines.
private struct JournalFold {
    private var facts: RunFacts?
    private var course: RunCourse?
    private var totals = RunTotals()
    private var ended: RunReport?
    private var damagedLines = 0
    private let decoder = JSONDecoder()

    mutating func take(_ data: Data, _ visit: (JournalLine) -> Void) {
        guard let line = try? decoder.decode(JournalLine.self, from: data),
            line.isSound(in: facts?.start.directory)
        else { return damagedLines += 1 }
        visit(line)
        if case .started(let run) = line.event { begin(run) }
        if case .directory(let later) = line.event, let former = facts?.start.directory {
            totals.follow(from: former, to: later)
        }
        facts?.note(line.event, at: line.at)
        course?.note(line.event, at: line.at)
        note(line)
    }

    /// A journal of `serve` holds several runs: the last one counts.
    private mutating func begin(_ run: RunStart) {
        facts = RunFacts(run)
        course = RunCourse(run)
        totals = RunTotals()
        ended = nil
    }

    private mutating func note(_ line: JournalLine) {
        let now = Instant(nanoseconds: TimeSpan(seconds: line.at).nanoseconds)
        switch line.event {
        case .second(let second): totals.add(second)
        case .phaseBegan(let phase, _, _): number(of: phase).map { totals.phaseBegan($0, at: now) }
        case .phaseEnded(let phase, _): number(of: phase).map { totals.phaseEnded($0, at: now) }
        case .ended(let report): ended = report
        default: break
        }
    }

    private func number(of phase: String) -> Int? { facts?.start.directory.phase(named: phase) }

    var contents: JournalContents? {
        guard let facts, let course else { return nil }
        let expectations =
            ended?.expectations
            ?? facts.start.expectations.map { .undecided($0, because: "the run was interrupted") }
        let rebuilt = RunReport(facts, totals: totals, expectations: expectations)
        return JournalContents(
            report: ended ?? rebuilt, rebuilt: rebuilt, course: course, isComplete: ended != nil,
            damagedLines: damagedLines)
    }
}
