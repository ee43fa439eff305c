// A keeper in this process, whose loop the test turns by hand.

import EventLoop
import Faults
import Foundation
import Observation
import Proxy
import Scenario
import TestSupport
import Testing
import Units

@testable import Control

/// A keeper over two services: `payments` (http) and `redis` (tcp), each with an origin of its own.
final class KeeperBench {
    let web: TestOrigin
    let echo: TestOrigin
    let loop: EventLoop
    let host: ProxyHost
    let keeper: Keeper
    let by = Requester("api 127.0.0.1:1")

    init(
        _ rest: String = "", web: TestOrigin? = nil, journal: String? = nil, plays: Bool = false, workers: Int = 2
    ) throws {
        self.web = try web ?? TestOrigin.http { _ in ok() }
        echo = try TestOrigin.echo()
        let file = try scenario(
            """
            services:
              payments: { listen: "127.0.0.1:0", protocol: http, endpoints: [{ to: "127.0.0.1:\(self.web.port)", zone: az-a }] }
              redis: { listen: "127.0.0.1:0", protocol: tcp, to: "127.0.0.1:\(echo.port)" }

            """ + rest)
        loop = try EventLoop()
        host = try ProxyHost(ServiceSet(file, mark: true), workers: workers)
        var paths = OutputPaths()
        paths.journal = journal
        var settings = KeeperSettings()
        settings.seed = 7
        settings.mark = true
        keeper = try Keeper(
            file, identity: ScriptIdentity(name: "bench", text: ""), host: host, settings: settings,
            console: RunConsole(isQuiet: true), outputs: try RunOutputs(paths, now: loop.now), loop: loop,
            reread: { nil })
        if plays { keeper.director.begin() } else { keeper.director.tick() }
    }

    deinit {
        keeper.director.close()
        host.server.stop()
        loop.close()
    }

    /// Turns the control loop until `condition` holds.
    func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
        try TestSupport.eventually {
            loop.runOnce()
            return try condition()
        }
    }

    func port(_ name: String) throws -> UInt16 {
        let bound = try #require(keeper.service(name)?.bound.first)
        return try #require(UInt16(bound.split(separator: ":").last ?? ""))
    }

    func caller(_ name: String = "payments") throws -> Caller { try Caller(port: port(name)) }

    /// Adds a rule from its text, as an API would.
    func add(_ text: String, ttl: TimeSpan = .minutes(1)) throws {
        try keeper.addRule(rule(text), ttl: ttl, by: by)
    }

    func change(_ name: String, _ text: String, ttl: TimeSpan = .minutes(1)) throws {
        try keeper.changeRule(name, to: rule(text, name: name), ttl: ttl, by: by)
    }

    private func rule(_ text: String, name: String? = nil) throws -> FaultEntry {
        var entry = try WorldView(keeper).entry(text: text)
        if entry.name.isEmpty { entry.name = name ?? keeper.freeName(for: entry) }
        return entry
    }

    func service(_ name: String, to port: UInt16, listen: UInt16 = 0, kind: Service.Kind = .http) -> Service {
        Service(
            name: name, listen: .host("127.0.0.1", port: Int(listen)), kind: kind,
            endpoints: [Endpoint(to: .host("127.0.0.1", port: Int(port)))])
    }
}

/// The error of a call that must be refused.
func refusal(_ body: () throws -> Void) -> ControlError? {
    do { try body() } catch { return error as? ControlError }
    return nil
}
