// What the whole process does with signals that no loop reads.

import Glibc

/// The process's own dealings with signals.
package enum ProcessSignals {
    /// A reader that has gone away is an error of the write (EPIPE), not the end of the process.
    package static func ignoreBrokenPipes() {
        _ = signal(SIGPIPE, SIG_IGN)
    }
}
