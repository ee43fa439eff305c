// brownout pause, resume, skip, continue, abort: the run that is being played, from elsewhere.

import ArgumentParser
import Control
import Foundation
import Remote

struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Freezes the timeline where it is; faults go on as they stand, --clear lifts them.",
        discussion: "The time to live runs on. \(RemoteOptions.exitCodes)")

    @Flag(help: "Lift the faults until it is resumed.")
    var clear = false

    @OptionGroup var steering: Steering

    func run() throws { try steering.steer("pause", "paused", query: ["clear": clear ? "true" : nil]) }
}

struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Goes on where the timeline was paused.",
        discussion: RemoteOptions.exitCodes)

    @OptionGroup var steering: Steering

    func run() throws { try steering.steer("resume", "resumed") }
}

struct SkipCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip", abstract: "Leaves the current phase for the next one, or for a later one.",
        discussion: RemoteOptions.exitCodes)

    @Argument(help: "The phase to go to.")
    var phase: String?

    @OptionGroup var steering: Steering

    func run() throws { try steering.steer("skip", "skipped", query: ["to": phase]) }
}

struct ContinueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "continue", abstract: "Opens the gate that the timeline waits at.",
        discussion: RemoteOptions.exitCodes)

    @OptionGroup var steering: Steering

    func run() throws { try steering.steer("continue", "opened the gate") }
}

struct AbortCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort", abstract: "Ends the run; none of its faults acts any more when this returns.",
        discussion: "Rules by hand stay: `brownout faults clear` is the all-clear. \(RemoteOptions.exitCodes)")

    @OptionGroup var steering: Steering

    func run() throws {
        let answer = try steering.remote.ask(ControlRequest("POST", ["v1", "run", "abort"]))
        if steering.output.json { return Console().show(answer.body) }
        Console().say("aborted; no fault of the run acts any more")
    }
}

/// One operation on the current run.
struct Steering: ParsableArguments {
    @OptionGroup var output: OutputOptions
    @OptionGroup var remote: RemoteOptions

    func steer(_ verb: String, _ done: String, query: [String: String?] = [:]) throws {
        let request = ControlRequest("POST", ["v1", "run", verb], query: query)
        guard let position = try remote.ask(request, for: PositionAnswer.self, json: output.json) else { return }
        Console().say("\(done); \(ControlText.words(position))")
    }
}
