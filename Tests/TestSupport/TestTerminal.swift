// The product on a terminal of its own (a pseudo-terminal), as a person has it: keys go in, frames come out.

import Foundation
import Glibc

/// A command in a session of its own with a controlling terminal.
package final class TestTerminal {
    private let master: Int32
    private let process = Process()
    private var bytes: [UInt8] = []

    /// TIOCSPTLCK and TIOCGPTN, which Swift does not see since they are made of macros.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    /// Starts the product with `arguments` (by setsid(1), which makes the terminal a controlling one).
    package init(_ arguments: [String], columns: Int = 80, rows: Int = 24, environment: [String: String] = [:]) throws {
        master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (lock, number) = (Int32(0), Int32(0))
        guard master >= 0, unsafe ioctl(master, Self.setLock, &lock) == 0,
            unsafe ioctl(master, Self.getNumber, &number) == 0
        else { throw TestSocketError.failed("ptmx", errno) }
        let slave = unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard slave >= 0 else { throw TestSocketError.failed("open", errno) }
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
        resize(columns: columns, rows: rows)
        let file = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        process.arguments = ["--ctty", "--wait", Product.binary.path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = file
        process.standardOutput = file
        process.standardError = file
        try process.run()
    }

    deinit {
        signal(SIGKILL)
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        close(master)
    }

    /// Everything that was written to the terminal so far.
    package var output: String {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(master, &buffer, buffer.count)
            if count <= 0 { break }
            bytes += buffer.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The last whole frame, line by line, without colours.
    package var screen: [String] {
        let frames = output.components(separatedBy: "\u{1B}[?2026h").dropFirst()
        guard let frame = frames.last(where: { $0.contains("\u{1B}[?2026l") }) else { return [] }
        let text = frame.components(separatedBy: "\u{1B}[?2026l")[0]
        // The terminal itself makes CR LF of each LF.
        let plain = text.replacing(#/\u{1B}\[[0-9;?]*[a-zA-Z]/#, with: "")
        return plain.components(separatedBy: "\r\n").map { $0.replacing("\r", with: "") }
    }

    /// How often a screen of the command's own was begun.
    package var screensEntered: Int { output.components(separatedBy: "\u{1B}[?1049h").count - 1 }

    /// Whether the screen comes to hold `text`.
    package func shows(_ text: String) -> Bool {
        eventually { screen.contains { $0.contains(text) } }
    }

    package func type(_ keys: String) {
        let keys = Array(keys.utf8)
        _ = unsafe write(master, keys, keys.count)
    }

    package func resize(columns: Int, rows: Int) {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = unsafe ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// To whoever has the terminal.
    package func signal(_ number: Int32) {
        let group = tcgetpgrp(master)
        if group > 0 { kill(-group, number) }
    }

    /// Whether lines are read and shown again, as a shell needs it.
    package var isRestored: Bool {
        var state = termios()
        guard unsafe tcgetattr(master, &state) == 0 else { return false }
        let isCooked = state.c_lflag & tcflag_t(ICANON) != 0 && state.c_lflag & tcflag_t(ECHO) != 0
        return isCooked && output.hasSuffix("\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l")
    }

    /// Its exit code, once it has ended.
    package func ended() -> Int32? {
        // What it writes at its end must not wait for us.
        guard
            eventually({
                _ = output; return !process.isRunning
            })
        else { return nil }
        return process.terminationStatus
    }
}
