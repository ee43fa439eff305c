import EventLoop
import TestSupport
import Testing
import Units

@testable import Demo

@Suite("A built-in origin at its socket")
struct OriginTests {
    /// What an origin answers to `request`, up to the close that the last request asks for.
    static func answers(to request: String, chunk: Int = .max) throws -> String {
        let origin = try DemoOrigin(OriginOptions(zone: "az-a", serviceTime: .fixed(.milliseconds(1))))
        defer { origin.stop() }
        let socket = try TestSocket.connect(port: origin.address.port)
        let bytes = Array(request.utf8)
        for start in stride(from: 0, to: bytes.count, by: min(chunk, bytes.count)) {
            try socket.send(Array(bytes[start..<min(bytes.count, start + min(chunk, bytes.count))]))
        }
        return String(decoding: try socket.receiveAll(), as: UTF8.self)
    }

    static func answer(_ number: Int, close: Bool = false) -> String {
        let body = #"{"zone":"az-a","answer":\#(number),"charged":true}"#
        return
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Zone: az-a\r\nContent-Length: \(body.utf8.count)\r\n"
            + (close ? "Connection: close\r\n" : "") + "\r\n" + body
    }

    static let pipelined =
        "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
        + "POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        + "POST /c HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"

    @Test("pipelined requests are answered in order, however they are split", arguments: [Int.max, 7, 1])
    func pipelining(chunk: Int) throws {
        let expected = Self.answer(1) + Self.answer(2) + Self.answer(3, close: true)
        #expect(try Self.answers(to: Self.pipelined, chunk: chunk) == expected)
    }

    @Test("HEAD gets the head alone, an expectation its 100")
    func special() throws {
        let head = try Self.answers(to: "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.hasSuffix("\r\n\r\n"))
        let expecting =
            "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx"
        #expect(try Self.answers(to: expecting).hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
    }

    @Test("what is not HTTP is refused and the connection closed")
    func malformed() throws {
        #expect(try Self.answers(to: "nonsense\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
        #expect(try Self.answers(to: "GET / HTTP/1.1\r\nHost : x\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
    }

    @Test("beyond its most connections a caller waits, and is served when another leaves")
    func bounded() throws {
        var options = OriginOptions(zone: "az-a", serviceTime: .fixed(.zero))
        options.connectionsMaximum = 1
        let origin = try DemoOrigin(options)
        defer { origin.stop() }
        var first: TestSocket? = try TestSocket.connect(port: origin.address.port)
        try first?.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try first?.receive().isEmpty == false)
        let second = try TestSocket.connect(port: origin.address.port)
        try second.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        second.setTimeout(seconds: 0.1)
        #expect(throws: TestSocketError.timedOut) { try second.receive() }
        first = nil
        second.setTimeout(seconds: 20)
        #expect(String(decoding: try second.receiveAll(), as: UTF8.self) == Self.answer(2, close: true))
    }
}
