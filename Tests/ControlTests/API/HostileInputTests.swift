import Foundation
import TestSupport
import Testing

@testable import Control
@testable import EventLoop

/// What nobody should send, to every route: errors, never a crash, a hang or a leak.
@Suite("Hostile input to the API")
struct HostileInputTests {
    @Test("a thousand fuzzed bodies to every route that takes one bring errors")
    func bodies() throws {
        try APIBench.run { bench in
            var dice = SeededDice(seed: 11)
            let routes = RouteTable.standard.routes.filter { $0.body != nil }
            try warm(bench)
            let (memory, descriptors) = (bench.residentKilobytes, bench.openDescriptors)
            for route in routes {
                try send(to: bench, count: 1_000) {
                    "\(route.method.rawValue) \(Self.path(of: route)) HTTP/1.1\r\n" + Self.framed(Fuzz.body(&dice))
                }
            }
            #expect(try bench.ask("DELETE", "/v1/faults").status == 204)
            #expect(try bench.caller().get().status == 200)
            #expect(eventually { bench.openDescriptors <= descriptors + 8 })
            #expect(bench.residentKilobytes < memory + 150_000 * Sanitizer.growth)
        }
    }

    @Test("fuzzed paths, queries and methods to every route bring answers")
    func targets() throws {
        try APIBench.run { bench in
            var dice = SeededDice(seed: 12)
            for route in RouteTable.standard.routes where !route.isEndless {
                try send(to: bench, count: 100) {
                    "\(route.method.rawValue) \(Fuzz.target(Self.path(of: route), &dice)) HTTP/1.1\r\n"
                        + Self.framed(Array(Fuzz.body(&dice).prefix(200)))
                }
            }
            #expect(try bench.ask("GET", "/healthz").status == 200)
        }
    }

    @Test("requests that stop half-way, and bytes that are no HTTP, hold nobody up")
    func halves() throws {
        try APIBench.run { bench in
            var dice = SeededDice(seed: 13)
            let before = bench.openDescriptors
            for _ in 0..<500 {
                let socket = try TestSocket.connect(port: bench.port)
                let whole = "POST /v1/runs HTTP/1.1\r\nHost: localhost\r\n" + "Content-Length: 900\r\n\r\nbrownout: 1"
                var bytes = Array(whole.utf8.prefix(Int(dice.next() % UInt64(whole.utf8.count))))
                if dice.next() % 3 == 0 { bytes = (0..<64).map { _ in UInt8(truncatingIfNeeded: dice.next()) } }
                try? socket.send(bytes)
                if dice.next() % 2 == 0 { socket.reset() }
            }
            // The table may be full until those that are gone have been noticed.
            #expect(eventually { (try? bench.ask("GET", "/v1/status").status) == 200 })
            #expect(eventually { bench.openDescriptors <= before + 8 })
        }
    }

    @Test("bombs are refused in no time", arguments: Fuzz.bombs)
    func bombs(name: String, body: String) throws {
        try APIBench.run { bench in
            for (method, path) in [("POST", "/v1/runs"), ("POST", "/v1/faults?ttl=1m"), ("PUT", "/v1/services/x")] {
                do {
                    let answer = try bench.ask(method, path, body)
                    #expect(answer.status == (Self.isTooLong(body) ? 413 : 400), "\(name): \(answer.status)")
                } catch TestSocketError.reset where Self.isTooLong(body) {
                    // The server closes on who still sends, and the reset that this brings may overtake its answer.
                }
            }
            #expect(try bench.ask("GET", "/v1/status").status == 200)
        }
    }

    private static func isTooLong(_ body: String) -> Bool { body.utf8.count > ServerLimits().bodyBytes }

    // MARK: Sending

    private static func path(of route: Route) -> String {
        let path = route.template.replacingOccurrences(of: "{service}", with: "fuzzed")
            .replacingOccurrences(of: "{fault}", with: "fuzzed").replacingOccurrences(of: "{run}", with: "1")
        return route.parameters.contains { $0.name == "ttl" } ? path + "?ttl=1s" : path
    }

    private static func framed(_ body: [UInt8]) -> String {
        let text = String(decoding: body, as: UTF8.self)
        return "Host: localhost\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
    }

