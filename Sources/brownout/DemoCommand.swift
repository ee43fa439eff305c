// brownout demo: needs nothing else on the machine. Origins and a caller of our own, and the founding incident between
// them, at a speed that ends within a minute.

import ArgumentParser
import Control
import Demo
import Faults
import Scenario
import Units

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Plays an eleven-minute brownout in under a minute, against origins and a caller of its own.",
        discussion: """
            Every endpoint of the scenario becomes a built-in origin, every listener a free port of this machine, and one
            built-in caller per HTTP service makes the load. Nothing leaves the machine.

            Exit codes are those of `brownout run`.
            """)

    @Option(
        help: "What the script says passes so many times faster. Default: ends within a minute.",
        transform: PlayOptions.speed)
    var speed: Double?

    @Option(help: "Seed of every draw. Default: the file's.")
    var seed: UInt64?

    @Option(help: ArgumentHelp("Another scenario than the built-in one.", valueName: "file"))
    var scenario: String?

    @OptionGroup(title: "Reports")
    var reports: ReportOptions

    @OptionGroup(title: "Proxy options")
    var proxy: ProxyOptions

    /// What the timeline takes unless `--speed` says otherwise.
    private static let pleasantLength = TimeSpan.seconds(45)

    func run() throws {
        var settings = RunSettings()
        settings.paths.reports = reports.paths
        let session = Session(proxy: proxy, settings: settings, mark: true)
        let file = try session.accepted(try decoded())
        let length = Timeline(file.timeline).length
        let speed = speed ?? max(1, (length / Self.pleasantLength.seconds).seconds.rounded(.up))
        let cast = try DemoCast(file, seed: seed ?? file.seed ?? 1)
        defer { cast.stop() }
        session.console.say("\(file.name ?? name), \(length) at \(Int(speed))x, against built-in origins")
        try session.play(
            cast.file, try identity(), seed: seed, speed: speed, load: cast)
    }

    private func identity() throws -> ScriptIdentity {
        ScriptIdentity(name: name, text: try scenario.map { try ScenarioSource.text($0) } ?? EmbeddedScenario.text)
    }

    private var name: String { scenario ?? EmbeddedScenario.name }

    private func decoded() throws -> DecodedScenario {
        if let scenario { return try ScenarioSource(file: scenario, environment: nil).decode() }
        return ScenarioDecoder.decode(text: EmbeddedScenario.text, fileName: name, catalogue: Catalogue.standard)
    }
}
