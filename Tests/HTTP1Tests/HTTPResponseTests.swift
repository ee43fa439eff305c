// Responses of our own are ones that our own parser accepts, and no value breaks out of its line.

import Testing
import Units

@testable import HTTP1

@Suite("Own responses")
struct HTTPResponseTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("status, fields, length and body are written")
    func plain() {
        let bytes = HTTPResponse.bytes(
            status: 503, fields: [("Retry-After", "3"), ("Content-Type", "text/plain")], body: Array("no\n".utf8))
        #expect(
            text(bytes)
                == "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 3\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nno\n"
        )
    }

    @Test("HEAD gets the length without the body; 204 and 304 get neither")
    func bodiless() {
        let body = Array("no\n".utf8)
        #expect(
            text(HTTPResponse.bytes(status: 200, body: body, close: true, isHead: true))
                == "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n")
        #expect(text(HTTPResponse.bytes(status: 204, body: body)) == "HTTP/1.1 204 No Content\r\n\r\n")
        #expect(text(HTTPResponse.bytes(status: 304, body: body)) == "HTTP/1.1 304 Not Modified\r\n\r\n")
        #expect(text(HTTPResponse.bytes(status: 100)) == "HTTP/1.1 100 Continue\r\n\r\n")
    }

    @Test("values cannot break out of their line, framing fields are left out")
    func injection() {
        let bytes = HTTPResponse.bytes(
            status: 200, reason: "a\r\nX: b",
            fields: [
                ("A", "b\r\nSet-Cookie: c"), ("B: c\r\n", "d"), ("", "e"), ("content-LENGTH", "9"),
                ("Transfer-Encoding", "chunked"),
            ])
        #expect(text(bytes) == "HTTP/1.1 200 a  X: b\r\nA: b  Set-Cookie: c\r\nContent-Length: 0\r\n\r\n")
    }

    @Test("every status has a phrase, and what is written is read back", arguments: Array(100...599))
    func reasons(_ status: Int) {
        #expect(!HTTPResponse.standardReason(status).isEmpty)
        let bytes = HTTPResponse.bytes(status: status, body: [1, 2, 3], close: true)
        let outcome = parseResponse(String(decoding: bytes, as: UTF8.self), answering: .isUpgrade)
        #expect(outcome.status == status)
        #expect(!outcome.keepAlive)
        #expect(outcome.reason == HTTPResponse.standardReason(status))
    }

    @Test("a refusal tells the reason and closes")
    func refusal() {
        let refusal = text(HTTPResponse.refusal(.bothFramings))
        #expect(refusal.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(refusal.contains("Connection: close\r\n"))
        #expect(refusal.hasSuffix("brownout: Content-Length and Transfer-Encoding are both given\n"))
    }
}
