// The command beside a run, and what became of it.

import EventLoop
import Glibc

/// A command that was started.
final class RunningCommand {
    /// nil: it still runs.
    var status: ExitStatus?
    /// Whether we asked it to end: its exit code then says nothing about it.
    private(set) var wasStopped = false
    private let process: ChildProcess

    init(
        _ arguments: [String], environment: [String: String], mailbox: Mailbox<RunnerLetter>
    ) throws(SystemError) {
        process = try ChildProcess(arguments, environment: environment) { status in
            mailbox.post(.commandEnded(status))
        }
    }

    var isRunning: Bool { status == nil }

    /// Its own exit code; nil while it runs, or when it was ours to end it.
    var code: Int32? { wasStopped ? nil : status?.code }

    /// Passes `signal` on, once; false when there is nothing to stop any more.
    func stop(_ signal: Int32) -> Bool {
        guard isRunning, !wasStopped else { return false }
        wasStopped = true
        process.send(signal: signal)
        return true
    }

    func kill() {
        if isRunning { process.send(signal: SIGKILL) }
    }
}
