import Faults
import Observation
import Scenario
import Synchronization
import TestSupport
import Testing
import Units

@testable import Proxy

@Suite("Stream faults on http act on one exchange: on new connections, and on open and idle ones")
struct HTTPStreamFaultTests {
    typealias Caller = ExchangeFaultTests.Caller

    private static let body = String(repeating: "0123456789", count: 300)
    private static let chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5DC\r\n\(body.prefix(1_500))\r\n5DC\r\n\(body.prefix(1_500))\r\n0\r\n\r\n"

    private let origin: TestOrigin

    init() throws { origin = try Self.makeOrigin() }

    /// Answers by path: with a length, in chunks, or to the end of the connection; and tells what it was sent.
    private static func makeOrigin() throws -> TestOrigin {
        try TestOrigin { socket in
            let reader = TestReader(socket)
            while let request = try reader.message() {
                switch request.startLine.split(separator: " ")[1] {
                case "/chunked": try socket.send(Self.chunked)
                case "/end":
                    try socket.send("HTTP/1.1 200 OK\r\n\r\n\(Self.body)")
                    return socket.finish()
                case "/echo":
                    try socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.body.count)\r\n\r\n")
                    try socket.send(request.body)
                default: try socket.send(ok(Self.body))
                }
            }
        }
    }

    /// A caller whose connection has carried an exchange and idles, and one whose connection is new.
    private func callers(_ origin: TestOrigin, _ faults: String) throws -> (Harness, [Caller]) {
        let harness = try Harness(.http, origins: [origin.port])
        let old = try Caller(harness)
        try harness.play(faults)
        return (harness, [old, Caller(fresh: try harness.connect())])
    }

    private func post(_ caller: Caller, _ body: String) throws -> TestMessage? {
        try caller.socket.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        return try caller.reader.message()
    }

    @Test(
        "slice, loss and slow_close change no byte, whatever the framing",
        arguments: ["slice: { size: 700B, delay: 2ms }", "loss: { rate: 30%, rto: 10ms }", "slow_close: 30ms"],
        ["upstream", "downstream"])
    func whole(fault: String, direction: String) throws {
        let (harness, callers) = try callers(origin, "[ { name: f, service: svc, direction: \(direction), \(fault) } ]")
        for caller in callers {
            #expect(try caller.get()?.bodyText == Self.body)
            #expect(try caller.get("/chunked")?.bodyText == Self.body)
            #expect(try post(caller, Self.body)?.bodyText == Self.body)
            #expect(try caller.get("/end")?.bodyText == Self.body)
        }
        #expect(harness.state("f").counts.injected == 8)
        #expect(eventually { harness.open == 0 })
    }

    @Test(
        "pieces take their time, on the first exchange of a new connection too", arguments: ["upstream", "downstream"])
    func slice(direction: String) throws {
        let faults = "[ { name: s, service: svc, direction: \(direction), slice: { size: 100B, delay: 4ms } } ]"
        let (harness, callers) = try callers(origin, faults)
        defer { withExtendedLifetime(harness) {} }
        for caller in callers {
            let start = secondsNow()
            #expect(try post(caller, Self.body)?.bodyText == Self.body)
            #expect(secondsNow() - start >= 29 * 0.004)
        }
    }

    @Test("a limit passes the head and exactly so many bytes behind it", arguments: ["close", "reset"])
    func limit(then: String) throws {
        let (harness, callers) = try callers(
            origin, "[ { name: l, service: svc, limit: { bytes: 1000B, then: \(then) } } ]")
        for caller in callers {
            try caller.ask()
            var received: [UInt8] = []
            var end: TestSocketError?
            do {
                while true {
                    let more = try caller.socket.receive()
                    if more.isEmpty { break }
                    received += more
                }
            } catch let error as TestSocketError { end = error }
            #expect(end == (then == "reset" ? .reset : nil))
            #expect(received == Array(ok(Self.body).utf8.dropLast(2_000)))
        }
        let outcome: Outcome = then == "reset" ? .injectedReset : .injectedClose
        #expect(eventually { harness.open == 0 })
        #expect(harness.records().count { $0.outcome == outcome && $0.entry == 0 } == 2)
    }

    @Test("a message that is shorter than the limit is left alone, and its connection too")
    func underLimit() throws {
        let (harness, callers) = try callers(origin, "[ { name: l, service: svc, limit: 3000B } ]")
        defer { withExtendedLifetime(harness) {} }
        for caller in callers {
            #expect(try post(caller, "short")?.bodyText == "short")
            #expect(try post(caller, "again")?.bodyText == "again")
        }
    }

    @Test("a limit towards the dependency ends both connections")
    func limitUpstream() throws {
        let faults = "[ { name: l, service: svc, direction: upstream, limit: 100B } ]"
        let (harness, callers) = try callers(origin, faults)
        defer { withExtendedLifetime(harness) {} }
        for caller in callers {
            #expect(try post(caller, "short")?.bodyText == "short")
            #expect(try post(caller, Self.body) == nil)
        }
    }

    @Test("corrupt flips bits of the payload alone, whatever the framing")
    func corrupt() throws {
        let (harness, callers) = try callers(origin, "[ { name: c, service: svc, corrupt: { rate: 20%, bits: 2 } } ]")
        defer { withExtendedLifetime(harness) {} }
        for caller in callers {
            for path in ["/", "/chunked", "/end"] {
                let message = try #require(try caller.get(path), "\(path)")
                #expect(message.status == 200)
                #expect(message.body.count == Self.body.utf8.count)
                let flips = zip(message.body, Self.body.utf8).filter { $0 != $1 }
                #expect((450...750).contains(flips.count), "\(path)")
                #expect(flips.allSatisfy { ($0.0 ^ $0.1).nonzeroBitCount == 2 })
            }
        }
    }

    @Test("corrupt in a request: the dependency gets other bytes, and as many")
    func corruptUpstream() throws {
        let faults = "[ { name: c, service: svc, direction: upstream, corrupt: 20% } ]"
        let (harness, callers) = try callers(origin, faults)
        defer { withExtendedLifetime(harness) {} }
        for caller in callers {
            let echoed = try #require(try post(caller, Self.body)).body
            #expect(echoed.count == Self.body.utf8.count)
            #expect((450...750).contains(zip(echoed, Self.body.utf8).count { $0 != $1 }))
        }
    }

    @Test("the close behind a response is late, and goes on when the fault ends")
    func slowClose() throws {
        let (harness, callers) = try callers(origin, "[ { name: c, service: svc, slow_close: 100ms } ]")
        for caller in callers {
            let start = secondsNow()
            #expect(try caller.get("/end")?.bodyText == Self.body)
            #expect(secondsNow() - start >= 0.1)
        }
        try harness.play("[ { name: d, service: svc, slow_close: 1h } ]")
        let caller = Caller(fresh: try harness.connect())
        try caller.ask("/end")
        #expect(try caller.socket.receive(exactly: 19 + Self.body.utf8.count).count == 19 + Self.body.utf8.count)
        caller.socket.setTimeout(seconds: 0.15)
        #expect(throws: TestSocketError.timedOut) { try caller.socket.receive() }
        caller.socket.setTimeout(seconds: 20)
        harness.clear()
        #expect(try caller.socket.receive().isEmpty)
    }

    @Test("a fault that ends lets the exchange under way go on, others of its stack stay")
    func lifted() throws {
        let stuck = "{ name: s, service: svc, slice: { size: 1B, delay: 1h } }"
        let (harness, callers) = try callers(origin, "[ { name: b, service: svc, bandwidth: 1GB/s }, \(stuck) ]")
        for caller in callers { try caller.ask() }
        _ = eventually { harness.server.inFlight(0) == 2 }
        try harness.play("[ { name: b, service: svc, bandwidth: 1GB/s } ]")
        for caller in callers { #expect(try caller.reader.message()?.bodyText == Self.body) }
    }

    @Test("one that ends between a request and its response does not touch the response, others of its stack stay")
    func liftedBetween() throws {
        let gate = Gate()
        let late = try TestOrigin.http { request in
            if request.startLine.contains("/late") { _ = eventually { gate.isOpen.load(ordering: .relaxed) } }
            return ok(Self.body)
        }
        let stuck = "{ name: s, service: svc, slice: { size: 1B, delay: 1h } }"
        let (harness, callers) = try callers(late, "[ { name: b, service: svc, bandwidth: 1GB/s }, \(stuck) ]")
        for caller in callers { try caller.ask("/late") }
        #expect(eventually { harness.server.inFlight(0) == 2 })
        try harness.play("[ { name: b, service: svc, bandwidth: 1GB/s } ]")
        gate.isOpen.store(true, ordering: .relaxed)
        for caller in callers { #expect(try caller.reader.message()?.bodyText == Self.body) }
    }

    private final class Gate: Sendable {
        let isOpen = Atomic<Bool>(false)
    }
}

extension ExchangeFaultTests.Caller {
    /// A caller whose connection has not carried anything.
    init(fresh socket: TestSocket) {
        self.socket = socket
        reader = TestReader(socket)
    }
}
