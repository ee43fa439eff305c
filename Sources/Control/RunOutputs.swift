// Files that a run writes, opened before anything starts: a path that cannot be written is an error at once, not after an
// hour.

import Foundation
package import Observation
package import Units

/// Where a run writes to.
package struct OutputPaths: Sendable {
    package var journal: String?
    package var accessLog: String?
    /// The report as JSON; "-" is standard output.
    package var json: String?

    package init() {}

    /// Standard output carries the report alone.
    package var takesOutput: Bool { json == "-" }
}

/// The open files of a run.
package final class RunOutputs {
    package let journal: Journal?
    package let accessLog: AccessLog?
    private let json: LineWriter?

    /// `now`: the moment of the monotonic clock.
    package init(_ paths: OutputPaths, now: Instant) throws(ObservationError) {
        journal = try paths.journal.map { path throws(ObservationError) in try Journal(path: path) }
        accessLog = try paths.accessLog.map { path throws(ObservationError) in
            try AccessLog(
                path: path, clock: AccessLog.WallClock(monotonic: now, seconds: Date().timeIntervalSince1970))
        }
        json = try paths.json.map { path throws(ObservationError) in
            path == "-"
                ? LineWriter(file: .standardOutput, name: "standard output")
                : try LineWriter(path: path, name: "the report")
        }
    }

    /// Writes the report and closes every file; answers what went wrong.
    package func close(_ report: RunReport?, directory: ServiceDirectory) -> [String] {
        if let report, let text = try? report.json() { json?.post { Array(text.utf8) } }
        let states = [
            journal?.close(), accessLog?.close(directory), json?.close(within: .seconds(10)),
        ]
        return states.compactMap { $0?.problem }
    }
}
