// `brownout status --watch`: events and answers go into a board, the board is drawn, keys become requests.
//
//      events ─► board ─► screen            a second: also status and faults are asked
//      keys ─► request ─► message           abort asks first
//      resize, Ctrl-Z, fg ─► drawn anew     every way out restores the terminal

import Control
package import EventLoop
import struct Foundation.Calendar
import struct Foundation.Date
import struct Foundation.TimeZone
import Glibc
package import Observation
import Units

/// A live view of one control plane on a terminal.
package final class StatusWatch: TimerOwner, EventReader, SignalReader, KeyReader {
    private let client: ControlClient
    private let terminal: Terminal
    private let output: ScreenOutput
    private var board: StatusBoard
    private var footer = StatusScreen.Footer.keys
    private var size = Terminal.size
    private var hasConnected = false
    private var failure: ClientError?
    private var knownPhases: [String] = []
    private var knownRun: String?
    private lazy var follower = EventFollower(client, reader: self)
    private lazy var messageTimer = Timer(on: client.loop, owner: self)

    /// Everything that ends or changes the view; blocked before any thread starts.
    package static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH]
    private static let messageStays = TimeSpan.seconds(4)

    package init(_ client: ControlClient, terminal: Terminal, ink: Ink) {
        self.client = client
        self.terminal = terminal
        output = ScreenOutput(ink: ink)
        board = StatusBoard(place: client.place.label)
    }

    /// Until `q`, or a signal. An error where there was nothing to show at the beginning.
    package func run() throws(ClientError) {
        do throws(SystemError) {
            try watch()
        } catch {
            throw .broken(client.place.label, reason: "\(error)")
        }
        if let failure { throw failure }
    }

    private func watch() throws(SystemError) {
        let signals = try SignalWatcher(loop: client.loop, signals: Self.signals, reader: self)
        let keys = try KeyWatcher(loop: client.loop, reader: self)
        defer {
            signals.close()
            keys.close()
            follower.close()
            hide()
        }
        follower.begin()
        if failure == nil { client.loop.run() }
    }

    // MARK: The terminal

    private func show() {
        terminal.enter()
        output.begin()
        draw()
    }

    private func hide() {
        terminal.resumeOutput()
        output.end()
        terminal.leave()
    }

    private func draw() {
        guard hasConnected else { return }
        let screen = StatusScreen(board, width: size.columns)
        output.draw(screen.lines(rows: size.rows, footer: footer), width: size.columns)
    }

    package func received(signal: Int32) {
        switch signal {
        case SIGWINCH:
            size = Terminal.size
            draw()
        case SIGTSTP:
            hide()
            Terminal.suspend()
            size = Terminal.size
            if hasConnected { show() }
        default: client.loop.stop()
        }
    }

    // MARK: Keys

    package func typed(_ bytes: [UInt8]) {
        if bytes.isEmpty { return client.loop.stop() }
        for byte in Self.plainKeys(bytes) { typed(Character(UnicodeScalar(byte))) }
        draw()
    }

    /// Without keys that are sequences (arrows, functions), which mean nothing here: ESC, `[` or `O`, up to a letter or `~`.
    static func plainKeys(_ bytes: [UInt8]) -> [UInt8] {
        var rest = bytes[...]
        var keys: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == 0x1B, let kind = rest.first, kind == UInt8(ascii: "[") || kind == UInt8(ascii: "O") else {
                keys.append(byte)
                continue
            }
            rest = rest.dropFirst().drop { !(0x40...0x7E).contains($0) }.dropFirst()
        }
        return keys
    }

    private func typed(_ key: Character) {
        if case .question = footer { return answered(key) }
        let isPaused = board.position?.state == "paused"
        switch key {
        case "p" where isPaused: steer("resume", "resumed")
        case "p": steer("pause", "paused")
        case "c": steer("continue", "gate opened")
        case "s": steer("skip", "skipped to the next phase")
        case "a": askForAbort()
        case "q": client.loop.stop()
        default: break
        }
    }

    private func askForAbort() {
        guard let position = board.position else { return say("there is no run to abort", isBad: true) }
        messageTimer.cancel()
        footer = .question("abort \(position.name) and clear its faults?")
    }

    private func answered(_ key: Character) {
        footer = .keys
        if key == "y" { steer("abort", "aborted: no fault of the run acts any more") }
    }

    private func steer(_ verb: String, _ done: String) {
        client.send(ControlRequest("POST", ["v1", "run", verb])) { [weak self] outcome in
            switch outcome {
            case .success: self?.say(done, isBad: false)
            case .failure(let error): self?.say(error.description, isBad: true)
            }
            self?.askForStatus()
        }
    }

    private func say(_ text: String, isBad: Bool) {
        footer = .message(text, isBad: isBad)
        messageTimer.set(after: Self.messageStays)
        draw()
    }

    package override func fired(_ timer: Timer) {
        footer = .keys
        draw()
    }

    // MARK: Events

    package func connected(_ follower: EventFollower) {
        board.link = .live
        knownRun = nil
        askForStatus()
        askForServices()
        askForRun()
        guard !hasConnected else { return draw() }
        hasConnected = true
        show()
    }

    package func lost(_ error: ClientError, _ follower: EventFollower) {
        guard hasConnected else {
            failure = error
            return client.loop.stop()
        }
        board.link = .lost(error.brief)
        draw()
    }

    package func heard(_ event: HeardEvent, _ follower: EventFollower) {
        switch event {
        case .second(let second):
            board.take(second)
            askForStatus()
            askForRun()
        case .happened(let happened):
            board.note(Self.clock(happened.at) + "  " + happened.text)
            if case .changed = happened.event { askForServices() }
            knownRun = nil
        case .missed: board.note(Self.clock(Date()) + "  events were missed")
        }
        draw()
    }

    /// "14:03:12", by the clock on the wall.
    private static func clock(_ date: Date) -> String {
        let style = Date.VerbatimFormatStyle(
            format:
                "\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits)",
            timeZone: .current, calendar: Calendar(identifier: .gregorian))
        return date.formatted(style)
    }

    // MARK: Questions

    private func ask<Answer: Decodable>(
        _ path: [String], _ type: Answer.Type, _ take: @escaping (inout StatusBoard, Answer) -> Void
    ) {
        client.send(ControlRequest("GET", ["v1"] + path)) { [weak self] outcome in
            guard let self, case .success(let answer) = outcome,
                let decoded = try? answer.decoded(type, from: client.place)
            else { return }
            take(&board, decoded)
            draw()
        }
    }

    private func askForStatus() {
        ask(["status"], StatusAnswer.self) { $0.take($1) }
        ask(["faults"], FaultsAnswer.self) { $0.take($1) }
    }

    private func askForServices() { ask(["services"], ServicesAnswer.self) { $0.take($1) } }

    /// Its phases, once for each run and phase; the last run's verdict where none is played.
    private func askForRun() {
        let (id, phases) = (board.position?.id, board.position?.phases.map(\.name) ?? [])
        guard knownRun != id ?? "" || phases != knownPhases else { return }
        (knownRun, knownPhases) = (id ?? "", phases)
        if let id { return ask(["runs", id], RunAnswer.self) { $0.take($1) } }
        ask(["runs"], RunsAnswer.self) { board, answer in board.take(answer.runs.last { $0.verdict != nil }) }
    }
}
