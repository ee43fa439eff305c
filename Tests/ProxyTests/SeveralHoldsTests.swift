import Faults
import Observation
import Scenario
import TestSupport
import Testing
import Units

@testable import Proxy

@Suite("Several rules hold one exchange: each lets go of its own")
struct SeveralHoldsTests {
    typealias Caller = ExchangeFaultTests.Caller

    private let origin: TestOrigin
    private let harness: Harness

    init() throws {
        origin = try ExchangeFaultTests.plain()
        harness = try Harness(.http, origins: [origin.port])
    }

    /// What stays in force and is short, and what goes and is long.
    private static let pairs = [
        ("latency: 1ms", "latency: 1h"),
        ("latency: { fixed: 1ms, hold: before }", "latency: 1h"),
        ("latency: 1ms", "latency: { fixed: 1h, hold: before }"),
        ("latency: 1ms", "hang: { at: head }"),
        ("latency: 1ms", "hang: { at: connect }"),
        ("latency: { fixed: 1ms, hold: before }", "hang: { at: head, for: 1h }"),
        ("error: 503", "latency: 1h"),
        ("bandwidth: 100MB/s", "hang: { at: head }"),
        ("capacity: { servers: 1, service_time: { fixed: 1ms } }", "latency: 1h"),
    ]

    @Test("the one that is removed lets go while another stays in force", arguments: pairs)
    func removed(stays: String, goes: String) throws {
        let caller = try Caller(harness)
        try harness.play("[ { name: stays, service: svc, \(stays) }, { name: goes, service: svc, \(goes) } ]")
        try caller.ask()
        #expect(caller.isSilent())
        #expect(harness.state("goes").counts.injected == 1)
        try harness.play("[ { name: stays, service: svc, \(stays) } ]")
        #expect(try caller.reader.message() != nil)
        #expect(harness.state("stays").counts.releasedEarly == 0)
        #expect(try caller.get() != nil)
    }

    @Test(
        "what stays in force holds on when another is removed",
        arguments: [
            ("hang: { at: head }", "latency: 1h"), ("hang: { at: connect }", "latency: 1h"),
            ("latency: 1h", "hang: { at: head }"), ("latency: { fixed: 1h, hold: before }", "latency: 1h"),
        ])
    func stays(stays: String, goes: String) throws {
        let caller = try Caller(harness)
        try harness.play("[ { name: stays, service: svc, \(stays) }, { name: goes, service: svc, \(goes) } ]")
        try caller.ask()
        #expect(eventually { harness.state("goes").counts.injected == 1 })
        try harness.play("[ { name: stays, service: svc, \(stays) } ]")
        #expect(caller.isSilent())
        harness.clear()
        #expect(try caller.reader.message()?.status == 200)
    }

    @Test("a rule that is changed lets go of what it held as it was", arguments: ["latency", "throttled"])
    func changed(kind: String) throws {
        let caller = try Caller(harness)
        let fault = kind == "latency" ? "latency" : "bandwidth"
        let (first, second) = kind == "latency" ? ("1h", "2h") : ("1B/s", "2B/s")
        try harness.play("[ { name: held, service: svc, \(fault): \(first) } ]")
        try caller.ask()
        #expect(eventually { harness.state("held").counts.injected == 1 })
        try harness.play("[ { name: held, service: svc, \(fault): \(second) } ]", edition: 1)
        #expect(try caller.reader.message()?.status == 200)
        try caller.ask()
        #expect(caller.isSilent(), "the next exchange meets it as it is now")
    }

    @Test("a silence begins where a latency ends, and lets pass before it what it should")
    func oneAfterTheOther() throws {
        let caller = try Caller(harness)
        try harness.play(
            "[ { name: l, service: svc, latency: 60ms }, { name: h, service: svc, hang: { at: body, after: 3B, for: 200ms } } ]"
        )
        let start = secondsNow()
        try caller.ask()
        var got: [UInt8] = []
        while !String(decoding: got, as: UTF8.self).hasSuffix("\r\n\r\nGET") {
            got += try caller.socket.receive(limit: 1)
        }
        #expect(secondsNow() - start >= 0.06)
        #expect(try caller.socket.receive(exactly: 11) == Array(" / HTTP/1.1".utf8))
        #expect(secondsNow() - start >= 0.26)
    }
}
