// Lines on their way to a file, by a thread of their own: whoever posts never waits for a disk, a pipe or a terminal.
//
//     post ──► bounded queue ──► writer thread: make the bytes, write them
//              full: the line is dropped and counted
//
// After the first error nothing more is written: further lines count as dropped, and `status` says what went wrong.
// `close` waits for the rest, but not for ever: a stuck file is left behind.

package import Foundation
package import Units

/// What became of the lines so far.
package struct WriterStatus: Sendable, Hashable {
    package var written = 0
    package var dropped = 0
    /// nil: no error.
    package var problem: String?
}

// Sendable: each `var` below is private and read or written only inside `withLock`, which holds `condition`; of the `let`s,
// `file` is written to and closed by the writer's one thread alone, the others never change.
/// Writes lines to a file on its own thread.
package final class LineWriter: @unchecked Sendable {
    /// Lines in one piece of work, and how to make them; made on the writer's thread.
    private struct Batch {
        let lines: Int
        let make: @Sendable () -> [UInt8]
    }

    package static let defaultCapacity = 65_536

    private let condition = NSCondition()
    private let file: FileHandle
    private let name: String
    private let capacity: Int
    private var queue: [Batch] = []
    private var queuedLines = 0
    private var state = WriterStatus()
    private var isClosing = false
    private var isFinished = false

    /// Opens `path`, made anew unless `isAppending`; `name` ("the journal") is for messages.
    package convenience init(
        path: String, name: String, isAppending: Bool = false, capacity: Int = LineWriter.defaultCapacity
    ) throws(ObservationError) {
        self.init(
            file: try Self.open(path, name: name, isAppending: isAppending), name: "\(name) \(path)", capacity: capacity
        )
    }

    /// Writes to `file`, which it closes.
    package init(file: FileHandle, name: String, capacity: Int = LineWriter.defaultCapacity) {
        self.file = file
        self.name = name
        self.capacity = capacity
        let thread = Thread { self.run() }
        thread.name = "lines"
        thread.start()
    }

    /// What became of the lines so far.
    package var status: WriterStatus { withLock { state } }

    /// Queues `lines` lines; false when there is no room, or no use since an error. Never waits.
    @discardableResult
    package func post(lines: Int = 1, _ make: @escaping @Sendable () -> [UInt8]) -> Bool {
        withLock {
            guard !isClosing, state.problem == nil, queuedLines + lines <= capacity else {
                state.dropped += lines
                return false
            }
            queue.append(Batch(lines: lines, make: make))
            queuedLines += lines
            condition.signal()
            return true
        }
    }

    /// Writes what is queued and closes the file, for at most `limit`; what is left then counts as dropped.
    @discardableResult
    package func close(within limit: TimeSpan = .seconds(2)) -> WriterStatus {
        withLock {
            isClosing = true
            condition.broadcast()
            let deadline = Date(timeIntervalSinceNow: limit.seconds)
            while !isFinished && condition.wait(until: deadline) {}
            if !isFinished {
                state.dropped += queuedLines
                state.problem = state.problem ?? "\(name) took no more lines"
            }
            return state
        }
    }

    // MARK: The writer's thread

    private func run() {
        while let batches = next() {
            for batch in batches { write(batch) }
        }
        try? file.close()
        withLock {
            isFinished = true
            condition.broadcast()
        }
    }

    /// Waits for work; nil when there will be none.
    private func next() -> [Batch]? {
        withLock {
            while queue.isEmpty && !isClosing { condition.wait() }
            defer { queue = [] }
            return queue.isEmpty ? nil : queue
        }
    }

    private func write(_ batch: Batch) {
        let isBroken = withLock { state.problem != nil }
        var problem: String?
        if !isBroken {
            do { try file.write(contentsOf: Data(batch.make())) } catch {
                problem = "cannot write \(name): \(ObservationError.reason(error))"
            }
        }
        withLock {
            queuedLines -= batch.lines
            state.problem = state.problem ?? problem
            if isBroken || problem != nil { state.dropped += batch.lines } else { state.written += batch.lines }
        }
    }

    private func withLock<Result>(_ body: () -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }

    private static func open(_ path: String, name: String, isAppending: Bool) throws(ObservationError) -> FileHandle {
        do {
            let url = URL(filePath: path)
            if !FileManager.default.fileExists(atPath: path) { try Data().write(to: url) }
            let file = try FileHandle(forWritingTo: url)
            // Devices and pipes can be neither cut nor sought in, and need not.
            if isAppending { _ = try? file.seekToEnd() } else { try? file.truncate(atOffset: 0) }
            return file
        } catch {
            throw ObservationError("write \(name)", path, error)
        }
    }
}
