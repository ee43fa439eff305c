import Scenario
import TestSupport
import Testing

@testable import Proxy

@Suite("HTTP through the proxy")
struct HTTPPathTests {
    /// Answers with the request as it came: start line, fields, body length.
    static func mirror() throws -> TestOrigin {
        try .http { request in
            let text = ([request.startLine] + request.fields + ["body=\(request.bodyText)"]).joined(separator: "\n")
            return ok(text)
        }
    }

    static let requests: [(name: String, text: String)] = [
        ("plain", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("field order and case", "GET /x?y=1 HTTP/1.1\r\nhOST: a\r\nX-One: 1\r\nx-two:  2 \r\nX-One: 3\r\n\r\n"),
        ("length", "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
        (
            "chunked with trailer",
            "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n3\r\nabc\r\n0\r\nT: v\r\n\r\n"
        ),
        ("keep-alive line", "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"),
        ("options asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("delete with body", "DELETE /d HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxy"),
    ]

    @Test("a request arrives as it was sent, and its answer as it was given", arguments: requests.indices)
    func unchanged(index: Int) throws {
        let origin = try Self.mirror()
        let harness = try Harness(.http, origins: [origin.port])
        let request = Self.requests[index].text
        let direct = try TestSocket.connect(port: origin.port)
        let proxied = try harness.connect()
        let (first, second) = (TestReader(direct), TestReader(proxied))
        for _ in 0..<3 {
            try direct.send(request)
            try proxied.send(request)
            let (left, right) = (try first.message(), try second.message())
            #expect(left == right)
        }
    }

    @Test("a request and its response split at every byte mean the same", arguments: [0, 2, 3])
    func split(index: Int) throws {
        let origin = try Self.mirror()
        let harness = try Harness(.http, origins: [origin.port])
        let request = Array(Self.requests[index].text.utf8)
        let socket = try harness.connect()
        let reader = TestReader(socket)
        try socket.send(request)
        let whole = try reader.message()
        for cut in 1..<request.count {
            try socket.send(Array(request[..<cut]))
            try socket.send(Array(request[cut...]))
            let answer = try reader.message()
            #expect(answer == whole)
        }
    }

    @Test("pipelined requests are answered in their order")
    func pipelining() throws {
        let origin = try TestOrigin.http { request in ok(request.startLine) }
        let harness = try Harness(.http, origins: [origin.port])
        let socket = try harness.connect()
        let requests = (0..<500).map {
            "GET /\($0) HTTP/1.1\r\nHost: a\r\nX-Fill: \(String(repeating: "f", count: 200))\r\n\r\n"
        }
        TestThread.start { try? socket.send(requests.joined()) }
        let reader = TestReader(socket)
        for number in 0..<500 {
            let answer = try #require(try reader.message())
            #expect(answer.bodyText == "GET /\(number) HTTP/1.1")
        }
    }

    @Test("HEAD, 204, 304, 1xx and bodies that last until the close")
    func framing() throws {
        let origin = try TestOrigin.http { request in
            switch request.startLine.split(separator: " ")[1] {
            case "/204": "HTTP/1.1 204 No Content\r\n\r\n"
            case "/304": "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n"
            case "/hints": "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok("late")
            case "/chunks": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n0\r\nX: y\r\n\r\n"
            default: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
            }
        }
        let harness = try Harness(.http, origins: [origin.port])
        let socket = try harness.connect()
        let reader = TestReader(socket)
        func ask(_ method: String, _ path: String, headOnly: Bool = false) throws -> TestMessage? {
            try socket.send("\(method) \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            return try reader.message(headOnly: headOnly)
        }
        #expect(try ask("HEAD", "/head", headOnly: true)?.status == 200)
        #expect(try ask("GET", "/204")?.status == 204)
        #expect(try ask("GET", "/304")?.status == 304)
        #expect(try ask("GET", "/hints")?.status == 103)
        #expect(try reader.message()?.bodyText == "late")
        #expect(try ask("GET", "/chunks")?.bodyText == "wiki")
        #expect(harness.open == 1)
    }

    @Test("a body without a length ends with the connection, for the caller too")
    func untilClose() throws {
        let origin = try TestOrigin { socket in
            _ = try TestReader(socket).message()
            try socket.send("HTTP/1.0 200 OK\r\n\r\nall of it")
        }
        let harness = try Harness(.http, origins: [origin.port])
        let socket = try harness.connect()
        try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let all = String(decoding: try socket.receiveAll(), as: UTF8.self)
        #expect(all.hasSuffix("all of it"))
    }

    @Test("100-continue goes to the dependency and back")
    func expectContinue() throws {
        let origin = try TestOrigin { socket in
            let head = try socket.receive()
            #expect(String(decoding: head, as: UTF8.self).contains("100-continue"))
            try socket.send("HTTP/1.1 100 Continue\r\n\r\n")
            let body = try socket.receive(exactly: 4)
            try socket.send(ok(String(decoding: body, as: UTF8.self)))
        }
        let harness = try Harness(.http, origins: [origin.port])
        let socket = try harness.connect()
        let reader = TestReader(socket)
        try socket.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        #expect(try reader.message()?.status == 100)
        try socket.send("data")
        #expect(try reader.message()?.bodyText == "data")
    }

    @Test("an upgrade becomes a pipe both ways, half-closes included")
    func upgrade() throws {
        let origin = try TestOrigin { socket in
            _ = try socket.receive()
            try socket.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n")
            while true {
                let bytes = try socket.receive()
                if bytes.isEmpty { return try socket.send("bye") }
                try socket.send(bytes)
            }
        }
        let harness = try Harness(.http, origins: [origin.port])
        let socket = try harness.connect()
        try socket.send("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n")
        #expect(try TestReader(socket).message()?.status == 101)
        try socket.send("ping")
        #expect(try socket.receive(exactly: 4) == Array("ping".utf8))
        socket.finish()
        #expect(try socket.receiveAll() == Array("bye".utf8))
    }

    @Test("CONNECT becomes a pipe")
    func connectMethod() throws {
        let origin = try TestOrigin { socket in
            _ = try socket.receive()
            try socket.send("HTTP/1.1 200 OK\r\n\r\n")
            try socket.send(try socket.receive())
        }
        let harness = try Harness(.http, origins: [origin.port])
        let socket = try harness.connect()
        try socket.send("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n")
        #expect(String(decoding: try socket.receive(exactly: 19), as: UTF8.self) == "HTTP/1.1 200 OK\r\n\r\n")
        try socket.send("raw")
        #expect(try socket.receive(exactly: 3) == Array("raw".utf8))
    }

    @Test("large bodies pass both ways with equal bytes")
    func large() throws {
        let origin = try TestOrigin.http { request in
            "HTTP/1.1 200 OK\r\nContent-Length: \(request.body.count)\r\n\r\n" + request.bodyText
        }
        let harness = try Harness(.http, origins: [origin.port])
        let socket = try harness.connect()
        let body = (0..<3_000_000).map { UInt8(97 + $0 % 23) }
        TestThread.start {
            try? socket.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
            try? socket.send(body)
        }
        let answer = try TestReader(socket).message()
        #expect(answer?.body == body)
    }

    static let smuggling = [
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "\u{1}\u{2}\u{3} garbage\r\n\r\n",
    ]

    @Test("what could smuggle a request gets 400 and a close", arguments: smuggling)
    func refused(request: String) throws {
        let origin = try Self.mirror()
        let harness = try Harness(.http, origins: [origin.port])
        let socket = try harness.connect()
        try socket.send(request)
        let reader = TestReader(socket)
        #expect(try reader.message()?.status == 400)
        #expect(try reader.message() == nil)
    }
}
