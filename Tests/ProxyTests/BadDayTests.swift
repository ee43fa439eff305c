import Faults
import Observation
import Scenario
import TestSupport
import Testing
import Units

@testable import Proxy

@Suite("Bad days of a dependency, told as what they are")
struct BadDayTests {
    func ask(_ harness: Harness) throws -> TestMessage? {
        let socket = try harness.connect()
        try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        return try TestReader(socket).message()
    }

    @Test("a refused connect is 502 and organic")
    func refused() throws {
        let origin = try TestOrigin.echo()
        let port = origin.port
        origin.stop()
        #expect(eventually { (try? TestSocket.connect(port: port)) == nil })
        let harness = try Harness(.http, origins: [port])
        let answer = try ask(harness)
        #expect(answer?.status == 502)
        #expect(answer?["x-brownout"] == "organic; connect_refused")
        _ = try harness.record { $0.outcome == .upstreamRefused }
    }

    @Test("a name that does not resolve is 502 and organic")
    func unresolved() throws {
        let harness = try Harness(.http, origins: [1]) {
            $0.endpoints = [Endpoint(to: .host("does-not-exist.invalid", port: 80))]
            $0.connectTimeout = .seconds(3)
        }
        let answer = try ask(harness)
        #expect([502, 504].contains(answer?.status))
        #expect(answer?["x-brownout"]?.hasPrefix("organic; ") == true)
    }

    @Test("a connect that gets no answer is 504 after the connect time-out")
    func connectTimeout() throws {
        let origin = try TestOrigin.echo()
        let hole = try Harness(.tcp, origins: [origin.port])
        try hole.play("[ { name: b, service: svc, blackhole: } ]")
        let harness = try Harness(.http, origins: [hole.port()]) { $0.connectTimeout = .milliseconds(200) }
        let answer = try ask(harness)
        #expect(answer?.status == 504)
        #expect(answer?["x-brownout"] == "organic; connect_timeout")
    }

    @Test("a dependency that never answers is 504 after the idle time-out")
    func silent() throws {
        let origin = try TestOrigin { socket in _ = try socket.receiveAll() }
        let harness = try Harness(.http, origins: [origin.port]) { $0.idleTimeout = .milliseconds(200) }
        let answer = try ask(harness)
        #expect(answer?.status == 504)
        #expect(answer?["x-brownout"] == "organic; response_timeout")
    }

    @Test("garbage from the dependency is 502 and organic")
    func garbage() throws {
        let origin = try TestOrigin { socket in
            _ = try socket.receive()
            try socket.send("SSH-2.0-OpenSSH\r\n\r\n")
        }
        let harness = try Harness(.http, origins: [origin.port])
        let answer = try ask(harness)
        #expect(answer?.status == 502)
        #expect(answer?["x-brownout"] == "organic; malformed_response")
    }

    @Test("a dependency that closes or resets instead of answering does so to the caller", arguments: [false, true])
    func closes(reset: Bool) throws {
        let origin = try TestOrigin { socket in
            _ = try socket.receive()
            if reset { socket.reset() }
        }
        let harness = try Harness(.http, origins: [origin.port])
        if reset {
            #expect(throws: TestSocketError.reset) { try ask(harness) }
        } else {
            #expect(try ask(harness) == nil)
        }
    }

    @Test("a body that ends early ends early for the caller")
    func early() throws {
        let origin = try TestOrigin { socket in
            _ = try socket.receive()
            try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
        }
        let harness = try Harness(.http, origins: [origin.port])
        let socket = try harness.connect()
        try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(String(decoding: try socket.receiveAll(), as: UTF8.self).hasSuffix("\r\n\r\nonly this"))
        _ = try harness.record { $0.outcome == .upstreamClosed }
    }

    @Test("an idle close of the dependency is passed on to the idle caller")
    func idleClose() throws {
        let origin = try TestOrigin { socket in
            _ = try socket.receive()
            try socket.send(ok())
        }
        let harness = try Harness(.http, origins: [origin.port])
        let socket = try harness.connect()
        try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let reader = TestReader(socket)
        #expect(try reader.message()?.status == 200)
        #expect(try reader.message() == nil)
    }

    @Test("a plan whose lease is not renewed is dropped, and traffic flows")
    func lease() throws {
        let origin = try TestOrigin.http { _ in ok() }
        let harness = try Harness(.http, origins: [origin.port])
        try harness.play("[ { name: e, service: svc, error: 500 } ]")
        #expect(try ask(harness)?.status == 500)
        harness.server.lease.renew(until: monotonicNow())
        #expect(try eventually { try ask(harness)?.status == 200 })
        #expect(harness.server.counters[0].expiredPlans.value == 1)
    }

    @Test("draining finishes what is open and accepts no more")
    func draining() throws {
        let (gate, open) = Signal<Bool>.make()
        let origin = try TestOrigin.http { _ in
            _ = try gate.wait()
            return ok("done")
        }
        let harness = try Harness(.http, origins: [origin.port])
        let socket = try harness.connect()
        try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(eventually { origin.connections == 1 })
        harness.server.drain()
        #expect(eventually { (try? harness.connect()) == nil })
        open.give(true)
        let reader = TestReader(socket)
        #expect(try reader.message()?.bodyText == "done")
        #expect(try reader.message() == nil)
    }

    @Test("random bytes from either side never do harm")
    func fuzz() throws {
        let origin = try TestOrigin { socket in
            let bytes = try socket.receive()
            var state = bytes.reduce(UInt64(7)) { $0 &* 31 &+ UInt64($1) }
            var answer = Array(
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n".utf8
            )
            for _ in 0..<Int(state % 6) {
                state = state &* 6_364_136_223_846_793_005 &+ 1
                answer[Int(state >> 33) % answer.count] = UInt8(truncatingIfNeeded: state >> 20)
            }
            try socket.send(answer)
        }
        let harness = try Harness(.http, origins: [origin.port])
        var state: UInt64 = 99
        for _ in 0..<300 {
            var request = Array("POST /path?q HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX: y\r\n\r\nhello".utf8)
            for _ in 0..<4 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                request[Int(state >> 33) % request.count] = UInt8(truncatingIfNeeded: state >> 24)
            }
            let socket = try harness.connect()
            try? socket.send(request)
            socket.finish()
            _ = try? socket.receiveAll()
        }
        #expect(eventually { harness.open == 0 && harness.server.inFlight(0) == 0 })
    }
}
