// The status as lines: pure, a board and a size in, lines out.
//
//      brownout 127.0.0.1:8474                              up 12m30s · 131 connections
//      Eleven minutes of brownout                                             ▶ playing
//      ━━━━━━┿━━━━━━━━━━┿━━━━━━━━━━━━●────────────────────────────────┼────────────────
//      calm   onset      brownout                                      recovery
//
//      service …         a row, and a row of sparklines for each while there is room
//      fault …           what acts, where, how often, until when
//      happened          what is left of the height
//      keys
//
// Where the height does not do, sparklines go first, then rows are counted instead of shown.

import Control
import Observation
import Units

/// Draws a board.
package struct StatusScreen: Sendable {
    /// The last line of a screen that has keys.
    package enum Footer: Sendable, Hashable {
        case keys
        /// "abort …?"
        case question(String)
        case message(String, isBad: Bool)
    }

    let board: StatusBoard
    let width: Int

    package init(_ board: StatusBoard, width: Int) {
        self.board = board
        self.width = max(20, width)
    }

    /// Exactly as many lines as the terminal has rows.
    package func lines(rows: Int, footer: Footer) -> [ScreenLine] {
        let top = [header] + run
        let room = max(0, rows - top.count - 1)
        let faults = faults(most: max(2, room / 3))
        let services = services(within: room - faults.count - 1)
        var lines = top + services + faults
        lines = Array(lines.prefix(max(0, rows - 1)))
        lines += happened(most: rows - 1 - lines.count)
        lines += Array(repeating: ScreenLine(), count: max(0, rows - 1 - lines.count))
        return lines + [line(of: footer)]
    }

    /// All of it at once, for `brownout status`: as long as it is, without what only a history can show.
    package var summary: [ScreenLine] {
        [header] + run + serviceRows(board.services, sparklines: false) + faults(most: .max)
    }

    // MARK: Top

    private var header: ScreenLine {
        var line = ScreenLine(" brownout ", .inverse)
        line.add(" \(board.place)", .bold)
        switch board.link {
        case .live: addFacts(to: &line)
        case .connecting: line.addRight("connecting … ", .warning)
        case .lost(let reason):
            line.addRight("\(reason), trying again ", .bad)
        }
        return line
    }

    private func addFacts(to line: inout ScreenLine) {
        var facts: [String] = []
        if let upTime = board.upTime { facts.append("up \(Self.whole(upTime))") }
        if let status = board.status {
            facts.append("\(status.openConnections) connection" + (status.openConnections == 1 ? "" : "s"))
            if status.droppedRecords > 0 { facts.append("\(status.droppedRecords) records dropped") }
        }
        line.addRight(facts.joined(separator: " · ") + " ", .dim)
    }

    private func line(of footer: Footer) -> ScreenLine {
        switch footer {
        case .message(let text, let isBad): return ScreenLine(" " + text, isBad ? .bad : .good)
        case .question(let text):
            var line = ScreenLine(" \(text) ", .bad)
            line.add(" y ", .inverse)
            line.add(" yes  ")
            line.add(" n ", .inverse)
            line.add(" no")
            return line
        case .keys:
            var line = ScreenLine()
            let pause = board.position?.state == "paused" ? "resume" : "pause"
            for (key, word) in [("p", pause), ("c", "continue"), ("s", "skip"), ("a", "abort"), ("q", "quit")] {
                line.add(" \(key) ", .inverse)
                line.add(" \(word)  ")
            }
            return line
        }
    }

    // MARK: What happened

    private func happened(most: Int) -> [ScreenLine] {
        guard most > 1, !board.happened.isEmpty else { return [] }
        return [ScreenLine()] + board.happened.suffix(most - 1).map { ScreenLine(" " + $0, .dim) }
    }

    /// To the second.
    static func whole(_ span: TimeSpan) -> TimeSpan { .seconds(Int64(max(0, span.seconds).rounded(.down))) }

    static func whole(_ seconds: Double) -> TimeSpan { whole(TimeSpan(seconds: seconds)) }
}
