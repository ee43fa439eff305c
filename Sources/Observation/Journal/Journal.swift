// The journal of a run: one JSON object a line (NDJSON), `{"at": seconds, "event": {…}}`, see JournalEvent. An event is
// one line; once a second there is a line with counts and sparse histograms. Written by a thread of its own; lines that
// did not fit are counted, and said in the journal itself as soon as it takes lines again.

import Foundation
import Synchronization
package import Units

/// Writes down a run.
package final class Journal: Sendable {
    private let writer: LineWriter
    private let reportedLosses = Lock(0)

    /// Throws when `path` cannot be written.
    package init(path: String) throws(ObservationError) {
        writer = try LineWriter(path: path, name: "the journal", capacity: 8_192)
    }

    init(writer: LineWriter) {
        self.writer = writer
    }

    /// What became of its lines so far.
    package var status: WriterStatus { writer.status }

    /// Adds a line; never waits.
    package func write(_ event: JournalEvent, at seconds: Double) {
        guard post(JournalLine(at: seconds, event: event)) else { return }
        let dropped = writer.status.dropped
        let unreported = reportedLosses.withLock { dropped - $0 }
        if unreported > 0, post(JournalLine(at: seconds, event: .lost(lines: unreported))) {
            reportedLosses.withLock { $0 = dropped }
        }
    }

    /// Writes the rest, for at most `limit`.
    @discardableResult
    package func close(within limit: TimeSpan = .seconds(2)) -> WriterStatus {
        writer.close(within: limit)
    }

    private func post(_ line: JournalLine) -> Bool {
        writer.post { Self.bytes(line) }
    }

    static func bytes(_ line: JournalLine) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Every value is finite, so encoding cannot fail; a line that did would be missing, and nothing else.
        guard let data = try? encoder.encode(line) else { return [] }
        return [UInt8](data) + [0x0A]
    }
}
