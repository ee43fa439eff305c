// What commands that steer a proxy elsewhere have in common: where it is, how they ask, how they end.

import ArgumentParser
import Control
import EventLoop
import Foundation
import Observation
import Remote
import Scenario

/// Where the control plane is.
struct RemoteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The control plane. Default: $BROWNOUT_CONTROL, else 127.0.0.1:8474.", valueName: "address"))
    var at: String?

    @Option(help: ArgumentHelp("A file with the token that the control plane wants.", valueName: "file"))
    var tokenFile: String?

    static let exitCodes = """
        Exit codes: 0 done, 64 wrong usage, 104 what was given has mistakes, 1 nobody answers, or the answer is no.
        """

    func client() throws -> ControlClient {
        ProcessSignals.ignoreBrokenPipes()
        let named = at ?? ProcessInfo.processInfo.environment[ControlPlace.variable].flatMap { $0.isEmpty ? nil : $0 }
        return try reporting { () throws(ClientError) in
            let token = try tokenFile.map { path throws(ClientError) in try ControlPlace.token(file: path) }
            let place = try ControlPlace(named ?? ControlPlace.standard, token: token)
            do throws(SystemError) {
                return ControlClient(place, loop: try EventLoop())
            } catch {
                throw .broken(place.label, reason: "\(error)")
            }
        }
    }

    /// Asks, and says a refusal on standard error: the mistakes in `text` as `check` would, then the sentence.
    func ask(_ request: ControlRequest, sending file: String = "", _ text: String = "") throws -> ControlAnswer {
        let client = try client()
        return try reporting(file, text) { () throws(ClientError) in try client.ask(request) }
    }

    /// Removes what is called `names` from a collection of `/v1`, one after the other, up to the first that is refused.
    func remove(_ names: [String], from collection: String) throws {
        for name in names {
            _ = try ask(ControlRequest("DELETE", ["v1", collection, name]))
            Console().say("\(name) removed")
        }
    }

    /// Asks, and reads the answer for people; `json`: prints it as it came, and answers nil.
    func ask<Answer: Decodable>(
        _ request: ControlRequest, for type: Answer.Type, json: Bool, sending file: String = "", _ text: String = ""
    ) throws -> Answer? {
        let client = try client()
        return try reporting(file, text) { () throws(ClientError) in
            let answer = try client.ask(request)
            guard json else { return try answer.decoded(type, from: client.place) }
            Console().show(answer.body)
            return nil
        }
    }

    /// Says why it went wrong, and ends with the code for it.
    func reporting<Value>(
        _ file: String = "", _ text: String = "", _ body: () throws(ClientError) -> Value
    ) throws -> Value {
        do throws(ClientError) {
            return try body()
        } catch {
            for diagnostic in error.diagnostics(file: file, text: text) { Console().complain(diagnostic.description) }
            Console().complain("brownout: \(error)")
            throw ExitCode(error.exitCode)
        }
    }
}

/// People or programs.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print the answer as JSON.")
    var json = false
}

/// Colour, unless NO_COLOR says no or the terminal cannot.
enum Colours {
    static var ink: Ink {
        let environment = ProcessInfo.processInfo.environment
        let isRefused = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
        return Ink(isColoured: !isRefused && isatty(STDOUT_FILENO) == 1)
    }
}
