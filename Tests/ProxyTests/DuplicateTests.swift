import Faults
import Scenario
import Synchronization
import TestSupport
import Testing
import Units

@testable import Proxy

@Suite("duplicate: on new, open and idle connections")
struct DuplicateTests {
    typealias Caller = ExchangeFaultTests.Caller

    /// Notes what arrives.
    private final class Arrivals: Sendable {
        private let bodies = Lock<[String]>([])
        func note(_ message: TestMessage) { bodies.withLock { $0.append(message.startLine + " " + message.bodyText) } }
        var all: [String] { bodies.withLock { $0 } }
    }

    private func origin(_ arrivals: Arrivals, status: String = "200 OK") throws -> TestOrigin {
        try .http { request in
            arrivals.note(request)
            return "HTTP/1.1 \(status)\r\nContent-Length: 5\r\n\r\nhello"
        }
    }

    @Test("the request arrives as often as asked, each on a connection of its own; the caller sees one answer")
    func copies() throws {
        let arrivals = Arrivals()
        let origin = try origin(arrivals)
        let harness = try Harness(.http, origins: [origin.port])
        let open = try Caller(harness)
        try harness.play("[ { name: d, service: svc, duplicate: { times: 3 } } ]")
        #expect(try open.get("/one")?.bodyText == "hello")
        #expect(try Caller(harness).get("/two")?.bodyText == "hello")
        #expect(eventually { arrivals.all.count { $0.hasPrefix("GET /one ") } == 3 })
        #expect(eventually { arrivals.all.count { $0.hasPrefix("GET /two ") } == 3 })
        #expect(harness.state("d").counts.injected == 3 && harness.state("d").counts.inapplicable == 0)
        #expect(harness.server.counts(0).copies == 6)
        #expect(origin.connections == 2 + 6)
        harness.clear()
        #expect(try open.get("/three")?.status == 200)
        #expect(arrivals.all.count { $0.hasPrefix("GET /three ") } == 1)
        #expect(eventually { harness.server.inFlight(0) == 0 })
    }

    @Test("a body that comes in pieces comes whole to every copy")
    func body() throws {
        let arrivals = Arrivals()
        let origin = try origin(arrivals)
        let harness = try Harness(.http, origins: [origin.port])
        let caller = try Caller(harness)
        try harness.play("[ { name: d, service: svc, duplicate: } ]")
        let text = String(repeating: "b", count: 200_000)
        try caller.socket.send("POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n")
        try caller.socket.send(text)
        #expect(try caller.reader.message()?.status == 200)
        #expect(eventually { arrivals.all.count { $0 == "POST /b HTTP/1.1 " + text } == 2 })
    }

    @Test("a copy goes to its end when the caller leaves, half a request does not")
    func outlives() throws {
        let arrivals = Arrivals()
        let gate = Counted()
        let origin = try TestOrigin.http { request in
            arrivals.note(request)
            _ = eventually { gate.count > 0 }
            return ok()
        }
        let harness = try Harness(.http, origins: [origin.port])
        try harness.play("[ { name: d, service: svc, duplicate: } ]")
        let socket = try harness.connect()
        try socket.send("GET /left HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(eventually { arrivals.all.count == 2 })
        socket.reset()
        #expect(eventually { harness.open == 0 })
        gate.add()
        let half = try harness.connect()
        try half.send("POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
        #expect(eventually { origin.connections == 4 })
        half.finish()
        #expect(eventually { harness.open == 0 })
        #expect(!arrivals.all.contains { $0.hasPrefix("POST") })
    }

    @Test("a copy that its dependency does not take is given up, and the original is not held up")
    func slow() throws {
        let over = Counted()
        // The copy is dialled second, and never read from.
        let origin = try TestOrigin(numbered: { socket, number in
            if number == 2 {
                _ = eventually(within: 30) { over.count > 0 }
                return
            }
            let reader = TestReader(socket)
            while try reader.message() != nil { try socket.send(ok()) }
        })
        var limits = ProxyLimits()
        limits.heldBytesPerConnection = 64 << 10
        let harness = try Harness(.http, origins: [origin.port], limits: limits)
        let caller = try Caller(harness)
        try harness.play("[ { name: d, service: svc, duplicate: } ]")
        let length = 16 << 20
        try caller.socket.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n")
        try caller.socket.send([UInt8](repeating: 120, count: length))
        #expect(try caller.reader.message()?.status == 200)
        #expect(harness.state("d").counts.inapplicable == 1)
        over.add()
    }

    @Test("a tunnel is not copied")
    func tunnel() throws {
        let origin = try TestOrigin { socket in
            _ = try TestReader(socket).message()
            try socket.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nhi")
            _ = try socket.receive()
        }
        let harness = try Harness(.http, origins: [origin.port])
        try harness.play("[ { name: d, service: svc, duplicate: } ]")
        let socket = try harness.connect()
        try socket.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
        #expect(try TestReader(socket).message()?.status == 101)
        #expect(origin.connections == 1)
        #expect(harness.state("d").counts.inapplicable == 1)
    }
}
