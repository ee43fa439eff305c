// brownout status: how a running proxy and its run stand, once or live.

import ArgumentParser
import Control
import EventLoop
import Foundation
import Remote

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows how a running proxy, its run and its faults stand; --watch stays and lets you steer.",
        discussion: """
            With --watch on a terminal: the last minute as sparklines (rate, success, p99), the timeline, what acts now.
            Keys: p pauses or resumes, c opens a gate, s skips to the next phase, a aborts (and asks before), q ends the view. It
            comes back by itself when the proxy is started again. Where there is no terminal: a line a second.

            NO_COLOR=1 leaves the colours out.

            \(RemoteOptions.exitCodes)
            """)

    @Flag(help: "Stay, and show what happens.")
    var watch = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var remote: RemoteOptions

    func validate() throws {
        if watch, output.json {
            throw ValidationError("--json shows it once; for a stream of JSON there is /v1/events")
        }
    }

    func run() throws {
        if watch { return try stay() }
        let request = ControlRequest("GET", ["v1", "status"])
        guard let status = try remote.ask(request, for: StatusAnswer.self, json: output.json) else { return }
        let client = try remote.client()
        let board = try remote.reporting { () throws(ClientError) in try StatusBoard(status, asking: client) }
        let width = isatty(STDOUT_FILENO) == 1 ? Terminal.size.columns : Terminal.Size.standard.columns
        for line in StatusScreen(board, width: width).summary {
            Console().say(line.text(width: width, ink: Colours.ink))
        }
    }

    private func stay() throws {
        guard let terminal = Terminal() else {
            SignalWatcher<PlainWatch>.block(PlainWatch.signals)
            let console = Console()
            let client = try remote.client()
            let watch = PlainWatch(client, say: { console.say($0) }, complain: { console.complain($0) })
            return try remote.reporting { () throws(ClientError) in try watch.run() }
        }
        SignalWatcher<StatusWatch>.block(StatusWatch.signals)
        let watch = StatusWatch(try remote.client(), terminal: terminal, ink: Colours.ink)
        try remote.reporting { () throws(ClientError) in try watch.run() }
    }
}