    /// Each brings an answer, on connections that are kept as long as they live.
    private func send(to bench: APIBench, count: Int, _ make: () -> String) throws {
        var socket = try TestSocket.connect(port: bench.port)
        var reader = TestReader(socket)
        for _ in 0..<count {
            let text = make()
            try? socket.send(text)
            let answer = try? reader.message(headOnly: text.hasPrefix("HEAD"))
            let status = (answer ?? nil)?.status ?? 0
            #expect(
                (200..<500).contains(status) || [500, 501, 503].contains(status), "\(status) to \(text.prefix(300))")
            guard answer == nil || status >= 400 else { continue }
            socket = try TestSocket.connect(port: bench.port)
            reader = TestReader(socket)
        }
    }

    private func warm(_ bench: APIBench) throws {
        for _ in 0..<200 { _ = try bench.ask("POST", "/v1/runs", "brownout: 1\ntimeline: [{ phase: a }]") }
    }
}

/// Random numbers from a seed.
struct SeededDice: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// What fuzzers send.
enum Fuzz {
    static let seeds = [
        #"{"service": "payments", "error": 503}"#,
        #"{"name": "x", "latency": {"p50": "10ms", "p99": "1s"}, "share": "40%"}"#,
        "service: payments\nbandwidth: 1MB/s\nshare: 0% -> 40%\n", #"{"listen": "127.0.0.1:0", "to": "127.0.0.1:9"}"#,
        "brownout: 1\ntimeline:\n  - { phase: a, for: 1s, faults: [{ service: payments, error: 503 }] }\n",
        #"{"brownout": 1, "limits": {"ttl": "1s"}, "timeline": [{"phase": "a", "for": "1s"}], "expect": ["a.p99 < 1s"]}"#,
    ]
    private static let spice = [
        "null", "true", "-1", "1e999", "99999999999999999999999999", "\"", "{", "}", "[", "]", "&a", "*a", "!!str",
        "<<: *a",
        "\u{0}", "\u{FEFF}", "\\ud800", "|", ">", "? ", "- ", "#", "%YAML 1.1", "---", "\t", "é", "𝔘", "0x1p-9999",
        "NaN",
    ]

    static func body(_ dice: inout SeededDice) -> [UInt8] {
        if dice.next() % 10 == 0 {
            return (0..<Int(dice.next() % 300)).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
        }
        var text = Array(seeds.randomElement(using: &dice) ?? "")
        for _ in 0...Int(dice.next() % 4) {
            let place = Int(dice.next() % UInt64(text.count + 1))
            switch dice.next() % 3 {
            case 0: text.insert(contentsOf: spice.randomElement(using: &dice) ?? "", at: place)
            case 1: text.removeSubrange(place..<min(text.count, place + Int(dice.next() % 8)))
            default:
                text.replaceSubrange(place..<min(text.count, place + 1), with: spice.randomElement(using: &dice) ?? "")
            }
        }
        return Array(String(text).utf8)
    }

    static func target(_ path: String, _ dice: inout SeededDice) -> String {
        let odd = [
            "%00", "%ff", "//", "..", "?ttl=", "?to=%", "&clear=maybe", "?a=b=c", "%2e%2e", "{}", "?speed=1e400x", "*",
        ]
        let place = path.index(path.startIndex, offsetBy: Int(dice.next() % UInt64(path.count)) + 1)
        var path = path
        path.insert(contentsOf: odd.randomElement(using: &dice) ?? "", at: place)
        return path
    }

    /// The server cuts off what takes it ten seconds: instrumented code gets smaller bombs.
    private static func many(_ count: Int) -> Int { count / Sanitizer.slowdown }

    static let bombs: [(String, String)] = [
        ("aliases", "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c {? *b : *b}\n"),
        ("nested lists", String(repeating: "[", count: many(100_000))),
        ("nested maps", String(repeating: "{\"a\":", count: many(100_000))),
        ("long scalar", "name: " + String(repeating: "x", count: many(900_000))),
        ("long number", "share: " + String(repeating: "9", count: many(500_000)) + "%"),
        ("many keys", (0..<many(60_000)).map { "k\($0): v" }.joined(separator: "\n")),
        ("blank", String(repeating: "\n", count: many(900_000))),
        ("too long", String(repeating: "x", count: 2 << 20)),
    ]
}
