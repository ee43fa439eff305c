import Faults
import Observation
import Scenario
import TestSupport
import Testing
import Units

@testable import Proxy

@Suite("half_open and lifetime: new, open, idle and busy connections")
struct ConnectionLifeTests {
    typealias Caller = ExchangeFaultTests.Caller

    private func ping(_ socket: TestSocket, _ text: String = "ping") throws {
        try socket.send(text)
        #expect(try socket.receive(exactly: text.utf8.count) == Array(text.utf8))
    }

    private func isSilent(_ socket: TestSocket) -> Bool {
        socket.setTimeout(seconds: 0.15)
        defer { socket.setTimeout(seconds: 20) }
        do {
            _ = try socket.receive(limit: 1)
            return false
        } catch {
            return error as? TestSocketError == .timedOut
        }
    }

    // MARK: half_open

    @Test("half_open stops reading until the windows are full, and goes on as if nothing had been")
    func halfOpen() throws {
        let origin = try TestOrigin.echo()
        let harness = try Harness(.tcp, origins: [origin.port])
        defer { withExtendedLifetime((origin, harness)) {} }
        let old = try harness.connect()
        try ping(old)
        try harness.play("[ { name: h, service: svc, half_open: } ]")
        let new = try harness.connect()
        let flood = [UInt8](repeating: 3, count: 8 << 20)
        for socket in [old, new] {
            socket.setTimeout(seconds: 0.3)
            #expect(throws: TestSocketError.timedOut) { try socket.send(flood) }
            #expect(isSilent(socket))
        }
        harness.clear()
        for socket in [old, new] {
            TestThread.start { socket.finish() }
            let echoed = try socket.receiveAll()
            #expect(echoed.count > 0 && echoed.allSatisfy { $0 == 3 })
        }
        #expect(harness.state("h").counts.injected == 2)
    }

    @Test("half_open on http: an exchange under way stands still, a new one is not heard", arguments: [false, true])
    func halfOpenExchange(reset: Bool) throws {
        let (gate, open) = Signal<Bool>.make()
        let origin = try TestOrigin.http { request in
            if request.startLine.contains("/slow") { _ = try gate.wait() }
            return ok(request.startLine)
        }
        let harness = try Harness(.http, origins: [origin.port])
        defer { withExtendedLifetime((origin, harness)) {} }
        let (idle, busy) = (try Caller(harness), try Caller(harness))
        try busy.ask("/slow")
        #expect(eventually { harness.server.inFlight(0) == 1 })
        try harness.play("[ { name: h, service: svc, half_open: } ]")
        open.give(true)
        let new = Caller(fresh: try harness.connect())
        for caller in [idle, new] { try caller.ask("/later") }
        for caller in [idle, busy, new] { #expect(isSilent(caller.socket)) }
        if reset {
            for caller in [idle, busy, new] { caller.socket.reset() }
            #expect(eventually { harness.open == 0 }, "a RST is seen meanwhile")
        } else {
            harness.clear()
            #expect(try busy.reader.message()?.bodyText == "GET /slow HTTP/1.1")
            for caller in [idle, new] { #expect(try caller.reader.message()?.bodyText == "GET /later HTTP/1.1") }
        }
    }

    // MARK: lifetime

    @Test("lifetime closes tcp connections at their age, older ones at once, with FIN to both sides")
    func lifetime() throws {
        let (ended, end) = Signal<Bool>.make()
        let origin = try TestOrigin { socket in
            while true {
                let bytes = try socket.receive()
                if bytes.isEmpty { break }
                try socket.send(bytes)
            }
            end.give(true)
        }
        let harness = try Harness(.tcp, origins: [origin.port])
        defer { withExtendedLifetime((origin, harness)) {} }
        let old = try harness.connect()
        try ping(old)
        _ = eventually(within: 0.2) { false }
        try harness.play("[ { name: l, service: svc, lifetime: 200ms } ]")
        #expect(try old.receive().isEmpty)
        #expect(try ended.wait())
        let start = secondsNow()
        let new = try harness.connect()
        try ping(new)
        #expect(try new.receive().isEmpty)
        #expect(secondsNow() - start >= 0.2)
        #expect(eventually { harness.open == 0 })
        let records = harness.records()
        #expect(records.count == 2 && records.allSatisfy { $0.outcome == .injectedClose && $0.entry == 0 })
        harness.clear()
        try ping(try harness.connect())
    }

    @Test("on http an idle connection is closed, a busy one when its exchange is done, and nothing announces it")
    func lifetimeExchange() throws {
        let (gate, open) = Signal<Bool>.make()
        let (arrived, arrive) = Signal<Bool>.make()
        let origin = try TestOrigin.http { request in
            if request.startLine.contains("/slow") {
                arrive.give(true)
                _ = try gate.wait()
            }
            return ok(request.startLine)
        }
        let harness = try Harness(.http, origins: [origin.port])
        defer { withExtendedLifetime((origin, harness)) {} }
        let (idle, busy) = (try Caller(harness), try Caller(harness))
        try busy.ask("/slow")
        #expect(try arrived.wait())
        try harness.play("[ { name: l, service: svc, lifetime: 1ms } ]")
        #expect(try idle.socket.receive().isEmpty)
        open.give(true)
        let answer = try #require(try busy.reader.message())
        #expect(answer.bodyText == "GET /slow HTTP/1.1")
        #expect(answer["connection"] == nil)
        #expect(try busy.socket.receive().isEmpty)
    }

    @Test("a lifetime that is lifted before its age, or while an exchange still runs, closes nothing")
    func lifetimeLifted() throws {
        let (gate, open) = Signal<Bool>.make()
        let (arrived, arrive) = Signal<Bool>.make()
        let origin = try TestOrigin.http { request in
            if request.startLine.contains("/slow") {
                arrive.give(true)
                _ = try gate.wait()
            }
            return ok("fine")
        }
        let harness = try Harness(.http, origins: [origin.port])
        defer { withExtendedLifetime((origin, harness)) {} }
        let busy = try Caller(harness)
        try busy.ask("/slow")
        #expect(try arrived.wait())
        try harness.play("[ { name: l, service: svc, lifetime: 1ms } ]")
        harness.clear()
        open.give(true)
        #expect(try busy.reader.message()?.bodyText == "fine")
        #expect(try busy.get()?.bodyText == "fine")
        try harness.play("[ { name: l, service: svc, lifetime: 1h } ]")
        #expect(try busy.get()?.bodyText == "fine")
    }

    @Test("a reset that waits for its time is forgotten with its entry", arguments: ["tcp", "http"])
    func resetLifted(kind: String) throws {
        let origin = try kind == "tcp" ? TestOrigin.echo() : TestOrigin.http { _ in ok() }
        let harness = try Harness(kind == "tcp" ? .tcp : .http, origins: [origin.port])
        defer { withExtendedLifetime((origin, harness)) {} }
        let socket = try harness.connect()
        try harness.play("[ { name: r, service: svc, reset: { after: 100ms } } ]")
        harness.clear()
        socket.setTimeout(seconds: 0.3)
        #expect(throws: TestSocketError.timedOut) { try socket.receive() }
    }
}
