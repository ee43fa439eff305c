import Foundation
import TestSupport
import Testing

/// Server-sent events.
@Suite("The API's events")
struct EventFeedTests {
    @Test("phases, faults, changes and a second's figures arrive, each with an id")
    func events() throws {
        try APIBench.run { bench in
            let feed = try Feed(bench)
            _ = try bench.json("POST", "/v1/runs?start=true", RunRouteTests.script, status: 201)
            _ = try bench.json("POST", "/v1/run/skip?to=storm")
            let seen = try feed.read { $0.contains("event: fault.live") && $0.contains("event: second") }
            for name in ["changed", "phase.began", "phase.ended"] { #expect(seen.contains("event: \(name)\n")) }
            #expect(seen.contains("\"ratePerSecond\""))
            #expect(seen.contains("id: "))
        }
    }

    @Test("whoever comes back with the last id gets what was missed, and nothing twice")
    func resuming() throws {
        try APIBench.run { bench in
            let feed = try Feed(bench)
            _ = try bench.json("POST", "/v1/runs", RunRouteTests.script, status: 201)
            let first = try feed.read { $0.contains("loaded run") }
            let last = try #require(
                first.split(whereSeparator: \.isNewline).last { $0.hasPrefix("id: ") }?.dropFirst(4))
            _ = try bench.json("POST", "/v1/runs/1/start")
            let again = try Feed(bench, fields: ["Last-Event-ID: \(last)"])
            let rest = try again.read { $0.contains("started run") }
            #expect(!rest.contains("loaded run"))
            #expect(!rest.contains("event: missed"))
            let stranger = try Feed(bench, fields: ["Last-Event-ID: of-another-process"])
            #expect(try stranger.read { $0.contains("started run") }.contains("event: missed"))
        }
    }

    @Test("listeners who stall or leave cost nobody anything")
    func stalls() throws {
        try APIBench.run { bench in
            let before = bench.openDescriptors
            let stalled = try (0..<20).map { _ in try Feed(bench) }
            for _ in 0..<10 { _ = try Feed(bench) }
            for _ in 0..<50 { #expect(try bench.ask("GET", "/v1/status").status == 200) }
            #expect(stalled.count == 20)
            let loaded = try Feed(bench)
            _ = try bench.json("POST", "/v1/runs", RunRouteTests.script, status: 201)
            _ = try loaded.read { $0.contains("loaded run") }
            #expect(eventually { bench.openDescriptors <= before + 25 })
        }
    }

    /// A connection that listens.
    private final class Feed {
        private let socket: TestSocket
        private var text = ""

        init(_ bench: APIBench, fields: [String] = []) throws {
            socket = try TestSocket.connect(port: bench.port)
            let lines = ["GET /v1/events HTTP/1.1", "Host: localhost"] + fields
            try socket.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
            _ = try read { $0.contains(": brownout events") }
        }

        /// Everything so far, once `isEnough`.
        func read(until isEnough: (String) -> Bool) throws -> String {
            while !isEnough(text) {
                let bytes = try socket.receive()
                if bytes.isEmpty { throw TestSocketError.ended }
                text += String(decoding: bytes, as: UTF8.self)
            }
            return text
        }
    }
}
