// What is drawn goes to the terminal by a writer of its own, which never makes the loop wait: while the terminal is stopped
// (Ctrl-S), frames are left out. The screen is one of the terminal's own (alternate), so that what stood there before
// stands there again afterwards.

import Foundation
import Glibc
import Observation
import Units

/// A screen on standard output.
final class ScreenOutput {
    private var writer: LineWriter?
    private let ink: Ink

    /// Frames that may wait; more say nothing new.
    private static let mostFrames = 4
    /// Alternate screen, no cursor, no wrapping at the right edge.
    private static let opening = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[2J"
    private static let closing = "\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

    init(ink: Ink) {
        self.ink = ink
    }

    deinit { end() }

    func begin() {
        let copy = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
        guard writer == nil, copy >= 0 else { return }
        let file = FileHandle(fileDescriptor: copy, closeOnDealloc: false)
        writer = LineWriter(file: file, name: "the terminal", capacity: Self.mostFrames)
        writer?.post { Array(Self.opening.utf8) }
    }

    /// Draws every line where it stands, all in one go where the terminal can (mode 2026).
    func draw(_ lines: [ScreenLine], width: Int) {
        let texts = lines.map { $0.text(width: width, ink: ink) + "\u{1B}[0m\u{1B}[K" }
        let frame = "\u{1B}[?2026h\u{1B}[H" + texts.joined(separator: "\r\n") + "\u{1B}[J\u{1B}[?2026l"
        writer?.post { Array(frame.utf8) }
    }

    /// Everything is written when this returns, or the terminal takes nothing.
    func end() {
        guard let writer else { return }
        // Counts as no line, so that it has a place behind frames that fill the queue.
        writer.post(lines: 0) { Array(Self.closing.utf8) }
        _ = writer.close(within: .seconds(1))
        self.writer = nil
    }
}
