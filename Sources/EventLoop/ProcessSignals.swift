// What the whole process does with signals that no loop reads.

import Glibc

/// The process's own dealings with signals.
package enum ProcessSignals {
    /// A reader that has gone away is an error of the write (EPIPE), not the end of the process.
    package static func ignoreBrokenPipes() {
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Whether whoever started us wants `number` ignored: nohup(1) does so with SIGHUP.
    package static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        unsafe sigaction(number, nil, &action)
        let handler = unsafe action.__sigaction_handler.sa_handler
        return unsafe unsafeBitCast(handler, to: Int.self) == 1
    }
}
