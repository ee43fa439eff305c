// Signals while a run stands still and its faults hold exchanges.

import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Signals in the middle of a run", .serialized)
struct SignalsDuringRunsTests {
    static let timeline = """
        timeline:
          - phase: held
            for: 10m
            faults: [{ name: for-long, service: payments, latency: 30m }]

        """

    @Test("serve, its run paused: what was held is answered, and it ends with 0", arguments: [SIGTERM, SIGINT])
    func pausedServe(signal: Int32) throws {
        let proxy = try SteeredProxy()
        let caller = try pausedRun(of: proxy)
        #expect(proxy.end(signal) == 0, "\(proxy.text)")
        #expect(try TestReader(caller).message()?.status == 200)
    }

    @Test("SIGHUP leaves a paused run as it is")
    func reloadedServe() throws {
        let proxy = try SteeredProxy()
        let caller = try pausedRun(of: proxy)
        proxy.signal(SIGHUP)
        #expect(eventually { proxy.text.contains("read again: no service has changed") })
        #expect(try proxy.run("status").output.contains("‖ paused"))
        #expect(proxy.end(SIGTERM) == 0, "\(proxy.text)")
        #expect(try TestReader(caller).message()?.status == 200)
    }

    /// A caller whose request is held by a run that is paused.
    private func pausedRun(of proxy: SteeredProxy) throws -> TestSocket {
        let started = try proxy.run("play", try proxy.scenario(Self.timeline), "--detach")
        #expect(started.status == 0, "\(started)")
        #expect(try eventually { try proxy.run("status").output.contains("held") })
        let caller = try TestSocket.connect(port: proxy.port)
        try caller.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(eventually { proxy.origin.connections == 1 })
        #expect(try proxy.run("pause").output.contains("paused"))
        return caller
    }

    @Test("run, a fault holding an exchange: 105 and nothing hangs", arguments: [SIGINT, SIGTERM, SIGHUP])
    func heldRun(signal: Int32) throws {
        let origin = try TestOrigin.http { _ in ok() }
        try Scratch.withDirectory { directory in
            let file = directory.appending(path: "held.yaml")
            let services = """
                brownout: 1
                services:
                  payments: { listen: "127.0.0.1:0", protocol: http, to: "127.0.0.1:\(origin.port)" }

                """
            try Data((services + Self.timeline).utf8).write(to: file)
            let shell = "echo port=${BROWNOUT_PAYMENTS_ADDR#*:}; exec sleep 600"
            let run = try RunningProduct(["run", file.path, "--workers", "1", "--", "/bin/sh", "-c", shell])
            let caller = try TestSocket.connect(port: try run.port(after: "port="))
            try caller.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(eventually { origin.connections == 1 })
            kill(run.processIdentifier, signal)
            #expect(run.exitCode(within: 60) == 105, "\(run.text)")
            #expect(run.text.contains("INCONCLUSIVE"))
            withExtendedLifetime(caller) {}
        }
    }
}
