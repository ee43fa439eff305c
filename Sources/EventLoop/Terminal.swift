// A terminal that a command draws on: single keys instead of lines, a screen of its own, and everything as it was before
// once the command ends or is suspended. Output goes by whoever draws; this is about the terminal's state and its size.
//
// Ctrl-C and Ctrl-Z stay signals: a loop reads them, so that no way out leaves the terminal changed.

import Glibc

/// Standard input and output, where both are one terminal.
package final class Terminal {
    /// How much can be drawn.
    package struct Size: Sendable, Hashable {
        package var columns: Int
        package var rows: Int

        package init(columns: Int, rows: Int) {
            self.columns = columns
            self.rows = rows
        }

        /// What a terminal has that does not say.
        package static let standard = Size(columns: 80, rows: 24)
    }

    private let cooked: termios
    private var isRaw = false

    /// nil when input or output is something else.
    package init?() {
        var state = termios()
        guard isatty(STDOUT_FILENO) == 1, unsafe tcgetattr(STDIN_FILENO, &state) == 0 else { return nil }
        cooked = state
    }

    deinit { leave() }

    /// As the terminal says now (TIOCGWINSZ).
    package static var size: Size {
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return .standard
        }
        return Size(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    /// Keys come one by one and are not shown (tcsetattr(3)). Where there is none a read does not wait for it: Ctrl-C throws
    /// away what was typed before, and a read that waits in its place would never hear the signal.
    package func enter() {
        var raw = cooked
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
        (raw.c_cc.5, raw.c_cc.6) = (0, 0)  // VTIME, VMIN
        isRaw = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0
    }

    /// As it was. What was typed meanwhile and not read is nobody's any more.
    package func leave() {
        guard isRaw else { return }
        var cooked = cooked
        // From the background tcsetattr would stop us with SIGTTOU; who has the terminal now has set it for themselves.
        let foreground = tcgetpgrp(STDIN_FILENO)
        if foreground > 0, foreground != getpgrp() { return }
        _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &cooked)
        tcflush(STDIN_FILENO, TCIFLUSH)
        isRaw = false
    }

    /// Output goes on that somebody stopped (Ctrl-S): a last frame must not wait for them.
    package func resumeOutput() {
        tcflow(STDIN_FILENO, TCOON)
    }

    /// Stops this process as Ctrl-Z would have, and returns when it goes on. The signal is blocked again then.
    package static func suspend() {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGTSTP)
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
        kill(getpid(), SIGTSTP)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }
}

/// Told of keys.
package protocol KeyReader: AnyObject {
    /// The bytes of one or more keys; empty when there will be no more.
    func typed(_ bytes: [UInt8])
}

/// Reads keys from standard input on a loop, and leaves its descriptor open and as it is.
package final class KeyWatcher<Reader: KeyReader>: Watcher {
    private unowned let reader: Reader

    package init(loop: EventLoop, reader: Reader) throws(SystemError) {
        let copy = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
        if copy < 0 { throw SystemError("dup", errno) }
        self.reader = reader
        super.init(loop: loop, socket: Socket(descriptor: copy), urgent: false)
        watch(.read)
    }

    package override func ready(_ readiness: Readiness) {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe read(socket.descriptor, &bytes, bytes.count)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        if count == 0, !isHungUp { return }
        if count <= 0 { watch([]) }
        reader.typed(Array(bytes.prefix(max(0, count))))
    }

    /// Whether no bytes mean that there will be no more, and not that a signal key has taken them.
    private var isHungUp: Bool {
        var state = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
        let isReady = unsafe poll(&state, 1, 0) > 0
        return isReady && Int32(state.revents) & (POLLHUP | POLLERR | POLLNVAL) != 0
    }
}
