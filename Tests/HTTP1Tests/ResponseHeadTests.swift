// Response heads: how each is framed, given its request, and which are refused.

import Testing
import Units

@testable import HTTP1

@Suite("Response heads")
struct ResponseHeadTests {
    struct Case: Sendable {
        var head: String
        var request: RequestFacts
        var framing: BodyFraming.Kind
        var keepAlive: Bool

        init(_ head: String, to request: RequestFacts = [], _ framing: BodyFraming.Kind, keepAlive: Bool = true) {
            self.head = "HTTP/1.1 " + head + "\r\n\r\n"
            self.request = request
            self.framing = framing
            self.keepAlive = keepAlive
        }
    }

    static let framed: [Case] = [
        Case("200 OK\r\nContent-Length: 5", .length(5)),
        Case("200 OK\r\nContent-Length: 0", .none),
        Case("200 OK\r\nTransfer-Encoding: chunked", .chunked),
        Case("200 OK\r\nTransfer-Encoding: gzip, chunked", .chunked),
        Case("200 OK\r\nTransfer-Encoding: gzip", .untilClose, keepAlive: false),
        Case("200 OK", .untilClose, keepAlive: false),
        Case("200 ", .untilClose, keepAlive: false),
        Case("200", .untilClose, keepAlive: false),
        Case("404 Not Found\r\nContent-Length: 5\r\nConnection: close", .length(5), keepAlive: false),
        Case("200 OK\r\nContent-Length: 5", to: .isHead, .none),
        Case("200 OK\r\nTransfer-Encoding: chunked", to: .isHead, .none),
        Case("200 OK", to: .isHead, .none),
        Case("204 No Content", .none),
        Case("204 No Content\r\nContent-Length: 5", .none),
        Case("304 Not Modified\r\nContent-Length: 5", .none),
        Case("304 Not Modified\r\nTransfer-Encoding: chunked", .none),
        Case("100 Continue", .none),
        Case("103 Early Hints\r\nLink: </a>", .none),
        Case("101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket", to: .isUpgrade, .none),
        Case("200 OK", to: .isConnect, .none),
        Case("200 OK\r\nContent-Length: 5", to: .isConnect, .none),
        Case("407 Proxy Authentication Required\r\nContent-Length: 5", to: .isConnect, .length(5)),
        Case("999 Odd\r\nContent-Length: 1", .length(1)),
    ]

    @Test("framing follows status, fields and request", arguments: framed)
    func framing(_ sample: Case) {
        let outcome = parseResponse(sample.head, answering: sample.request)
        #expect(outcome.result == .complete(headLength: sample.head.utf8.count))
        #expect(outcome.framing == sample.framing)
        #expect(outcome.keepAlive == sample.keepAlive)
        #expect(parseResponseByBytes(sample.head, answering: sample.request) == outcome)
    }

    static let refused: [(String, HTTPError)] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", .conflictingLength),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", .repeatedLength),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", .bothFramings),
        ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .transferEncodingInOldVersion),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", .badTransferEncoding),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n", .unknownTransferCoding),
        ("HTTP/1.1 200 OK\r\nX: y\r\n z\r\n\r\n", .foldedLine),
        ("HTTP/1.1 200 OK\r\nX : y\r\n\r\n", .spaceBeforeColon),
        ("HTTP/1.1 200 OK\nX: y\r\n\r\n", .bareLineFeed),
        ("HTTP/1.1  200 OK\r\n\r\n", .badStatusLine),
        ("HTTP/1.1 20 OK\r\n\r\n", .badStatusLine),
        ("HTTP/1.1 2000 OK\r\n\r\n", .badStatusLine),
        ("HTTP/1.1 099 OK\r\n\r\n", .badStatusLine),
        ("HTTP/1.1 20x OK\r\n\r\n", .badStatusLine),
        ("HTTP/1.1 200\tOK\r\n\r\n", .badStatusLine),
        ("HTTP/1.1\r\n\r\n", .badStatusLine),
        ("\r\nHTTP/1.1 200 OK\r\n\r\n", .badStatusLine),
        ("ICY 200 OK\r\nX: yyyyyyy\r\n\r\n", .badStatusLine),
        ("HTTP/2.0 200 OK\r\n\r\n", .badVersion),
        ("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", .unexpectedSwitch),
        ("HTTP/1.1 200 O\u{01}K\r\n\r\n", .badHeaderValue),
    ]

    @Test("what two readers could take differently is refused", arguments: refused)
    func refuses(_ head: String, _ error: HTTPError) {
        #expect(parseResponse(head).result == .invalid(error))
        #expect(parseResponseByBytes(head).result == .invalid(error))
    }

    @Test("tunnels begin with 101 and with 2xx to CONNECT")
    func tunnels() {
        #expect(parseResponse("HTTP/1.1 200 OK\r\n\r\n", answering: .isConnect).isTunnel)
        #expect(!parseResponse("HTTP/1.1 403 No\r\n\r\n", answering: .isConnect).isTunnel)
        #expect(parseResponse("HTTP/1.1 101 Go\r\n\r\n", answering: .isUpgrade).isTunnel)
        #expect(!parseResponse("HTTP/1.1 200 OK\r\n\r\n", answering: .isUpgrade).isTunnel)
    }

    @Test("an offer of h2c is cut, the Keep-Alive that servers send passes")
    func hopByHop() {
        let offer = parseResponse(
            "HTTP/1.1 200 OK\r\nUpgrade: h2,h2c\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n")
        #expect(offer.cuts == ["Upgrade: h2,h2c\r\nConnection: Upgrade\r\n"])
        let node = parseResponse(
            "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n")
        #expect(node.cuts.isEmpty)
    }

    @Test("HTTP/1.0 responses close unless they say otherwise")
    func oldVersion() {
        #expect(!parseResponse("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n").keepAlive)
        #expect(parseResponse("HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n").keepAlive)
    }

    @Test("status, reason and fields are read")
    func values() {
        var head = ResponseHead()
        Array("HTTP/1.1 503 Out of order\r\nRetry-After: 3\r\n\r\n".utf8).withBytes { bytes in
            var scanned = 0
            #expect(head.parse(bytes, scanned: &scanned, answering: []) == .complete(headLength: bytes.count))
            #expect(head.status == 503)
            #expect(head.reason.of(bytes).string == "Out of order")
            #expect(head.header(Array("retry-after".utf8), in: bytes)?.string == "3")
            #expect(!head.isInformational)
        }
    }
}
