// brownout services: what a running proxy leads to what, and changes of it while connections are open.

import ArgumentParser
import Control
import Foundation
import Remote

struct ServicesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "services", abstract: "Lists, adds, changes and moves the services of a running proxy.",
        subcommands: [
            ServicesListCommand.self, ServicesAddCommand.self, ServicesChangeCommand.self, ServicesRemoveCommand.self,
            ServicesEnableCommand.self, ServicesDisableCommand.self, ServicesMoveCommand.self,
        ],
        defaultSubcommand: ServicesListCommand.self)
}

struct ServicesListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists them with their endpoints, zones, connections and figures.",
        discussion: RemoteOptions.exitCodes)

    @OptionGroup var output: OutputOptions
    @OptionGroup var remote: RemoteOptions

    func run() throws {
        let request = ControlRequest("GET", ["v1", "services"])
        guard let answer = try remote.ask(request, for: ServicesAnswer.self, json: output.json) else { return }
        for line in ControlText.lines(answer) { Console().say(line) }
    }
}

struct ServicesAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Adds a service and binds its listener.",
        discussion: """
            brownout services add cache --listen 6380 --to 10.0.0.5:6379 --protocol tcp
            brownout services add web 'listen: "127.0.0.1:9003", protocol: http, to: "10.0.0.5:8080"'

            A bare port means 127.0.0.1; port 0 takes a free one, which is printed.

            \(RemoteOptions.exitCodes)
            """)

    @OptionGroup var service: ServiceOptions

    @Flag(help: "Do not bind it yet.")
    var disabled = false

    func run() throws {
        if try service.exists() {
            throw ValidationError("there is a service \"\(service.name)\" already; see services change")
        }
        try service.put("added", query: ["enabled": disabled ? "false" : nil])
    }
}

struct ServicesChangeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Changes a service to exactly what is given.",
        discussion: """
            While listener and protocol stay, no connection is cut; else its connections are dropped and it is bound anew.
            `brownout services move` changes the endpoint alone.

            \(RemoteOptions.exitCodes)
            """)

    @OptionGroup var service: ServiceOptions

    func run() throws {
        guard try service.exists() else {
            throw ValidationError("there is no service \"\(service.name)\"; see services add")
        }
        try service.put("changed")
    }
}

struct ServicesRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Closes a service's listeners and connections, and forgets it.",
        discussion: RemoteOptions.exitCodes)

    @Argument(help: ArgumentHelp("Names of services.", valueName: "name"))
    var names: [String]

    @OptionGroup var remote: RemoteOptions

    func run() throws { try remote.remove(names, from: "services") }
}

struct ServicesEnableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Binds the listeners of a disabled service again.",
        discussion: RemoteOptions.exitCodes)

    @OptionGroup var service: NamedService

    func run() throws { try service.ask("enable", "enabled") }
}

struct ServicesDisableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Closes a service's listeners and connections; its rules stay.",
        discussion: RemoteOptions.exitCodes)

    @OptionGroup var service: NamedService

    func run() throws { try service.ask("disable", "disabled") }
}

struct ServicesMoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Leads a service to another endpoint, for connections from now on; cuts none.",
        discussion: RemoteOptions.exitCodes)

    @OptionGroup var service: NamedService

    @Argument(help: "HOST:PORT or unix:PATH; a bare port means 127.0.0.1.")
    var to: String

    @Option(help: "The endpoint's zone.")
    var zone: String?

    func run() throws {
        try service.ask("move", "moved", query: ["to": QuickScenario.Route.address(to), "zone": zone])
    }
}

/// A service by name, and one operation on it.
struct NamedService: ParsableArguments {
    @Argument(help: "The service's name.")
    var name: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var remote: RemoteOptions

    func ask(_ verb: String, _ done: String, query: [String: String?] = [:]) throws {
        let request = ControlRequest("POST", ["v1", "services", name, verb], query: query)
        guard let service = try remote.ask(request, for: ServiceAnswer.self, json: output.json) else { return }
        Console().say("\(name) \(done): \(ControlText.words(service))")
    }
}

/// A whole service, by flags or in the language of a file.
struct ServiceOptions: ParsableArguments {
    @Argument(help: "The service's name.")
    var name: String

    @Argument(help: "What stands behind its name in a file; its braces may be left out.")
    var service: String?

    @Option(help: ArgumentHelp("Where callers reach it.", valueName: "address"))
    var listen: String?

    @Option(help: ArgumentHelp("An endpoint; may be repeated. ADDRESS or ADDRESS@ZONE.", valueName: "address"))
    var to: [String] = []

    @Option(name: .customLong("protocol"), help: "http or tcp. Default: http.")
    var kind: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var remote: RemoteOptions

    func validate() throws {
        let hasFlags = listen != nil || !to.isEmpty || kind != nil
        if service != nil, hasFlags { throw ValidationError("either the service as in a file, or --listen and --to") }
        if service == nil, listen == nil || to.isEmpty {
            throw ValidationError("say where it listens and what it leads to: --listen 9001 --to 127.0.0.1:8081")
        }
    }

    func exists() throws -> Bool {
        let client = try remote.client()
        return try remote.reporting { () throws(ClientError) in
            do throws(ClientError) {
                _ = try client.ask(ControlRequest("GET", ["v1", "services", name]))
                return true
            } catch {
                if case .refused(404, _, _) = error { return false }
                throw error
            }
        }
    }

    func put(_ done: String, query: [String: String?] = [:]) throws {
        let text = try text()
        let request = ControlRequest("PUT", ["v1", "services", name], query: query, body: text)
        guard
            let answer = try remote.ask(request, for: ServiceAnswer.self, json: output.json, sending: "service", text)
        else { return }
        Console().say("\(name) \(done): \(ControlText.words(answer))")
    }

    private func text() throws -> String {
        if let service {
            return service.contains("\n") || service.drop(while: \.isWhitespace).hasPrefix("{")
                ? service : "{ \(service) }"
        }
        let form = ServiceForm(
            listen: QuickScenario.Route.address(listen ?? ""), protocol: kind ?? "http",
            endpoints: to.map { ServiceForm.Place($0) })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(form), as: UTF8.self)
    }
}

/// A service as a file writes it.
private struct ServiceForm: Encodable {
    struct Place: Encodable {
        var to: String
        var zone: String?

        /// Reads `ADDRESS@ZONE`.
        init(_ text: String) {
            let parts = text.split(separator: "@", maxSplits: 1).map(String.init)
            to = QuickScenario.Route.address(parts.first ?? "")
            zone = parts.count > 1 ? parts[1] : nil
        }
    }

    var listen: String
    var `protocol`: String
    var endpoints: [Place]
}
