// brownout proxy: no file; one service, one fault, now. Ctrl-C clears it.

import ArgumentParser
import Control
import Scenario

struct ProxyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy",
        abstract: "No file: services in front of dependencies, with faults that begin now and last until Ctrl-C.",
        discussion: """
            A route is LISTEN=TO, each HOST:PORT or unix:PATH; a bare port means 127.0.0.1.

              brownout proxy 9001=127.0.0.1:8081 --latency 200ms
              brownout proxy 9001=db:5432 --protocol tcp --bandwidth 64KiB/s
              brownout proxy 9001=8081 --fault '{share: 10%, match: {path: "/v1/**"}, error: {status: 429}}'
            """)

    @Argument(help: "LISTEN=TO, once per service.")
    var routes: [String]

    @Option(name: .customLong("protocol"), help: "http or tcp.")
    var kind: String = "http"

    @Option(help: "Extra time: 200ms, \"800ms +- 200ms\", \"{p50: 200ms, p99: 2s}\".")
    var latency: String?

    @Option(help: "Answers of ours: 503, \"{status: {503: 70%, 429: 30%}}\".")
    var error: String?

    @Option(help: "A narrow line: 64KiB/s.")
    var bandwidth: String?

    @Option(help: "How much of the traffic the faults above meet: 10%.")
    var share: String?

    @Option(help: ArgumentHelp("A whole entry of the scenario language; may be repeated.", valueName: "entry"))
    var fault: [String] = []

    @Option(help: "Seed of every draw. Default: random, and printed.")
    var seed: UInt64?

    @Flag(help: "Say nothing but errors.")
    var quiet = false

    @OptionGroup(title: "Proxy options")
    var proxy: ProxyOptions

    func validate() throws {
        guard Service.Kind(rawValue: kind) != nil else { throw ValidationError("--protocol is http or tcp") }
        if routes.isEmpty { throw ValidationError("name a route: LISTEN=TO") }
        for route in routes where QuickScenario.Route(route) == nil {
            throw ValidationError("\"\(route)\" is not a route: write LISTEN=TO, as in 9001=127.0.0.1:8081")
        }
        if share != nil, latency == nil, error == nil, bandwidth == nil {
            throw ValidationError("--share belongs to --latency, --error or --bandwidth; in --fault it is a key")
        }
    }

    func run() throws {
        var settings = RunSettings()
        settings.endsBySignal = true
        settings.isQuiet = quiet
        let session = Session(proxy: proxy, settings: settings, mark: false)
        let identity = ScriptIdentity(name: "command line", text: scenario.text)
        try session.play(try session.accepted(scenario.decode()), identity, seed: seed)
    }

    private var scenario: QuickScenario {
        var scenario = QuickScenario()
        scenario.routes = routes.compactMap { QuickScenario.Route($0) }
        scenario.kind = Service.Kind(rawValue: kind) ?? .http
        scenario.share = share
        scenario.entries = fault
        for (name, value) in [("latency", latency), ("error", error), ("bandwidth", bandwidth)] {
            if let value { scenario.faults.append((name, value)) }
        }
        return scenario
    }
}
