import Faults
import Observation
import Scenario
import TestSupport
import Testing
import Units

@testable import Proxy

@Suite("A zone goes dark")
struct BlackoutTests {
    struct Zones {
        let a: TestOrigin
        let b: TestOrigin
        let harness: Harness

        init(_ kind: Service.Kind = .http, ownListeners: Bool = false, prefer: [String] = ["a", "b"]) throws {
            a = try kind == .http ? TestOrigin.http { _ in ok("a") } : TestOrigin.echo()
            b = try kind == .http ? TestOrigin.http { _ in ok("b") } : TestOrigin.echo()
            harness = try Harness(
                kind, origins: [a.port, b.port], ownListeners: ownListeners, prefer: prefer)
        }
    }

    struct Caller {
        let socket: TestSocket
        let reader: TestReader
        init(_ harness: Harness, _ listener: Int = 0) throws {
            socket = try harness.connect(listener)
            reader = TestReader(socket)
        }
        func get() throws -> String? {
            try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            return try reader.message()?.bodyText
        }
    }

    @Test(
        "the next exchange on the same caller's connection goes to the other zone, and back",
        arguments: ["stall", "reset", "drain", "leave"])
    func failover(existing: String) throws {
        let zones = try Zones()
        let caller = try Caller(zones.harness)
        #expect(try caller.get() == "a")
        try zones.harness.play("[ { name: d, zone: a, blackout: { existing: \(existing) } } ]")
        #expect(try caller.get() == "b")
        #expect(try caller.get() == "b")
        #expect(try Caller(zones.harness).get() == "b")
        zones.harness.clear()
        let start = secondsNow()
        #expect(try caller.get() == "a")
        #expect(try Caller(zones.harness).get() == "a")
        #expect(secondsNow() - start < 10)
    }

    @Test("an exchange in the dark zone does what `existing` says", arguments: ["stall", "reset", "drain", "leave"])
    func existing(existing: String) throws {
        let (gate, open) = Signal<Bool>.make()
        let a = try TestOrigin.http { _ in
            if try gate.wait() { return ok("a") }
            return ok("a")
        }
        let b = try TestOrigin.http { _ in ok("b") }
        let harness = try Harness(.http, origins: [a.port, b.port], prefer: ["a", "b"])
        let caller = try Caller(harness)
        try caller.socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(eventually { a.connections == 1 && harness.server.inFlight(0) == 1 })
        try harness.play("[ { name: d, zone: a, blackout: { existing: \(existing) } } ]")
        open.give(true)
        switch existing {
        case "stall":
            caller.socket.setTimeout(seconds: 0.2)
            #expect(throws: TestSocketError.timedOut) { try caller.socket.receive(limit: 1) }
            caller.socket.setTimeout(seconds: 20)
            harness.clear()
            #expect(try caller.reader.message()?.bodyText == "a")
        case "reset":
            #expect(throws: TestSocketError.reset) { try caller.reader.message() }
        default:
            #expect(try caller.reader.message()?.bodyText == "a")
            #expect(try caller.get() == "b")
        }
    }

    @Test(
        "endpoints with listeners of their own: new connects hang at the SYN or are refused, open ones do what `existing` says",
        arguments: ["blackhole", "refuse"], ["stall", "reset"])
    func ownListeners(new: String, existing: String) throws {
        let zones = try Zones(.tcp, ownListeners: true, prefer: [])
        let harness = zones.harness
        let open = try harness.connect(1)
        try open.send("hi")
        #expect(try open.receive(exactly: 2).count == 2)
        try harness.play("[ { name: d, zone: a, blackout: { existing: \(existing), new: \(new) } } ]")
        if new == "refuse" {
            #expect(throws: TestSocketError.refused) { try harness.connect(1) }
        } else {
            #expect(throws: TestSocketError.timedOut) { _ = try TestSocket.connect(port: harness.port(1), within: 0.3) }
        }
        let other = try harness.connect(2)
        try other.send("ok")
        #expect(try other.receive(exactly: 2) == Array("ok".utf8))
        if existing == "reset" {
            #expect(throws: TestSocketError.reset) { try open.receive() }
        } else {
            try open.send("later")
            open.setTimeout(seconds: 0.2)
            #expect(throws: TestSocketError.timedOut) { try open.receive() }
            open.setTimeout(seconds: 20)
        }
        harness.clear()
        let fresh = try harness.connect(1)
        try fresh.send("back")
        #expect(try fresh.receive(exactly: 4) == Array("back".utf8))
        if existing == "stall" { #expect(try open.receive(exactly: 5) == Array("later".utf8)) }
    }

    @Test(
        "with nowhere to go a new attempt hangs or is reset, and gets in when the zone returns",
        arguments: ["hang", "reset"])
    func nowhere(new: String) throws {
        let origin = try TestOrigin.http { _ in ok("a") }
        let harness = try Harness(.http, origins: [origin.port])
        try harness.play("[ { name: d, zone: a, blackout: { new: \(new) } } ]")
        let caller = try Caller(harness)
        try caller.socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        if new == "reset" {
            #expect(throws: TestSocketError.reset) { try caller.reader.message() }
        } else {
            caller.socket.setTimeout(seconds: 0.2)
            #expect(throws: TestSocketError.timedOut) { try caller.socket.receive(limit: 1) }
            caller.socket.setTimeout(seconds: 20)
            harness.clear()
            #expect(try caller.reader.message()?.bodyText == "a")
        }
    }
}
