// A command that we start and wait for. It runs in a process group of its own, so that Ctrl-C reaches it once, when we
// pass it on, and its own children with it. A background group that reads from a terminal is stopped by the kernel, so a
// terminal as standard input becomes /dev/null; pipes and files are inherited.
//
// A thread waits for the end (waitpid), since SIGCHLD would have to be blocked in every thread of the process.

import Glibc
import Synchronization
import Units

/// How a command ended.
package enum ExitStatus: Sendable, Hashable {
    case exited(Int32)
    case signalled(Int32)

    /// As a shell reports it: 128 + number for signals.
    package var code: Int32 {
        switch self {
        case .exited(let code): code
        case .signalled(let signal): 128 + signal
        }
    }
}

/// A started command.
package final class ChildProcess: Sendable {
    private let identifier: pid_t
    private let hasEnded = Lock(false)

    /// Starts `arguments` (the first is searched in PATH) with exactly `environment`; `ended` is called once, on a thread of
    /// its own.
    package init(
        _ arguments: [String], environment: [String: String], ended: @escaping @Sendable (ExitStatus) -> Void
    ) throws(SystemError) {
        let identifier = try Self.spawn(arguments, environment)
        self.identifier = identifier
        let waiting = try LoopThread(name: "command") { [self] in
            let status = Self.wait(for: identifier)
            hasEnded.withLock { $0 = true }
            ended(status)
        }
        waiting.detach()
    }

    /// Sends `signal` to the command and all of its group; nothing happens when it has ended.
    package func send(signal: Int32) {
        hasEnded.withLock { hasEnded in
            if !hasEnded { _ = kill(-identifier, signal) }
        }
    }

    private static func wait(for identifier: pid_t) -> ExitStatus {
        var status: Int32 = 0
        while unsafe waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
    }

    private static func spawn(_ arguments: [String], _ environment: [String: String]) throws(SystemError) -> pid_t {
        guard let command = arguments.first else { throw SystemError("start", ENOENT) }
        var attributes = posix_spawnattr_t()
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawnattr_init(&attributes)
        unsafe posix_spawn_file_actions_init(&actions)
        defer {
            unsafe posix_spawnattr_destroy(&attributes)
            unsafe posix_spawn_file_actions_destroy(&actions)
        }
        setUp(&attributes)
        if isatty(STDIN_FILENO) == 1 {
            unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        var identifier: pid_t = 0
        let variables = environment.map { "\($0.key)=\($0.value)" }.sorted()
        let status = unsafe withCStrings(arguments) { arguments in
            unsafe withCStrings(variables) { variables in
                unsafe posix_spawnp(&identifier, command, &actions, &attributes, arguments, variables)
            }
        }
        if status != 0 { throw SystemError("start", status) }
        return identifier
    }

    /// A group of its own, no signal blocked, none ignored.
    private static func setUp(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    }

    /// `strings` as C wants them: pointers, then nil.
    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("the list ends with nil") }
            return unsafe body(base)
        }
    }
}
