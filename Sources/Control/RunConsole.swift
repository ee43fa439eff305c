// What people read while a command runs. Nothing here waits: a stuck terminal or pipe (Ctrl-S) costs lines, never time.
//
//     say        standard output (standard error where that is taken by JSON), left out when quiet
//     complain   standard error
//     show       progress: on a terminal drawn over the last one, elsewhere left out

import Foundation
import Glibc
import Observation
package import Units

/// The standard streams of a command that stays.
package final class RunConsole {
    package let isQuiet: Bool
    /// Whether progress may be drawn over itself.
    package let isTerminal: Bool
    private let output: LineWriter
    private let errors: LineWriter
    private var drawnLines = 0

    /// `isOutputTaken`: standard output belongs to somebody else; `sharesTerminal`: so does the terminal, in part.
    package init(isQuiet: Bool = false, isOutputTaken: Bool = false, sharesTerminal: Bool = false) {
        self.isQuiet = isQuiet
        isTerminal = !isQuiet && !sharesTerminal && isatty(isOutputTaken ? STDERR_FILENO : STDOUT_FILENO) == 1
        let errors = LineWriter(file: Self.copy(STDERR_FILENO), name: "standard error")
        self.errors = errors
        output = isOutputTaken ? errors : LineWriter(file: Self.copy(STDOUT_FILENO), name: "standard output")
    }

    package func say(_ line: String) {
        if !isQuiet { write(line + "\n") }
    }

    /// Said even when quiet: the verdict.
    package func conclude(_ text: String) { write(text) }

    package func complain(_ line: String) {
        erase()
        errors.post { Array((line + "\n").utf8) }
    }

    /// Draws `lines` over the last ones shown; nothing where that cannot be done.
    package func show(_ lines: [String]) {
        guard isTerminal else { return }
        let text = eraser + lines.joined(separator: "\n") + "\n"
        if output.post({ Array(text.utf8) }) { drawnLines = lines.count }
    }

    /// Writes the rest, for at most `limit`.
    package func close(within limit: TimeSpan = .seconds(2)) {
        output.close(within: limit)
        errors.close(within: limit)
    }

    private func write(_ text: String) {
        let all = eraser + text
        drawnLines = 0
        output.post { Array(all.utf8) }
    }

    private func erase() {
        guard drawnLines > 0 else { return }
        let text = eraser
        drawnLines = 0
        output.post { Array(text.utf8) }
    }

    /// Up to the first line drawn, and clears from there.
    private var eraser: String { drawnLines == 0 ? "" : "\u{1B}[\(drawnLines)A\u{1B}[J" }

    /// A descriptor of its own, since the writer closes what it writes to.
    private static func copy(_ descriptor: Int32) -> FileHandle {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        return copy < 0 ? FileHandle.nullDevice : FileHandle(fileDescriptor: copy, closeOnDealloc: false)
    }
}
