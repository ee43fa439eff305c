import Faults
import Observation
import Scenario
import Synchronization
import TestSupport
import Testing
import Units

@testable import Proxy

@Suite("Faults on exchanges: on new connections, and beginning and ending on open and idle ones")
struct ExchangeFaultTests {
    /// A caller with one open connection that has had its first answer: reused from now on.
    struct Caller {
        let socket: TestSocket
        let reader: TestReader

        init(_ harness: Harness) throws {
            socket = try harness.connect()
            reader = TestReader(socket)
            _ = try get()
        }

        func ask(_ path: String = "/") throws {
            try socket.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
        }

        func get(_ path: String = "/") throws -> TestMessage? {
            try ask(path)
            return try reader.message()
        }

        /// Nothing comes for a while.
        func isSilent() -> Bool {
            socket.setTimeout(seconds: 0.15)
            defer { socket.setTimeout(seconds: 20) }
            return (try? reader.message()) == nil
        }
    }

    static func plain() throws -> TestOrigin { try .http { ok($0.startLine) } }

    func harness(_ origin: TestOrigin) throws -> Harness { try Harness(.http, origins: [origin.port]) }

    @Test(
        "latency holds the response on a reused connection, never too short, and ends with its fault",
        arguments: ["after", "before"])
    func latency(hold: String) throws {
        let origin = try Self.plain()
        let harness = try harness(origin)
        let caller = try Caller(harness)
        try harness.play("[ { name: l, service: svc, latency: { fixed: 60ms, hold: \(hold) } } ]")
        let start = secondsNow()
        #expect(try caller.get()?.status == 200)
        #expect(secondsNow() - start >= 0.060)
        try harness.play("[ { name: l, service: svc, latency: { fixed: 1h, hold: \(hold) } } ]")
        try caller.ask("/held")
        #expect(caller.isSilent())
        harness.clear()
        #expect(try caller.reader.message()?.bodyText == "GET /held HTTP/1.1")
        #expect(harness.state("l").counts.injected == 2)
        #expect(harness.state("l").counts.releasedEarly == 1)
        let delayed = try harness.record { $0.askedDelay == 60_000_000 }
        #expect(delayed.achievedDelay >= 60_000_000)
    }

    @Test("error answers on new and reused connections, keeps them, and is marked")
    func error() throws {
        let origin = try Self.plain()
        let harness = try harness(origin)
        let caller = try Caller(harness)
        try harness.play("[ { name: boom, service: svc, error: { status: 503, retry_after: 2s, body: no } } ]")
        for caller in [caller, try Caller(harness)] {
            let answer = try caller.get()
            #expect(answer?.status == 503)
            #expect(answer?["retry-after"] == "2")
            #expect(answer?["x-brownout"] == "injected; boom")
            #expect(answer?.bodyText == "no")
        }
        harness.clear()
        #expect(try caller.get()?.status == 200)
    }

