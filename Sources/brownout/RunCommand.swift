// brownout run: plays a file against its services, perhaps with a command that makes the load, and gives the verdict.

import ArgumentParser
import Control
import Faults
import Foundation
import Scenario
import Units

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Opens the listeners, starts COMMAND, waits for steady state, plays FILE, gives the verdict.",
        discussion: """
            COMMAND finds BROWNOUT_<SERVICE>_ADDR and _URL in its environment. It runs in a process group of its own; Ctrl-C and
            SIGTERM are passed on to it, and a terminal is not its standard input. When it ends, every fault is cleared and
            the rest of the timeline is not played; when the timeline ends first, it goes on without faults.

            Exit codes, the first that applies: 1 internal, 64 usage, 104 invalid file, 105 interrupted, 108 aborted by a
            guard or by ttl, 3 steady state false or NO-GO by the error budget, 4 HOLD by it, 99 an expectation failed, COMMAND's own, 98 inconclusive, 0 passed.
            """)

    @Argument(help: "The scenario.")
    var file: String

    @Argument(parsing: .postTerminator, help: ArgumentHelp("What makes the load.", valueName: "command"))
    var command: [String] = []

    @OptionGroup var playing: PlayOptions

    @OptionGroup(title: "Reports")
    var reports: ReportOptions

    @OptionGroup(title: "Error budget")
    var budget: BudgetOptions

    @Option(help: "What to do when the error budget's forecast is HOLD: stop, or go.")
    var hold = HoldChoice.stop

    @OptionGroup(title: "Control plane")
    var controlling: ControlArguments

    @OptionGroup(title: "Proxy options")
    var proxy: ProxyOptions

    func run() throws {
        var settings = playing.settings
        settings.command = command
        settings.paths.reports = reports.paths
        settings.report(to: ProcessInfo.processInfo.environment)
        var session = Session(proxy: proxy, settings: settings, mark: !command.isEmpty)
        let source = ScenarioSource(file: file, environment: playing.env)
        let scenario = try session.accepted(try source.decode(), only: playing.only)
        session.settings.notes = try overruled(scenario, session)
        let door = try controlling.open(otherwise: "none", session)
        try session.play(scenario, try source.identity(), seed: playing.seed, speed: playing.speed, door: door)
    }
}

/// How a file is played.
struct PlayOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Services and zones from a file of their own.", valueName: "file"))
    var env: String?

    @Option(help: "Seed of every draw. Default: the file's, else random; always printed.")
    var seed: UInt64?

    @Option(
        help: "What the script says passes so many times faster (60x); never what a caller feels.",
        transform: Self.speed)
    var speed = 1.0

    @Option(help: ArgumentHelp("Play this phase alone.", valueName: "phase"))
    var only: String?

    @Flag(help: "Play without waiting for the steady state, and whatever the error budget's forecast says.")
    var force = false

    @Flag(help: "Say nothing but errors and the verdict.")
    var quiet = false

    @Option(help: ArgumentHelp("Write what happens as NDJSON.", valueName: "file"))
    var journal: String?

    @Option(help: ArgumentHelp("Append a line of JSON for each exchange.", valueName: "file"))
    var accessLog: String?

    var settings: RunSettings {
        var settings = RunSettings()
        settings.force = force
        settings.isQuiet = quiet
        settings.paths.journal = journal
        settings.paths.accessLog = accessLog
        return settings
    }

    /// Reads `60x`, `0.5x` or `60`.
    static func speed(_ text: String) throws -> Double {
        let number = text.hasSuffix("x") ? String(text.dropLast()) : text
        guard let speed = Double(number), speed >= 0.001, speed <= 100_000 else {
            throw ValidationError("\"\(text)\" is not a speed such as 60x")
        }
        return speed
    }
}

/// A scenario file on disk, with the environment file that it is played in.
struct ScenarioSource {
    let file: String
    let environment: String?

    func decode() throws -> DecodedScenario {
        let services = try environment.map { try decodedEnvironment($0) }
        return ScenarioDecoder.decode(
            text: try Self.text(file), fileName: file, catalogue: Catalogue.standard, environment: services,
            reader: SiblingFiles(directory: URL(fileURLWithPath: file).deletingLastPathComponent().path))
    }

    /// For reports and journals.
    func identity() throws -> ScriptIdentity { ScriptIdentity(name: file, text: try Self.text(file)) }

    private func decodedEnvironment(_ path: String) throws -> ScenarioFile {
        let decoded = ScenarioDecoder.decodeEnvironment(text: try Self.text(path), fileName: path)
        for diagnostic in decoded.diagnostics { Console().complain(diagnostic.description) }
        guard let file = decoded.file else { throw ArgumentParser.ExitCode(RunExit.invalidFile) }
        return file
    }

    /// Most bytes of a scenario.
    private static let longest = 16 << 20

    static func text(_ path: String) throws -> String {
        guard let bytes = RegularFile.bytes(path, upTo: longest + 1) else {
            throw ValidationError("cannot read \(path)")
        }
        guard bytes.count <= longest else { throw ValidationError("\(path) is larger than 16MiB") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
