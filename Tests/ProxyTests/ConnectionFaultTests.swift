import Faults
import Observation
import Scenario
import TestSupport
import Testing
import Units

@testable import Proxy

@Suite("Faults on TCP connections and listeners: new, open and idle ones")
struct ConnectionFaultTests {
    func echo() throws -> (TestOrigin, Harness) {
        let origin = try TestOrigin.echo()
        return (origin, try Harness(.tcp, origins: [origin.port]))
    }

    func ping(_ socket: TestSocket, _ text: String = "ping") throws {
        try socket.send(text)
        #expect(try socket.receive(exactly: text.utf8.count) == Array(text.utf8))
    }

    func isSilent(_ socket: TestSocket) -> Bool {
        socket.setTimeout(seconds: 0.15)
        defer { socket.setTimeout(seconds: 20) }
        do {
            _ = try socket.receive(limit: 1)
            return false
        } catch {
            return error as? TestSocketError == .timedOut
        }
    }

    @Test(
        "latency holds every chunk in order on an open connection, and lets go when it ends",
        arguments: ["downstream", "upstream"])
    func latency(direction: String) throws {
        let (origin, harness) = try echo()
        let socket = try harness.connect()
        try ping(socket)
        try harness.play("[ { name: l, service: svc, direction: \(direction), latency: 50ms } ]")
        let start = secondsNow()
        try ping(socket)
        #expect(secondsNow() - start >= 0.05)
        try harness.play("[ { name: l2, service: svc, direction: \(direction), latency: 1h } ]")
        for number in 0..<20 { try socket.send("chunk \(number);") }
        #expect(isSilent(socket))
        harness.clear()
        let expected = (0..<20).map { "chunk \($0);" }.joined()
        #expect(try socket.receive(exactly: expected.utf8.count) == Array(expected.utf8))
        withExtendedLifetime(origin) {}
    }

    @Test("bytes and FIN stay in order behind a delay")
    func finBehindDelay() throws {
        let (origin, harness) = try echo()
        try harness.play("[ { name: l, service: svc, latency: 30ms +- 25ms } ]")
        let socket = try harness.connect()
        let data = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        TestThread.start {
            for start in stride(from: 0, to: data.count, by: 1000) {
                try? socket.send(Array(data[start..<start + 1000]))
            }
            socket.finish()
        }
        #expect(try socket.receiveAll() == data)
        withExtendedLifetime(origin) {}
    }

    @Test("bandwidth limits an open connection and ends")
    func bandwidth() throws {
        let (origin, harness) = try echo()
        let socket = try harness.connect()
        try ping(socket)
        try harness.play("[ { name: b, service: svc, bandwidth: 100KB/s } ]")
        let start = secondsNow()
        let data = [UInt8](repeating: 7, count: 40_000)
        try socket.send(data)
        #expect(try socket.receive(exactly: 40_000) == data)
        #expect(secondsNow() - start >= 0.35)
        harness.clear()
        try ping(socket)
        withExtendedLifetime(origin) {}
    }

