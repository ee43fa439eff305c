import Faults
import Observation
import Scenario
import TestSupport
import Testing
import Units

@testable import Proxy

@Suite("Responses that are changed: rewrite and malform, on new, open and idle connections")
struct ResponseChangeTests {
    typealias Caller = ExchangeFaultTests.Caller

    static let json = #"{"balance": 12.50, "currency": "EUR"}"#

    /// Answers by path.
    static func origin() throws -> TestOrigin {
        try .http { request in
            switch request.startLine.split(separator: " ")[1] {
            case "/json": "HTTP/1.1 200 OK\r\nETag: x\r\nContent-Length: \(json.utf8.count)\r\n\r\n\(json)"
            case "/chunked":
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\n{\"a\":\r\n3\r\n 1}\r\n0\r\nx: y\r\n\r\n"
            case "/gzip": "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nzzzz"
            case "/none": "HTTP/1.1 204 No Content\r\nx-a: 1\r\n\r\n"
            case "/head": "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
            default: ok()
            }
        }
    }

    private func harness(_ origin: TestOrigin, limits: ProxyLimits = ProxyLimits()) throws -> Harness {
        try Harness(.http, origins: [origin.port], limits: limits)
    }

    @Test("status and fields change, the body passes, and the connection lives on")
    func head() throws {
        let origin = try Self.origin()
        let harness = try harness(origin)
        let open = try Caller(harness)
        try harness.play(
            "[ { name: r, service: svc, rewrite: { status: 418, headers: { set: { x-a: \"1\" }, add: { x-b: \"2\" }, remove: [etag] } } } ]"
        )
        for caller in [open, try Caller(harness)] {
            let answer = try caller.get("/json")
            #expect(answer?.startLine == "HTTP/1.1 418 I'm a teapot" || answer?.status == 418)
            #expect(answer?["x-a"] == "1" && answer?["x-b"] == "2" && answer?["etag"] == nil)
            #expect(answer?["x-brownout"] == "injected; r")
            #expect(answer?.bodyText == Self.json)
        }
        harness.clear()
        #expect(try open.get("/json")?["etag"] == "x")
        #expect(origin.connections == 2, "the dependency's connections stayed in step")
        _ = try harness.record { $0.status == 418 && $0.flags.contains(.injected) }
    }

    @Test("a body is replaced whatever its framing was", arguments: ["/json", "/chunked", "/gzip", "/"])
    func replaced(path: String) throws {
        let origin = try Self.origin()
        let harness = try harness(origin)
        let caller = try Caller(harness)
        try harness.play("[ { name: r, service: svc, rewrite: { body: { replace: \"sorry\" } } } ]")
        for _ in 0..<3 {
            let answer = try caller.get(path)
            #expect(answer?.bodyText == "sorry" && answer?["content-length"] == "5")
            #expect(answer?["transfer-encoding"] == nil && answer?["content-encoding"] == nil)
        }
        #expect(origin.connections == 1)
    }

    @Test(
        "a JSON body is patched, chunked or not",
        arguments: [("/json", #"{"balance":null,"currency":"EUR"}"#), ("/chunked", #"{"a":1,"balance":null}"#)])
    func patched(path: String, expected: String) throws {
        let origin = try Self.origin()
        let harness = try harness(origin)
        let caller = try Caller(harness)
        let patch = path == "/json" ? #"{"balance": [0]}"# : #"{"balance": [0]}"#
        try harness.play("[ { name: r, service: svc, rewrite: { body: { patch: '\(patch)' } } } ]")
        let answer = try caller.get(path)
        #expect(answer?.bodyText == expected.replacing("null", with: "[0]"))
        #expect(answer?["transfer-encoding"] == nil)
        #expect(harness.state("r").counts.inapplicable == 0)
        #expect(try caller.get(path)?.status == 200)
        #expect(origin.connections == 1)
    }

    @Test("what cannot be patched passes as it came and is counted", arguments: ["/gzip", "/none", "/", "/chunked"])
    func unpatched(path: String) throws {
        let origin = try Self.origin()
        var limits = ProxyLimits()
        limits.patchedBytes = 6
        let harness = try harness(origin, limits: limits)
        let caller = try Caller(harness)
        let before = try caller.get(path)
        try harness.play("[ { name: r, service: svc, rewrite: { body: { patch: '{\"a\": 2}' } } } ]")
        let answer = try caller.get(path)
        #expect(answer?.body == before?.body && answer?.status == before?.status)
        #expect(harness.state("r").counts.inapplicable == 1)
        #expect(try caller.get(path)?.body == before?.body)
        #expect(harness.server.heldBytes == 0)
    }

    @Test("a body that ends with its connection is patched when it has ended")
    func untilClose() throws {
        let origin = try TestOrigin { socket in
            _ = try TestReader(socket).message()
            try socket.send("HTTP/1.1 200 OK\r\n\r\n{\"a\":")
            try socket.send("1}")
        }
        let harness = try harness(origin)
        try harness.play("[ { name: r, service: svc, rewrite: { body: { patch: '{\"a\": null}' } } } ]")
        let socket = try harness.connect()
        try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = try TestReader(socket).message()
        #expect(answer?.bodyText == "{}" && answer?["content-length"] == "2")
    }

    @Test("responses without a body keep to that: HEAD, 204, and what becomes or was one")
    func bare() throws {
        let origin = try Self.origin()
        let harness = try harness(origin)
        let caller = try Caller(harness)
        try harness.play("[ { name: r, service: svc, rewrite: { body: { replace: \"sorry\" } } } ]")
        #expect(try caller.get("/none")?.status == 204)
        #expect(harness.state("r").counts.inapplicable == 1)
        try caller.socket.send("HEAD /head HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try caller.reader.message(headOnly: true)?["content-length"] == "5")
        try harness.play("[ { name: s, service: svc, rewrite: { status: 204 } } ]")
        let emptied = try caller.get("/json")
        #expect(emptied?.status == 204 && emptied?["content-length"] == nil)
        try harness.play("[ { name: t, service: svc, rewrite: { status: 200 } } ]")
        #expect(try caller.get("/none")?["content-length"] == "0")
        #expect(try caller.get("/json")?.bodyText == Self.json)
        #expect(origin.connections == 1)
    }

    @Test("rewrites stack, and are cut and delayed like any response")
    func stacks() throws {
        let origin = try Self.origin()
        let harness = try harness(origin)
        let caller = try Caller(harness)
        try harness.play(
            """
            [ { name: a, service: svc, rewrite: { status: 500, body: { replace: '{"a":1}' } } },
              { name: l, service: svc, latency: 30ms },
              { name: b, service: svc, rewrite: { status: 502, body: { patch: '{"b":2}' } } },
              { name: c, service: svc, truncate: 50% } ]
            """)
        let start = secondsNow()
        try caller.ask("/json")
        let all = String(decoding: try caller.socket.receiveAll(), as: UTF8.self)
        #expect(secondsNow() - start >= 0.03)
        #expect(all.hasPrefix("HTTP/1.1 502 ") && all.contains("Content-Length: 13\r\n"))
        #expect(all.hasSuffix("\r\n\r\n{\"a\":1"))
    }

    @Test("only the statuses asked for are changed")
    func gated() throws {
        let origin = try Self.origin()
        let harness = try harness(origin)
        let caller = try Caller(harness)
        try harness.play("[ { name: r, service: svc, match: { status: 204 }, rewrite: { status: 299 } } ]")
        #expect(try caller.get("/none")?.status == 299)
        #expect(try caller.get("/json")?.status == 200)
        #expect(harness.state("r").counts.met == 1)
    }

    // MARK: Garbage

    /// What the caller reads, and garbage that must be in it.
    static let garbage: [(Malform.Part, String)] = [
        (.statusLine, Malformation.statusLine), (.header, Malformation.field), (.chunk, Malformation.chunk),
        (.length, "\r\nContent-Length: 9\r\n"),
    ]

    @Test("garbage reaches the socket as garbage, and the connection closes behind it", arguments: garbage.indices)
    func malformed(row: Int) throws {
        let (part, expected) = Self.garbage[row]
        let origin = try Self.origin()
        let harness = try harness(origin)
        let open = try Caller(harness)
        _ = harness.records()
        try harness.play("[ { name: m, service: svc, malform: { what: \(part.rawValue) } } ]")
        let fresh = try harness.connect()
        for socket in [open.socket, fresh] {
            try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let all = String(decoding: try socket.receiveAll(), as: UTF8.self)
            #expect(all.contains(expected), "\(all)")
            #expect(all.contains("hello") == (part != .chunk))
        }
        let record = try harness.record { $0.entry == 0 }
        #expect(record.outcome == .injectedClose && record.flags.contains(.injected))
        harness.clear()
        #expect(try Caller(harness).get()?.status == 200)
        #expect(harness.state("m").counts.injected == 2)
    }

    @Test("a chunk cannot be broken where there is no body")
    func inapplicable() throws {
        let origin = try Self.origin()
        let harness = try harness(origin)
        try harness.play("[ { name: m, service: svc, malform: { what: chunk } } ]")
        let socket = try harness.connect()
        try socket.send("GET /none HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try TestReader(socket).message()?.status == 204)
        #expect(harness.state("m").counts.inapplicable == 1)
    }

    @Test(
        "garbage of a body that was patched or replaced is garbage too",
        arguments: ["patch: '{\"a\": 1}'", "replace: abc"])
    func malformedRewrite(body: String) throws {
        let origin = try Self.origin()
        let harness = try harness(origin)
        let caller = try Caller(harness)
        try harness.play(
            "[ { name: m, service: svc, malform: { what: chunk } }, { name: r, service: svc, rewrite: { status: 201, body: { \(body) } } } ]"
        )
        try caller.ask("/json")
        let all = String(decoding: try caller.socket.receiveAll(), as: UTF8.self)
        #expect(all.hasPrefix("HTTP/1.1 201 Created\r\n") && all.hasSuffix("chunked\r\n\r\n" + Malformation.chunk))
    }
}
