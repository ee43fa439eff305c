import Foundation
import Observation
import TestSupport
import Testing
import Units

@testable import Control
@testable import Remote

/// The screen as text, for boards as a control plane would fill them.
@Suite("The status screen")
struct ScreenTests {
    /// A minute in which a brownout begins: rates hold, successes dip, latencies climb.
    static func busyBoard(services: Int = 1, faults: Int = 2) throws -> StatusBoard {
        var board = StatusBoard(place: "127.0.0.1:8474")
        board.link = .live
        board.take(try Sample.status(services: services))
        for second in 0..<75 { board.take(try Sample.second(second, services: services)) }
        board.take(try Sample.run())
        board.take(try Sample.faults(faults))
        for text in ["14:03:12  phase onset ended", "14:03:12  phase brownout began", "14:03:12  fault slow is live"] {
            board.note(text)
        }
        return board
    }

    static func text(
        _ board: StatusBoard, columns: Int = 80, rows: Int = 24, footer: StatusScreen.Footer = .keys,
        colour: Bool = false
    ) -> String {
        let lines = StatusScreen(board, width: columns).lines(rows: rows, footer: footer)
        let ink = Ink(isColoured: colour)
        return lines.map { $0.text(width: columns, ink: ink) + "\n" }.joined()
    }

    private func check(_ name: String, _ text: String) throws {
        let expected = try Snapshot.expected(name, for: text)
        #expect(text == expected)
    }

    @Test("a run in the middle of a brownout, on 80 by 24")
    func busy() throws { try check("busy-80x24.txt", Self.text(try Self.busyBoard())) }

    @Test("the same in colour")
    func coloured() throws {
        let text = Self.text(try Self.busyBoard(), colour: true).replacing("\u{1B}", with: "␛")
        try check("busy-80x24-colour.txt", text)
    }

    @Test("where the height does not do, sparklines go, then rows are counted")
    func crowded() throws { try check("crowded-80x24.txt", Self.text(try Self.busyBoard(services: 9, faults: 12))) }

    @Test("a wide terminal is used")
    func wide() throws {
        try check("busy-132x30.txt", Self.text(try Self.busyBoard(services: 2), columns: 132, rows: 30))
    }

    @Test("nothing is played, nothing is open, nothing acts")
    func idle() throws {
        var board = StatusBoard(place: "127.0.0.1:8474")
        board.link = .live
        board.take(try Sample.idleStatus())
        try check("idle-80x24.txt", Self.text(board))
    }

    @Test("the last run's verdict stands there once it is over")
    func over() throws {
        var board = StatusBoard(place: "127.0.0.1:8474")
        board.link = .live
        board.take(try Sample.idleStatus())
        board.take(try Sample.run(verdict: "FAIL"))
        #expect(Self.text(board).contains(" no run  the last one: Eleven minutes of brownout"))
        #expect(Self.text(board).contains("FAIL"))
    }

    @Test("a lost connection is said, and what was last known stays")
    func lost() throws {
        var board = try Self.busyBoard()
        board.link = .lost("Connection refused")
        let text = Self.text(board)
        #expect(text.hasPrefix(" brownout  127.0.0.1:8474"))
        #expect(text.contains("Connection refused, trying again"))
        #expect(text.contains("payments"))
    }

    @Test("pause, gates, passes and dark zones are seen")
    func states() throws {
        var board = try Self.busyBoard()
        board.take(try Sample.second(80, state: "paused", words: "paused, faults lifted", dark: ["az-a"]))
        #expect(Self.text(board).contains("‖ paused, faults lifted"))
        #expect(Self.text(board).contains("dark: az-a"))
        #expect(Self.text(board).contains(" p  resume"))
        board.take(try Sample.second(81, words: "brownout waits at its gate", waits: true))
        #expect(Self.text(board).contains("◆ brownout waits at its gate: c continues"))
        board.take(try Sample.second(82, pass: 2, passes: 3))
        #expect(Self.text(board).contains("brownout (2 of 3) 3m12s of 11m"))
    }

    @Test("an abort asks before, and messages take the place of the keys")
    func footers() throws {
        let board = try Self.busyBoard()
        let question = Self.text(board, footer: .question("abort it?"))
        #expect(question.hasSuffix(" abort it?  y  yes   n  no\n"))
        #expect(Self.text(board, footer: .message("paused", isBad: false)).hasSuffix(" paused\n"))
    }

    @Test("whatever the size, there are exactly as many lines, and none is wider")
    func sizes() throws {
        let boards = [
            try Self.busyBoard(services: 9, faults: 12), try Self.busyBoard(), StatusBoard(place: "127.0.0.1:8474"),
        ]
        for board in boards {
            for (columns, rows) in [(80, 24), (20, 5), (40, 10), (200, 60), (81, 23), (80, 1), (80, 2)] {
                let lines = Self.text(board, columns: columns, rows: rows).split(
                    separator: "\n", omittingEmptySubsequences: false
                ).dropLast()
                #expect(lines.count == rows)
                #expect(lines.allSatisfy { $0.count <= columns }, "\(columns)x\(rows)")
            }
        }
    }

    @Test("control characters in names cannot move the cursor")
    func tame() {
        #expect(
            ScreenLine("a\u{1B}[2Jb\u{9B}c\nd").text(width: 20, ink: Ink(isColoured: false))
                == "a\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}d")
    }

    @Test("the right part of a line gives way where there is no room for both")
    func rightGivesWay() {
        var line = ScreenLine("left part")
        line.addRight("right")
        let ink = Ink(isColoured: false)
        #expect(line.text(width: 16, ink: ink) == "left part  right")
        #expect(line.text(width: 14, ink: ink) == "left part")
        #expect(line.text(width: 5, ink: ink) == "left…")
    }
}

@Suite("Sparklines")
struct SparklineTests {
    private func history(_ figures: [Double?]) -> FigureHistory {
        var history = FigureHistory()
        for figure in figures { history.add(figure) }
        return history
    }

    @Test("bars grow from the right, blank where nothing was measured")
    func grows() {
        #expect(history([]).rateLine(4) == "    ")
        #expect(history([0, 5, nil, 10]).rateLine(60).drop { $0 == " " } == "▁▄ █")
        #expect(history([1, 2]).rateLine(60).count == 60)
    }

    @Test("a dip of three in a hundred is seen, and a bar is as low as its worst second")
    func dips() {
        let line = history([1, 1, 0.97, 1]).successLine(60).drop { $0 == " " }
        #expect(line == "██▅█")
        #expect(history([1, 0.2, 1]).successLine(60).drop { $0 == " " } == "█▁█")
        #expect(history([1, 1, 1, 1, 1, 0.5]).successLine(20).last == "▁")
    }

    @Test("a minute fits into any width, and no more than a minute is shown")
    func minute() {
        let figures = (0..<120).map { Double?.some($0 < 60 ? 100 : 1) }
        for width in [1, 7, 20, 33, 60, 100] {
            #expect(history(figures).rateLine(width).count == width)
        }
        #expect(history(figures).rateLine(60) == String(repeating: "█", count: 60))
    }

    @Test("seconds that share a bar go on sharing it while time goes on")
    func stable() {
        var history = FigureHistory()
        var last = ""
        for second in 0..<90 {
            history.add(second % 9 == 0 ? 9 : 3)
            let line = history.latencyLine(20)
            if second > 65, second % 3 != 0 { #expect(line == last, "second \(second)") }
            last = line
        }
    }
}
