// brownout play: a run on a proxy that is there already, followed to its verdict.

import ArgumentParser
import Control
import EventLoop
import Foundation
import Remote

struct PlayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "play",
        abstract: "Plays FILE on the proxy that `brownout serve` runs, follows it, gives the verdict.",
        discussion: """
            Services are those that the proxy has open; each one that FILE names must be among them. The lines, the report and
            the exit code are those of `brownout run`.

            The run is the proxy's: it goes on when this command ends, whether by Ctrl-C, by a broken connection or with its
            session, and at the latest its ttl ends it. Ctrl-C says how to abort it and exits with 105; with --abort-on-exit
            Ctrl-C, SIGTERM and SIGHUP abort the run and wait for its report.

            Exit codes: those of `brownout run`; 105 aborted by a person, or left by Ctrl-C, 104 an invalid file, 64 wrong
            usage, 1 nobody answers, the proxy is gone, or it refuses (another run is being played). With --detach: 0 started.
            """)

    @Argument(help: "The scenario.")
    var file: String

    @Option(help: "Seed of every draw. Default: the file's, else random; always printed.")
    var seed: UInt64?

    @Option(
        help: "What the script says passes so many times faster (60x); never what a caller feels.",
        transform: PlayOptions.speed)
    var speed: Double?

    @Flag(help: "Play without waiting for the steady state.")
    var force = false

    @Flag(help: "Start it and end.")
    var detach = false

    @Flag(help: "Abort the run when this command is told to end.")
    var abortOnExit = false

    @Flag(help: "Say nothing but errors and the verdict.")
    var quiet = false

    @Flag(help: "Print the report as JSON, and everything else on standard error; with --detach the run.")
    var json = false

    @OptionGroup var remote: RemoteOptions

    func validate() throws {
        if detach, abortOnExit { throw ValidationError("--abort-on-exit is for those who follow; not with --detach") }
    }

    func run() throws {
        let text = try ScenarioSource.text(file)
        let request = ControlRequest(
            "POST", ["v1", "runs"],
            query: [
                "name": file, "start": "true", "force": force ? "true" : nil, "seed": seed.map { "\($0)" },
                "speed": speed.map { "\($0)x" },
            ], body: text)
        if detach { return try start(request, text) }
        SignalWatcher<RunFollower>.block(RunFollower.signals)
        let client = try remote.client()
        let console = RunConsole(isQuiet: quiet, isOutputTaken: json)
        defer { console.close() }
        var settings = RunFollower.Settings()
        settings.abortsOnExit = abortOnExit
        settings.isJSON = json
        let follower = RunFollower(client, request, console: console, settings: settings)
        let departure = try remote.reporting(file, text) { () throws(ClientError) in try follower.follow() }
        if case .left = departure { console.complain("brownout: \(follower.farewell)") }
        let code = departure.exitCode
        if code != 0 {
            console.close()
            throw ExitCode(code)
        }
    }

    private func start(_ request: ControlRequest, _ text: String) throws {
        guard let run = try remote.ask(request, for: RunAnswer.self, json: json, sending: file, text), !quiet else {
            return
        }
        Console().say("run \(run.id) of \(run.name) started, seed \(run.seed)")
    }
}

extension Departure {
    fileprivate var exitCode: Int32 {
        switch self {
        case .over(let code): code
        case .left: RunExit.interrupted
        }
    }
}
