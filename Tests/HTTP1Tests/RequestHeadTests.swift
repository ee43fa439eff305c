// Request heads that are fine: what is read from them, whole and byte by byte.

import Testing
import Units

@testable import HTTP1

@Suite("Request heads")
struct RequestHeadTests {
    @Test("a plain request is read without cuts")
    func plain() {
        let outcome = parseRequest("GET /a/b?c=d&e=f HTTP/1.1\r\nHost: example.org\r\nX-Y:  z \t\r\n\r\nrest")
        #expect(outcome.result == .complete(headLength: 59))
        #expect(outcome.method == "GET")
        #expect(outcome.target == "/a/b?c=d&e=f")
        #expect(outcome.path == "/a/b")
        #expect(outcome.query == "c=d&e=f")
        #expect(outcome.fields == ["Host=example.org", "X-Y=z"])
        #expect(outcome.framing == .none)
        #expect(outcome.keepAlive)
        #expect(outcome.cuts.isEmpty)
        #expect(outcome.options.isEmpty)
    }

    static let good: [String] = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET /?a?b HTTP/1.1\r\nHost:a\r\n\r\n",
        "GET /ü HTTP/1.1\r\nHost: a\r\nX: grün\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n",
        "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n",
        "GET http://example.org HTTP/1.1\r\nHost: example.org\r\n\r\n",
        "GET http://example.org?q HTTP/1.1\r\nHost: EXAMPLE.org\r\n\r\n",
        "GET http://example.org:80/a/b HTTP/1.1\r\nHost: example.org\r\n\r\n",
        "GET https://[::1]:8443/a HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n",
        "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "M-SEARCH * HTTP/1.1".replacingTarget(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 000123\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\ntransfer-ENCODING: Chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: \r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nEmpty:\r\nBlank:   \r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~09azAZ: v\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a_b.c%41:8080\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, X-Drop\r\nX-Drop: 1\r\nX-Keep: 2\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "VERYLONGMETHODNAME_WITH.ODD-BYTES / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /" + String(repeating: "long/", count: 400) + " HTTP/1.1\r\nHost: a\r\n\r\n",
    ]

    @Test("every good head is complete, with its length, whatever follows it", arguments: good)
    func complete(_ text: String) {
        let length = text.utf8.count
        #expect(parseRequest(text).result == .complete(headLength: length))
        #expect(parseRequest(text + "GET / HTTP/1.1\r\n").result == .complete(headLength: length))
    }

    @Test("a head that arrives byte by byte reads the same", arguments: good)
    func split(_ text: String) {
        #expect(parseRequestByBytes(text) == parseRequest(text))
    }

    @Test("a head cut short anywhere is incomplete", arguments: good)
    func incomplete(_ text: String) {
        let bytes = Array(text.utf8)
        var head = RequestHead()
        for count in 0..<bytes.count {
            var scanned = 0
            let result = Array(bytes[..<count]).withBytes { head.parse($0, scanned: &scanned) }
            #expect(result == .incomplete)
            // The rest in one piece, after this first part.
            let rest = bytes.withBytes { head.parse($0, scanned: &scanned) }
            #expect(rest == .complete(headLength: bytes.count))
        }
    }

    @Test("no bytes at all are an incomplete head, however often")
    func nothing() {
        var head = RequestHead()
        var scanned = 0
        for _ in 0..<2 { #expect([].withBytes { head.parse($0, scanned: &scanned) } == .incomplete) }
        #expect(scanned == 0)
    }

    @Test("one head value serves one request after another")
    func reuse() {
        var head = RequestHead()
        for text in RequestHeadTests.good {
            let fresh = parseRequest(text)
            Array(text.utf8).withBytes { bytes in
                var scanned = 0
                #expect(head.parse(bytes, scanned: &scanned) == fresh.result)
                #expect(head.framing == fresh.framing)
                #expect(head.fields.count == fresh.fields.count)
                #expect(head.cuts.count == fresh.cuts.count)
                #expect(head.connectionOptions == fresh.options)
                #expect(head.facts == fresh.facts)
                #expect(head.path.of(bytes).string == fresh.path)
            }
        }
    }

    @Test("empty lines before a request are cut")
    func emptyLines() {
        let outcome = parseRequest("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(outcome.cuts == ["\r\n\r\n"])
        #expect(forwarded("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n") == "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let many = String(repeating: "\r\n", count: 5)
        #expect(parseRequest(many + "GET / HTTP/1.1\r\nHost: a\r\n\r\n").result == .invalid(.badRequestLine))
    }

    @Test("the four forms of a target give path, query and authority")
    func targets() {
        let absolute = parseRequest("GET http://h:81/p/q?r HTTP/1.1\r\nHost: h:81\r\n\r\n")
        #expect(absolute.path == "/p/q")
        #expect(absolute.query == "r")
        let bare = parseRequest("GET http://h?r HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(bare.path == "")
        #expect(bare.query == "r")
        #expect(parseRequest("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").path == "*")
        let connect = parseRequest("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n")
        #expect(connect.path == "")
        #expect(connect.facts == .isConnect)
        #expect(parseRequest("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n").facts == .isHead)
        #expect(parseRequest("head / HTTP/1.1\r\nHost: h\r\n\r\n").facts == [])
    }

    @Test("keep-alive follows version and Connection")
    func keepAlive() {
        func keeps(_ version: String, _ connection: String) -> Bool {
            parseRequest("GET / HTTP/\(version)\r\nHost: a\r\n\(connection)\r\n").keepAlive
        }
        #expect(keeps("1.1", ""))
        #expect(!keeps("1.1", "Connection: Close\r\n"))
        #expect(!keeps("1.1", "Connection: keep-alive\r\nConnection: foo , close\r\n"))
        #expect(!keeps("1.0", ""))
        #expect(keeps("1.0", "Connection: Keep-Alive\r\n"))
        #expect(!keeps("1.0", "Connection: keep-alive, close\r\n"))
    }

    @Test("100-continue is noticed in HTTP/1.1 only")
    func expects() {
        for (version, value, expected) in [
            ("1.1", "100-Continue", true), ("1.1", "100-continue, x", false), ("1.0", "100-continue", false),
        ] {
            var head = RequestHead()
            Array("PUT / HTTP/\(version)\r\nHost: a\r\nExpect: \(value)\r\n\r\n".utf8).withBytes { bytes in
                var scanned = 0
                guard case .complete = head.parse(bytes, scanned: &scanned) else {
                    Issue.record("not complete")
                    return
                }
                #expect(head.expectsContinue == expected)
            }
        }
    }

    @Test("fields are found without regard to case, cookies with it")
    func lookup() {
        var head = RequestHead()
        let text =
            "GET / HTTP/1.1\r\nHost: a\r\nX-Tier: gold\r\nx-tier: tin\r\nCookie: a=1; bb=2\r\ncookie: c=x=y;d=\r\n\r\n"
        Array(text.utf8).withBytes { bytes in
            var scanned = 0
            _ = head.parse(bytes, scanned: &scanned)
            func cookie(_ name: String) -> String? { head.cookie(Array(name.utf8), in: bytes)?.string }
            #expect(head.header(Array("x-tier".utf8), in: bytes)?.string == "gold")
            #expect(head.header(Array("x-tie".utf8), in: bytes) == nil)
            #expect(cookie("a") == "1")
            #expect(cookie("bb") == "2")
            #expect(cookie("c") == "x=y")
            #expect(cookie("d") == "")
            #expect(cookie("A") == nil)
            #expect(cookie("b") == nil)
        }
    }
}

extension String {
    /// A request line with the asterisk of another method made into a path, and the rest of a head.
    fileprivate func replacingTarget() -> String {
        split(separator: "*").joined(separator: "/ssdp") + "\r\nHost: a\r\n\r\n"
    }
}