    @Test("an error answers a request whose body is still coming, and the connection lives on")
    func errorWithBody() throws {
        let origin = try Self.plain()
        let harness = try harness(origin)
        try harness.play("[ { name: e, service: svc, error: 500 } ]")
        let socket = try harness.connect()
        let reader = TestReader(socket)
        try socket.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nbegin")
        #expect(try reader.message()?.status == 500)
        try socket.send(String(repeating: "x", count: 995))
        harness.clear()
        try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try reader.message()?.status == 200)
    }

    @Test("an error to a request with a long body closes in order: the answer is not lost")
    func errorWithLongBody() throws {
        let origin = try Self.plain()
        let harness = try harness(origin)
        try harness.play("[ { name: e, service: svc, error: 500 } ]")
        let socket = try harness.connect()
        TestThread.start {
            try? socket.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n")
            try? socket.send([UInt8](repeating: 120, count: 600_000))
        }
        let answer = try TestReader(socket).message()
        #expect(answer?.status == 500)
        #expect(answer?["connection"] == "close")
    }

    @Test("an executed error lets the dependency work first")
    func executed() throws {
        let origin = try Self.plain()
        let harness = try harness(origin)
        let caller = try Caller(harness)
        try harness.play("[ { name: e, service: svc, error: { status: 500, executed: true } } ]")
        #expect(try caller.get("/work")?.status == 500)
        _ = try harness.record { $0.outcome == .injectedAnswer && $0.firstByteAfter >= 0 }
    }

    @Test("a lost response: the dependency works, the caller hears nothing", arguments: ["close", "reset", "hang"])
    func lost(then: String) throws {
        let worked = Counted()
        let origin = try TestOrigin.http { _ in
            worked.add()
            return ok()
        }
        let harness = try harness(origin)
        let caller = try Caller(harness)
        try harness.play("[ { name: l, service: svc, lose_response: { then: \(then) } } ]")
        try caller.ask()
        switch then {
        case "close": #expect(try caller.reader.message() == nil)
        case "reset": #expect(throws: TestSocketError.reset) { try caller.reader.message() }
        default:
            #expect(caller.isSilent())
            harness.clear()
            #expect(caller.isSilent(), "what is lost stays lost")
        }
        #expect(worked.count == 2)
    }

    @Test("hang says nothing until it ends, then goes on as if never held", arguments: ["head", "connect"])
    func hang(place: String) throws {
        let origin = try Self.plain()
        let harness = try harness(origin)
        let caller = try Caller(harness)
        try harness.play("[ { name: h, service: svc, hang: { at: \(place) } } ]")
        try caller.ask("/h")
        #expect(caller.isSilent())
        harness.clear()
        #expect(try caller.reader.message()?.bodyText == "GET /h HTTP/1.1")
        #expect(try caller.get()?.status == 200)
    }

    @Test("hang in the body lets the head and so many bytes pass")
    func hangInBody() throws {
        let origin = try TestOrigin.http { _ in ok(String(repeating: "b", count: 1000)) }
        let harness = try harness(origin)
        let caller = try Caller(harness)
        try harness.play("[ { name: h, service: svc, hang: { at: body, after: 100B } } ]")
        try caller.ask()
        var got = ""
        while !got.hasSuffix(String(repeating: "b", count: 100)) {
            got += String(decoding: try caller.socket.receive(), as: UTF8.self)
        }
        #expect(got.hasSuffix("\r\n\r\n" + String(repeating: "b", count: 100)))
        harness.clear()
        #expect(try caller.socket.receive(exactly: 900).count == 900)
    }

    @Test("truncate ends the body early, by close or reset", arguments: ["close", "reset"])
    func truncate(then: String) throws {
        let origin = try TestOrigin.http { _ in ok(String(repeating: "t", count: 1000)) }
        let harness = try harness(origin)
        let caller = try Caller(harness)
        try harness.play("[ { name: t, service: svc, truncate: { at: 50%, then: \(then) } } ]")
        try caller.ask()
        if then == "close" {
            let all = String(decoding: try caller.socket.receiveAll(), as: UTF8.self)
            #expect(all.hasSuffix("\r\n\r\n" + String(repeating: "t", count: 500)))
        } else {
            #expect(throws: TestSocketError.reset) { try caller.socket.receiveAll() }
        }
        harness.clear()
        #expect(try Caller(harness).get()?.body.count == 1000)
    }

    @Test("dribble keeps bytes coming slowly, and lets the rest go when it ends")
    func dribble() throws {
        let origin = try TestOrigin.http { _ in ok(String(repeating: "d", count: 2000)) }
        let harness = try harness(origin)
        let caller = try Caller(harness)
        try harness.play("[ { name: d, service: svc, dribble: { rate: 200B/s, chunk: 10B } } ]")
        try caller.ask()
        let first = try caller.socket.receive(exactly: 10)
        #expect(first == Array("HTTP/1.1 2".utf8))
        let second = try caller.socket.receive()
        #expect(second.count <= 20)
        harness.clear()
        _ = try caller.socket.receive(exactly: 2000)
        #expect(try Caller(harness).get()?.status == 200)
    }

    @Test("bandwidth limits a body, changes on the fly, and ends")
    func bandwidth() throws {
        let origin = try TestOrigin.http { _ in ok(String(repeating: "w", count: 200_000)) }
        let harness = try harness(origin)
        let caller = try Caller(harness)
        try harness.play("[ { name: b, service: svc, bandwidth: 400KB/s } ]")
        let start = secondsNow()
        #expect(try caller.get()?.body.count == 200_000)
        #expect(secondsNow() - start >= 0.4)
        try harness.play("[ { name: b, service: svc, bandwidth: 1KB/s } ]")
        try caller.ask()
        _ = try caller.socket.receive(limit: 100)
        harness.clear()
        _ = try caller.socket.receive(exactly: 190_000)
    }

    @Test("only what the selectors say is harmed")
    func selectors() throws {
        let origin = try Self.plain()
        let harness = try harness(origin)
        let caller = try Caller(harness)
        try harness.play("[ { name: s, service: svc, match: { path: \"/v1/**\", method: [GET] }, error: 500 } ]")
        #expect(try caller.get("/v1/a/b?x=1")?.status == 500)
        #expect(try caller.get("/v2")?.status == 200)
        try harness.play("[ { name: n, service: svc, nth: { every: 2 }, error: 500 } ]")
        #expect(try (0..<4).map { _ in try caller.get()?.status ?? 0 } == [200, 500, 200, 500])
        try harness.play("[ { name: r, service: svc, connections: reused, error: 500 } ]")
        #expect(try caller.get()?.status == 500)
        let fresh = try harness.connect()
        try fresh.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try TestReader(fresh).message()?.status == 200)
    }

    @Test("a response status can select what is harmed")
    func status() throws {
        let origin = try TestOrigin.http { request in
            request.startLine.contains("/bad") ? "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n" : ok()
        }
        let harness = try harness(origin)
        let caller = try Caller(harness)
        try harness.play("[ { name: s, service: svc, match: { status: 5xx }, lose_response: { then: close } } ]")
        #expect(try caller.get("/good")?.status == 200)
        #expect(try caller.get("/bad") == nil)
    }

    @Test(
        "a caller that leaves during a hold is seen at once, and its upstream exchange is cancelled",
        arguments: [false, true])
    func givesUp(reset: Bool) throws {
        let origin = try Self.plain()
        let harness = try harness(origin)
        let caller = try Caller(harness)
        _ = harness.records()
        try harness.play("[ { name: h, service: svc, latency: 1h } ]")
        try caller.ask()
        #expect(eventually { harness.server.inFlight(0) == 1 && harness.state("h").counts.injected == 1 })
        let left = secondsNow()
        if reset { caller.socket.reset() } else { caller.socket.finish() }
        #expect(eventually { harness.open == 0 })
        let seen = secondsNow() - left
        #expect(seen < 5, "50 ms are promised; the bound here only tells seen from not seen")
        let record = try #require(harness.records().last)
        #expect(record.outcome == (reset ? .callerReset : .callerGaveUp))
    }
}

/// Counts across threads.
final class Counted: Sendable {
    private let number = Lock<Int>(0)
    func add() { number.withLock { $0 += 1 } }
    var count: Int { number.withLock { $0 } }
}