    @Test("hang silences an open connection and a new one, then both go on", arguments: ["head", "connect"])
    func hang(place: String) throws {
        let (origin, harness) = try echo()
        let old = try harness.connect()
        try ping(old)
        try harness.play("[ { name: h, service: svc, hang: { at: \(place) } } ]")
        let new = try harness.connect()
        for socket in [old, new] {
            try socket.send("wait")
            #expect(isSilent(socket))
        }
        harness.clear()
        for socket in [old, new] { #expect(try socket.receive(exactly: 4) == Array("wait".utf8)) }
        withExtendedLifetime(origin) {}
    }

    @Test("a hang at connect lasts as long as it says on each connection, open and new, and acts once on each")
    func limitedHang() throws {
        let (origin, harness) = try echo()
        let old = try harness.connect()
        try ping(old)
        let start = secondsNow()
        try harness.play("[ { name: h, service: svc, hang: { at: connect, for: 300ms } } ]")
        let new = try harness.connect()
        for socket in [old, new] { try socket.send("wait") }
        for socket in [old, new] { #expect(try socket.receive(exactly: 4) == Array("wait".utf8)) }
        #expect(secondsNow() - start >= 0.3)
        try harness.play("[ { name: h, service: svc, hang: { at: connect, for: 1h } } ]")
        for socket in [old, new] {
            try socket.send("more")
            #expect(isSilent(socket), "the same silence, which is longer now")
        }
        harness.clear()
        for socket in [old, new] { #expect(try socket.receive(exactly: 4) == Array("more".utf8)) }
        withExtendedLifetime(origin) {}
    }

    @Test("reset cuts idle, busy and new connections with RST, and ends")
    func reset() throws {
        let (origin, harness) = try echo()
        let idle = try harness.connect()
        try ping(idle)
        try harness.play("[ { name: r, service: svc, reset: } ]")
        #expect(throws: TestSocketError.reset) { try idle.receive() }
        let new = try harness.connect()
        #expect(throws: TestSocketError.reset) { try new.receive() }
        harness.clear()
        try ping(try harness.connect())
        #expect(harness.state("r").counts.injected == 2)
        withExtendedLifetime(origin) {}
    }

    @Test("reset acts on the connections that `connections` selects")
    func resetSelected() throws {
        let (origin, harness) = try echo()
        let old = try harness.connect()
        try ping(old)
        try harness.play("[ { name: r, service: svc, connections: new, reset: } ]")
        try ping(old)
        let new = try harness.connect()
        #expect(throws: TestSocketError.reset) { try new.receive() }
        withExtendedLifetime(origin) {}
    }

    @Test("reset after bytes and after a time")
    func resetAfter() throws {
        let (origin, harness) = try echo()
        try harness.play("[ { name: r, service: svc, reset: { after: 10KiB } } ]")
        let socket = try harness.connect()
        try ping(socket)
        #expect(throws: TestSocketError.reset) {
            for _ in 0..<100 { try ping(socket, String(repeating: "x", count: 1024)) }
        }
        try harness.play("[ { name: t, service: svc, reset: { after: 100ms } } ]")
        let timed = try harness.connect()
        try ping(timed)
        let start = secondsNow()
        #expect(throws: TestSocketError.reset) { try timed.receive() }
        #expect(secondsNow() - start < 10)
        withExtendedLifetime(origin) {}
    }

    @Test("refuse closes the port without giving it away; open connections live; it opens again", arguments: [1, 3])
    func refuse(workers: Int) throws {
        let origin = try TestOrigin.echo()
        let harness = try Harness(.tcp, origins: [origin.port], workers: workers)
        let open = try harness.connect()
        try ping(open)
        try harness.play("[ { name: r, service: svc, refuse: } ]")
        for _ in 0..<10 { #expect(throws: TestSocketError.refused) { try harness.connect() } }
        try ping(open)
        harness.clear()
        try ping(try harness.connect())
    }

    @Test("a black hole swallows connects at the SYN; open connections live; it ends", arguments: [1, 3])
    func blackhole(workers: Int) throws {
        let origin = try TestOrigin.echo()
        let harness = try Harness(.tcp, origins: [origin.port], workers: workers)
        let open = try harness.connect()
        try ping(open)
        let accepted = harness.server.accepted(0)
        try harness.play("[ { name: b, service: svc, blackhole: } ]")
        #expect(harness.server.blackHoleFallbacks == 0)
        for _ in 0..<6 {
            #expect(throws: TestSocketError.timedOut) {
                _ = try TestSocket.connect(port: harness.port(), within: 0.3)
            }
        }
        try ping(open)
        harness.clear()
        #expect(eventually { (try? TestSocket.connect(port: harness.port(), within: 1)) != nil })
        try ping(try harness.connect())
        #expect(eventually { harness.server.accepted(0) - accepted <= 8 }, "fillers are not counted")
    }

    @Test("a caller's FIN and RST are seen while its connection is held", arguments: [false, true])
    func leaving(reset: Bool) throws {
        let (origin, harness) = try echo()
        let socket = try harness.connect()
        try ping(socket)
        try harness.play("[ { name: h, service: svc, hang: { at: connect } } ]")
        try socket.send("x")
        if reset {
            socket.reset()
            #expect(eventually { harness.open == 0 })
            #expect(harness.records().last?.outcome == .callerReset)
        } else {
            socket.finish()
            #expect(isSilent(socket))
            harness.clear()
            #expect(try socket.receiveAll() == Array("x".utf8))
        }
        withExtendedLifetime(origin) {}
    }
}
