// Where operator events go: standard error, one line each, through a queue, so that a stuck terminal stalls nobody.

import Foundation
import Glibc
package import Logging
import Observation

/// swift-log's destination for this process.
package enum OperatorLogging {
    /// Call once, before anything logs.
    package static func begin(_ level: Logger.Level) {
        let copy = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
        let file = copy < 0 ? FileHandle.nullDevice : FileHandle(fileDescriptor: copy, closeOnDealloc: false)
        let writer = LineWriter(file: file, name: "standard error")
        LoggingSystem.bootstrap { label in
            var handler = LineLogHandler(label: label, writer: writer)
            handler.logLevel = level
            return handler
        }
    }
}

/// One line an event: `warning brownout: out of descriptors … count=3`.
private struct LineLogHandler: LogHandler {
    let label: String
    let writer: LineWriter
    var logLevel = Logger.Level.warning
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let fields = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let line = "\(event.level) \(label): \(event.message)\(fields)\n"
        writer.post { Array(line.utf8) }
    }
}
