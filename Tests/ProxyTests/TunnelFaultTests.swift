import Faults
import Observation
import Scenario
import TestSupport
import Testing
import Units

@testable import Proxy

@Suite("Stream faults act on tunnels: upgrades and CONNECT")
struct TunnelFaultTests {
    private static let size = 6_000
    private static let bytes = (0..<size).map { UInt8($0 % 251) }

    /// Switches protocols and echoes until the caller's FIN, then says bye.
    private let origin: TestOrigin

    init() throws {
        origin = try TestOrigin { socket in
            let first = String(decoding: try socket.receive(), as: UTF8.self)
            let isConnect = first.hasPrefix("CONNECT")
            try socket.send(
                isConnect
                    ? "HTTP/1.1 200 OK\r\n\r\n"
                    : "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
            while true {
                let bytes = try socket.receive()
                if bytes.isEmpty {
                    try socket.send("bye")
                    return socket.finish()
                }
                try socket.send(bytes)
            }
        }
    }

    private static let openings = [
        "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
    ]

    /// A tunnel under `faults`, opened with what `openings` has at `place`.
    private func tunnel(_ harness: Harness, _ place: Int = 0) throws -> TestSocket {
        let socket = try harness.connect()
        try socket.send(Self.openings[place])
        var head = ""
        while !head.hasSuffix("\r\n\r\n") { head += String(decoding: try socket.receive(limit: 1), as: UTF8.self) }
        return socket
    }

    private func harness(_ faults: String) throws -> Harness {
        let harness = try Harness(.http, origins: [origin.port])
        try harness.play(faults)
        return harness
    }

    @Test(
        "what slows or slices changes no byte, and the FIN comes behind the last",
        arguments: ["upstream", "downstream"],
        [
            "slice: { size: 500B, delay: 2ms }", "loss: { rate: 30%, rto: 10ms }", "slow_close: 30ms",
            "bandwidth: 100KB/s",
        ])
    func whole(direction: String, fault: String) throws {
        let harness = try harness("[ { name: f, service: svc, direction: \(direction), \(fault) } ]")
        for place in Self.openings.indices {
            let socket = try tunnel(harness, place)
            try socket.send(Self.bytes)
            #expect(try socket.receive(exactly: Self.size) == Self.bytes)
            socket.finish()
            #expect(try socket.receiveAll() == Array("bye".utf8))
        }
        #expect(eventually { harness.open == 0 })
        #expect(harness.state("f").counts.injected == 2)
    }

    @Test(
        "a bandwidth lasts as long as its bytes need, and ends with its fault", arguments: ["upstream", "downstream"])
    func bandwidth(direction: String) throws {
        let harness = try harness("[ { name: f, service: svc, direction: \(direction), bandwidth: 30KB/s } ]")
        let socket = try tunnel(harness)
        let start = secondsNow()
        try socket.send(Self.bytes + Self.bytes)
        _ = try socket.receive(exactly: Self.size * 2)
        #expect(secondsNow() - start >= 0.2)
        try harness.play("[ { name: f, service: svc, direction: \(direction), bandwidth: 1B/s } ]", edition: 1)
        let slow = try harness.connect()
        try slow.send(Self.openings[0])
        try socket.send(Self.bytes)
        #expect(try socket.receive(exactly: Self.size) == Self.bytes, "it was changed: what it held as it was is over")
        harness.clear()
        let head = try slow.receive()
        #expect(head.isEmpty == false)
    }

    @Test("corrupt flips bits of what the tunnel carries, never of its head")
    func corrupt() throws {
        let harness = try harness("[ { name: f, service: svc, corrupt: { rate: 10% } } ]")
        let socket = try tunnel(harness)
        try socket.send(Self.bytes)
        let got = try socket.receive(exactly: Self.size)
        #expect(got != Self.bytes)
        #expect(zip(got, Self.bytes).count { $0 != $1 } < Self.size / 4)
    }

    @Test("limit ends the tunnel after so many bytes", arguments: ["close", "reset"])
    func limit(then: String) throws {
        let harness = try harness("[ { name: f, service: svc, limit: { bytes: 100B, then: \(then) } } ]")
        let socket = try tunnel(harness)
        try socket.send(Self.bytes)
        #expect(try socket.receive(exactly: 100) == Array(Self.bytes.prefix(100)))
        if then == "close" {
            #expect(try socket.receiveAll().isEmpty)
        } else {
            #expect(throws: TestSocketError.reset) { try socket.receive() }
        }
        #expect(eventually { harness.open == 0 })
    }

    @Test("a latency on the answer holds what comes behind it, too: nothing overtakes it")
    func order() throws {
        let eager = try TestOrigin { socket in
            _ = try socket.receive()
            try socket.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nhello")
            try socket.send(Self.bytes)
            _ = try socket.receive()
        }
        let harness = try Harness(.http, origins: [eager.port])
        try harness.play("[ { name: f, service: svc, latency: 60ms } ]")
        let start = secondsNow()
        let socket = try tunnel(harness)
        #expect(secondsNow() - start >= 0.06)
        #expect(try socket.receive(exactly: 5) == Array("hello".utf8))
        #expect(try socket.receive(exactly: Self.size) == Self.bytes)
    }
}
