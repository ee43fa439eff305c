// The standard streams of commands that end at once: lines on standard output, complaints on standard error. Commands that
// stay have a RunConsole, which never waits.

import Foundation

/// The command's standard streams.
package struct Console: Sendable {
    package let isQuiet: Bool

    package init(isQuiet: Bool = false) {
        self.isQuiet = isQuiet
    }

    package func say(_ line: String) {
        if !isQuiet { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
    }

    /// Said even when quiet.
    package func complain(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
