// The standard streams of commands that end at once: lines on standard output, complaints on standard error. Commands that
// stay have a RunConsole, which never waits.

package import Foundation

/// The command's standard streams.
package struct Console: Sendable {
    package let isQuiet: Bool

    package init(isQuiet: Bool = false) {
        self.isQuiet = isQuiet
    }

    package func say(_ line: String) {
        if !isQuiet { show(line + "\n") }
    }

    /// A text that brings its own ends of lines. When nobody reads any more (`| head`), the command has no more to say: it
    /// ends as one ended by SIGPIPE would, which this process ignores because of its sockets.
    package func show(_ text: String) { show(Data(text.utf8)) }

    package func show(_ bytes: Data) {
        do {
            try FileHandle.standardOutput.write(contentsOf: bytes)
        } catch {
            _exit(128 + SIGPIPE)
        }
    }

    /// Said even when quiet.
    package func complain(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }
}
