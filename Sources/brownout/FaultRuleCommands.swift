// brownout faults live, add, change, remove, clear: rules by hand on a proxy that runs. Each has a time to live, so that no
// fault stays because somebody forgot it or lost their connection.

import ArgumentParser
import Control
import Foundation
import Remote
import Units

struct FaultsLiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live", abstract: "Lists what acts on a running proxy: rules by hand, and the run's faults.",
        discussion: RemoteOptions.exitCodes)

    @OptionGroup var output: OutputOptions
    @OptionGroup var remote: RemoteOptions

    func run() throws {
        let request = ControlRequest("GET", ["v1", "faults"])
        guard let answer = try remote.ask(request, for: FaultsAnswer.self, json: output.json) else { return }
        for line in ControlText.lines(answer) { Console().say(line) }
    }
}

struct FaultsAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Adds a rule; it acts on every worker when this returns.",
        discussion: """
            ENTRY is a fault entry as in a scenario; its braces may be left out.

              brownout faults add --ttl 5m 'service: payments, share: 10%, latency: 800ms'
              brownout faults add --ttl 30s '{ name: dark-a, zone: az-a, blackout: true }'

            \(RemoteOptions.exitCodes)
            """)

    @OptionGroup var entry: EntryOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var remote: RemoteOptions

    func run() throws {
        let text = try entry.read()
        let request = ControlRequest("POST", ["v1", "faults"], query: ["ttl": entry.ttl], body: text)
        guard let fault = try remote.ask(request, for: FaultAnswer.self, json: output.json, sending: entry.source, text)
        else { return }
        Console().say("\(fault.name) added: \(ControlText.words(fault))")
    }
}

struct FaultsChangeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Changes a rule, or with --ttl alone gives it more time.",
        discussion: """
            Its time to live begins anew; whom it met before it meets again, as far as the entry still says so.

              brownout faults change slow --ttl 5m 'service: payments, share: 20%, latency: 800ms'
              brownout faults change slow --ttl 10m

            \(RemoteOptions.exitCodes)
            """)

    @Argument(help: "The rule's name.")
    var name: String

    @OptionGroup var entry: EntryOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var remote: RemoteOptions

    func run() throws {
        let (path, query) = (["v1", "faults", name], ["ttl": entry.ttl])
        _ = try remote.ask(ControlRequest("GET", path))
        let text = entry.isGiven ? try entry.read() : nil
        let request = ControlRequest(text == nil ? "PATCH" : "PUT", path, query: query, body: text)
        let answer = try remote.ask(
            request, for: FaultAnswer.self, json: output.json, sending: entry.source, text ?? "")
        if let answer { Console().say("\(answer.name) changed: \(ControlText.words(answer))") }
    }
}

struct FaultsRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Removes rules; none of them acts any more when this returns.",
        discussion: RemoteOptions.exitCodes)

    @Argument(help: ArgumentHelp("Names of rules.", valueName: "name"))
    var names: [String]

    @OptionGroup var remote: RemoteOptions

    func run() throws { try remote.remove(names, from: "faults") }
}

struct FaultsClearCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear",
        abstract:
            "The all-clear: removes every rule by hand and aborts the run. Nothing acts any more when this returns.",
        discussion: RemoteOptions.exitCodes)

    @OptionGroup var remote: RemoteOptions

    func run() throws {
        _ = try remote.ask(ControlRequest("DELETE", ["v1", "faults"]))
        Console().say("all clear: no fault acts any more")
    }
}

/// A fault entry, from the command line or a file, and its time to live.
struct EntryOptions: ParsableArguments {
    @Argument(help: "The entry, in YAML or JSON.")
    var entry: String?

    @Option(help: ArgumentHelp("The entry from a file; - is standard input.", valueName: "file"))
    var file: String?

    @Option(help: ArgumentHelp("After which it ends by itself (30s, 5m), at most 168h.", valueName: "duration"))
    var ttl: String

    func validate() throws {
        if entry != nil, file != nil { throw ValidationError("either an entry or --file, not both") }
        guard (try? TimeSpan(text: ttl)) != nil else { throw ValidationError("--ttl \(ttl) is no time such as 5m") }
    }

    var isGiven: Bool { entry != nil || file != nil }

    /// What mistakes are said of.
    var source: String { file == "-" ? "standard input" : file ?? "entry" }

    func read() throws -> String {
        if let file { return try InputText.read(file) }
        guard let entry else { throw ValidationError("give an entry, such as 'service: payments, latency: 200ms'") }
        let isWhole = entry.contains("\n") || entry.drop(while: \.isWhitespace).hasPrefix("{")
        return isWhole ? entry : "{ \(entry) }"
    }
}

/// A text that is given by file, or piped in.
enum InputText {
    static func read(_ path: String) throws -> String {
        guard path == "-" else { return try ScenarioSource.text(path) }
        return String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
    }
}
