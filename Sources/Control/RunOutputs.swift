// Files that a run writes, opened before anything starts: a path that cannot be written is an error at once, not after an
// hour.

import Foundation
package import Observation
package import Units

/// Where a run writes to.
package struct OutputPaths: Sendable {
    package var journal: String?
    package var accessLog: String?
    /// The report, by form; "-" is standard output.
    package var reports: [ReportForm: String] = [:]
    /// Where a CI job's summary is added to, as Markdown.
    package var summary: String?

    package init() {}

    /// Standard output carries the report alone.
    package var takesOutput: Bool { reports.values.contains("-") }
}

/// The open files of a run.
package final class RunOutputs {
    package let journal: Journal?
    package let accessLog: AccessLog?
    private let reports: [ReportForm: LineWriter]
    private let summary: LineWriter?

    /// `now`: the moment of the monotonic clock.
    package init(_ paths: OutputPaths, now: Instant) throws(ObservationError) {
        journal = try paths.journal.map { path throws(ObservationError) in try Journal(path: path) }
        accessLog = try paths.accessLog.map { path throws(ObservationError) in
            try AccessLog(
                path: path, clock: AccessLog.WallClock(monotonic: now, seconds: Date().timeIntervalSince1970))
        }
        var writers: [ReportForm: LineWriter] = [:]
        for (form, path) in paths.reports {
            writers[form] =
                path == "-"
                ? LineWriter(file: .standardOutput, name: "standard output")
                : try LineWriter(path: path, name: "the report")
        }
        reports = writers
        summary = try paths.summary.map { path throws(ObservationError) in
            try LineWriter(path: path, name: "the job summary", isAppending: true)
        }
    }

    /// Writes the report and closes every file; answers what went wrong.
    package func close(_ report: RunReport?, of recorder: RunRecorder) -> [String] {
        if let report {
            for (form, writer) in reports {
                if let text = try? form.text(report, course: recorder.course) { writer.post { Array(text.utf8) } }
            }
            summary?.post { Array(report.markdown.utf8) }
        }
        let writers = Array(reports.values) + (summary.map { [$0] } ?? [])
        let states =
            [journal?.close(), accessLog?.close(recorder.store.directory)]
            + writers.map { $0.close(within: .seconds(10)) }
        return states.compactMap { $0?.problem }
    }
}
