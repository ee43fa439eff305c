import Foundation
import Glibc
import TestSupport
import Testing

/// `brownout serve` on free ports, with an origin and a caller, for commands that steer it.
final class SteeredProxy {
    let origin: TestOrigin
    /// The address of its control plane.
    let control: String
    let port: UInt16
    private let serve: RunningProduct
    private let directory: URL

    /// Two services: `payments` to an origin, `ledger` in two zones that nobody calls.
    static let services = """
        services:
          payments: { listen: "127.0.0.1:0", protocol: http, to: "127.0.0.1:ORIGIN" }
          ledger:
            listen: 127.0.0.1:0
            protocol: tcp
            endpoints: [{ to: "127.0.0.1:1", zone: az-a }, { to: "127.0.0.1:2", zone: az-b }]

        """

    /// Long enough for any test; every one of them ends it, or its server.
    static let timeline = """
        timeline:
          - phase: calm
            for: 10m
          - phase: slow
            for: 10m
            faults: [{ name: slow-charges, service: payments, latency: 30ms }]
          - phase: doors
            for: 1s
            gate: { manual: true, within: 10m }
          - phase: recovery
            for: 2m

        """

    init(control: String = "127.0.0.1:0", options: [String] = []) throws {
        let origin = try TestOrigin.http { _ in ok("done") }
        directory = FileManager.default.temporaryDirectory.appending(path: "brownout-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let file = directory.appending(path: "services.yaml")
        let text = "brownout: 1\n" + Self.services.replacing("ORIGIN", with: "\(origin.port)")
        try Data(text.utf8).write(to: file)
        serve = try RunningProduct(["serve", file.path, "--workers", "1", "--control", control] + options)
        self.origin = origin
        self.control = "127.0.0.1:\(try serve.port(after: "control at http://127.0.0.1:"))"
        port = try serve.port(after: "payments at http://127.0.0.1:")
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    var text: String { serve.text }

    /// Ends it as a machine does that goes down.
    func kill() { _ = serve.end(SIGKILL) }

    func signal(_ number: Int32) { Glibc.kill(serve.processIdentifier, number) }

    /// Sends `number` and answers the exit code; nil when it does not end.
    func end(_ number: Int32) -> Int32? {
        signal(number)
        return serve.exitCode(within: 60)
    }

    /// Runs a command against it.
    func run(_ arguments: String...) throws -> CommandResult { try run(arguments) }

    func run(_ arguments: [String]) throws -> CommandResult {
        try Product.run(arguments + ["--at", control], in: directory)
    }

    /// A command that stays.
    func begin(_ arguments: String...) throws -> RunningProduct { try RunningProduct(arguments + ["--at", control]) }

    func terminal(_ arguments: String..., columns: Int = 80, rows: Int = 24) throws -> TestTerminal {
        try TestTerminal(arguments + ["--at", control], columns: columns, rows: rows)
    }

    /// Writes a scenario of this proxy's services and answers its path.
    func scenario(_ rest: String = SteeredProxy.timeline, name: String = "game.yaml") throws -> String {
        let file = directory.appending(path: name)
        let text = "brownout: 1\nname: A game day\nseed: 7\n" + rest
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// Writes a fault entry and answers its path.
    func entry(_ text: String) throws -> String {
        let file = directory.appending(path: "entry.yaml")
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// How long one request takes, in seconds.
    func request() throws -> Double {
        let began = secondsNow()
        let socket = try TestSocket.connect(port: port)
        try socket.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        _ = try socket.receiveAll()
        return secondsNow() - began
    }
}
