// brownout serve: opens the listeners of a file and stays.

import ArgumentParser
import Control
import EventLoop
import Foundation
import Observation
import Proxy
import Scenario
import Units

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Opens the listeners of FILE and stays; --play plays its scenario.",
        discussion: """
            SIGHUP reads FILE (and --env) again. New services are opened, those that are gone are closed with their connections.
            What a service leads to and how it behaves changes for connections from then on; another protocol or listener
            closes its connections and binds anew. A file with errors changes nothing. Services that came by the API stay.

            The control plane loads and steers runs, and changes faults and services: see docs/control.md.

            SIGTERM and Ctrl-C clear every fault, accept no more and let what is open finish, for at most --drain; the
            second ends at once.
            """)

    @Argument(help: "The scenario, or a file with services alone. Without it services and proxies come by API.")
    var file: String?

    @Option(
        help: ArgumentHelp(
            "Proxies to begin with: Toxiproxy's start-up file, which may hold toxics.", valueName: "file"))
    var toxiproxyConfig: String?

    @Flag(help: "Play the file's own scenario at once.")
    var play = false

    @Option(
        help: ArgumentHelp("How long open connections may take to finish.", valueName: "duration"),
        transform: { try TimeSpan(text: $0) })
    var drain = TimeSpan.seconds(30)

    @OptionGroup var playing: PlayOptions

    @OptionGroup(title: "Control plane")
    var controlling: ControlArguments

    @OptionGroup(title: "Proxy options")
    var proxy: ProxyOptions

    func validate() throws {
        if file == nil, play || playing.env != nil { throw ValidationError("--play and --env need FILE") }
        if file == nil, toxiproxyConfig == nil, controlling.control == "none" {
            throw ValidationError("nothing to serve: give FILE or --toxiproxy-config, or leave --control as it is")
        }
        if !play, playing.only != nil || playing.force {
            throw ValidationError("--only and --force belong to --play")
        }
    }

    func run() throws {
        let session = Session(proxy: proxy, settings: playing.settings, mark: false)
        defer { session.console.close() }
        let proxies = try proxies(session)
        let source = file.map { ScenarioSource(file: $0, environment: playing.env) }
        let scenario =
            try source.map { try session.accepted(try $0.decode(), only: playing.only) } ?? ScenarioFile()
        let identity = try source?.identity() ?? ScriptIdentity(name: "no file", text: "")
        let problems = session.production(scenario, seed: playing.seed, speed: 1)
            .problems(in: scenario.services, callers: scenario.zones, fileName: identity.name)
        try session.refuse(problems)
        let door = try controlling.open(otherwise: ControlOptions.standardAddress, session)
        let opened = try session.open(scenario)
        defer { opened.host.server.stop() }
        let keeper = try session.orFail { () throws(SystemError) in
            try Keeper(
                scenario, identity: identity, host: opened.host, settings: settings(proxies), console: session.console,
                outputs: opened.outputs, loop: opened.loop, reread: { try? source?.decode() })
        }
        let code = try session.orFail { () throws(SystemError) in try keeper.run(readsSignals: true, door: door) }
        if code != 0 { throw ArgumentParser.ExitCode(code) }
    }

    /// All of the start-up file, or an error and exit code 104.
    private func proxies(_ session: Session) throws -> [ProxyRequest] {
        guard let toxiproxyConfig else { return [] }
        let text = try ScenarioSource.text(toxiproxyConfig)
        do throws(ToxiproxyError) {
            return try ProxyRequest.list(Array(text.utf8))
        } catch {
            session.console.complain("brownout: \(toxiproxyConfig): \(error)")
            throw session.ended(RunExit.invalidFile)
        }
    }

    private func settings(_ proxies: [ProxyRequest]) -> KeeperSettings {
        var settings = KeeperSettings()
        settings.plays = play
        settings.force = playing.force
        settings.seed = playing.seed
        settings.speed = playing.speed
        settings.mark = proxy.mark ?? false
        settings.drain = drain
        settings.proxies = proxies
        return settings
    }
}
