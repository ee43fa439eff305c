// What is cut when a head is forwarded, what passes, and what a copied head looks like.

import Testing
import Units

@testable import HTTP1

@Suite("Hop-by-hop lines")
struct HopByHopTests {
    static let start = "GET / HTTP/1.1\r\nHost: a\r\n"

    static let passing = [
        "", "Connection: close\r\n", "Connection: Keep-Alive\r\nKeep-Alive: timeout=5\r\n",
        "Connection: close, keep-alive\r\n",
        "TE: trailers\r\n", "Connection: TE\r\nTE: trailers\r\n", "Connection: Upgrade\r\nUpgrade: websocket\r\n",
        "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n", "Transfer-Encoding: chunked\r\n", "Trailer: X\r\n",
        "Proxy-Authorization: x\r\n",
    ]

    @Test("most heads pass as they came", arguments: passing)
    func passes(_ fields: String) {
        let text = HopByHopTests.start + fields + "\r\n"
        let outcome = parseRequest(text)
        #expect(outcome.cuts.isEmpty)
        #expect(outcome.options.isEmpty)
        #expect(forwarded(text) == text)
    }

    static let cut: [(String, String)] = [
        ("Proxy-Connection: keep-alive\r\n", ""),
        ("X: 1\r\nProxy-Connection: close\r\nY: 2\r\n", "X: 1\r\nY: 2\r\n"),
        ("Connection: X-A\r\nX-A: 1\r\nX-B: 2\r\n", "X-B: 2\r\n"),
        ("x-a: 1\r\nConnection: close , X-A\r\nX-B: 2\r\n", "X-B: 2\r\nConnection: close\r\n"),
        ("X-A: 1\r\nX-B: 2\r\nConnection: X-A\r\nConnection: X-B\r\nx-a: 3\r\n", ""),
        ("Connection: keep-alive, X-A\r\nKeep-Alive: timeout=5\r\n", ""),
        ("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n", ""),
        ("Connection: Upgrade, close\r\nUpgrade: h2c\r\n", "Connection: close\r\n"),
        ("Connection: Upgrade\r\nUpgrade: websocket, H2C\r\n", ""),
        ("Upgrade: websocket\r\n", ""),
        ("Connection: Upgrade\r\n", ""),
        (
            "Connection: Upgrade, X-A\r\nUpgrade: websocket\r\nX-A: 1\r\n",
            "Upgrade: websocket\r\nConnection: upgrade\r\n"
        ),
        ("TE: gzip, trailers\r\nConnection: TE\r\n", ""),
        ("TE: trailers\r\nConnection: TE, X-A\r\n", "TE: trailers\r\nConnection: TE\r\n"),
        ("HTTP2-Settings: AAMAAABk\r\n", ""),
        ("Connection: Host, Content-Length\r\nContent-Length: 5\r\n", "Content-Length: 5\r\n"),
        ("Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\n"),
    ]

    @Test("lines of one hop are cut, framing and Host never", arguments: cut)
    func cuts(_ before: String, _ after: String) {
        let start = HopByHopTests.start
        #expect(forwarded(start + before + "\r\n") == start + after + "\r\n")
        #expect(parseRequestByBytes(start + before + "\r\n") == parseRequest(start + before + "\r\n"))
    }

    @Test("neighbouring cuts are one")
    func joined() {
        let outcome = parseRequest(HopByHopTests.start + "Connection: X-A\r\nX-A: 1\r\nX: 2\r\nX-A: 3\r\n\r\n")
        #expect(outcome.cuts == ["Connection: X-A\r\nX-A: 1\r\n", "X-A: 3\r\n"])
    }

    @Test("HTTP/1.0 keeps its keep-alive and has no upgrades")
    func oldVersion() {
        #expect(
            forwarded("GET / HTTP/1.0\r\nConnection: keep-alive, X-A\r\nX-A: 1\r\n\r\n")
                == "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let upgrade = parseRequest("GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
        #expect(upgrade.facts.isEmpty)
        #expect(upgrade.cuts.count == 1)
    }

    @Test("a forwarded upgrade is told, a declined one is not")
    func upgrades() {
        #expect(
            parseRequest(HopByHopTests.start + "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n").facts == .isUpgrade)
        #expect(parseRequest(HopByHopTests.start + "Connection: upgrade\r\nUpgrade: h2c\r\n\r\n").facts == [])
        #expect(parseRequest(HopByHopTests.start + "Upgrade: websocket\r\n\r\n").facts == [])
    }

    @Test("a new host takes the place of the old one, in Host and in an absolute target")
    func host() {
        #expect(
            forwarded("GET / HTTP/1.1\r\nX: 1\r\nHost:  a \r\nY: 2\r\n\r\n", host: "b:81")
                == "GET / HTTP/1.1\r\nX: 1\r\nHost:  b:81 \r\nY: 2\r\n\r\n")
        #expect(
            forwarded("GET http://a/p HTTP/1.1\r\nHost: a\r\n\r\n", host: "b")
                == "GET http://b/p HTTP/1.1\r\nHost: b\r\n\r\n")
        #expect(
            forwarded("GET / HTTP/1.1\r\nConnection: X\r\nX: 1\r\nHost: a\r\nX: 2\r\n\r\n", host: "b")
                == "GET / HTTP/1.1\r\nHost: b\r\n\r\n")
        #expect(forwarded("GET / HTTP/1.0\r\n\r\n", host: "b") == "GET / HTTP/1.0\r\nHost: b\r\n\r\n")
        let connect = "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n"
        #expect(forwarded(connect, host: "b") == connect)
    }

    @Test("added lines come last")
    func added() {
        #expect(
            forwarded("GET / HTTP/1.1\r\nHost: a\r\nConnection: X, close\r\n\r\nbody", adding: "Via: 1.1 b\r\n")
                == "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nVia: 1.1 b\r\n\r\n")
    }
}
