import Faults
import Observation
import Scenario
import TestSupport
import Testing
import Units

@testable import Proxy

@Suite("Harm that we did is counted, and never taken for harm that happened")
struct AccountingTests {
    struct Caller {
        let socket: TestSocket
        let reader: TestReader
        init(_ harness: Harness) throws {
            socket = try harness.connect()
            reader = TestReader(socket)
        }
        func ask() throws { try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n") }
        func get() throws -> String? {
            try ask()
            return try reader.message()?.bodyText
        }
    }

    @Test(
        "an exchange cut by a reset of its connection is the entry's doing, by time and by bytes",
        arguments: ["0s", "1B"])
    func reset(after: String) throws {
        let origin = try TestOrigin { socket in _ = try socket.receiveAll() }
        let harness = try Harness(.http, origins: [origin.port])
        let caller = try Caller(harness)
        if after == "0s" {
            try caller.ask()
            #expect(eventually { harness.server.inFlight(0) == 1 })
        }
        try harness.play("[ { name: cut, service: svc, direction: upstream, reset: { after: \(after) } } ]")
        if after != "0s" { try caller.ask() }
        #expect(throws: TestSocketError.reset) { try caller.reader.message() }
        let record = try harness.record { $0.outcome == .injectedReset }
        #expect(record.flags.contains(.injected) && record.entry == 0)
        #expect(harness.state("cut").counts.injected == 1)
    }

    @Test("an exchange that a dark zone stalls or resets is the blackout's doing", arguments: ["stall", "reset"])
    func blackout(existing: String) throws {
        let silent = try TestOrigin { socket in _ = try socket.receiveAll() }
        let other = try TestOrigin.http { _ in ok("b") }
        let harness = try Harness(.http, origins: [silent.port, other.port], prefer: ["a", "b"])
        let caller = try Caller(harness)
        try caller.ask()
        #expect(eventually { harness.server.inFlight(0) == 1 })
        try harness.play("[ { name: d, zone: a, blackout: { existing: \(existing) } } ]")
        #expect(eventually { harness.state("d").counts.injected == 1 })
        try harness.play("[ { name: d, zone: a, blackout: { existing: \(existing) } } ]")
        if existing == "stall" { caller.socket.finish() }
        let record = try harness.record { $0.service == 0 }
        #expect(record.outcome == (existing == "stall" ? .callerGaveUp : .injectedReset))
        #expect(record.flags.contains(.injected) && record.entry == 0)
        #expect(harness.state("d").counts.injected == 1, "once, however many plans come")
    }

    @Test(
        "what goes elsewhere because its zone is dark was met by the blackout, and is not harmed",
        arguments: [true, false])
    func elsewhere(prefers: Bool) throws {
        let a = try TestOrigin.http { _ in ok("a") }
        let b = try TestOrigin.http { _ in ok("b") }
        let harness = try Harness(.http, origins: [a.port, b.port], prefer: prefers ? ["a", "b"] : [])
        try harness.play("[ { name: d, zone: a, blackout: } ]")
        let caller = try Caller(harness)
        for _ in 0..<10 { #expect(try caller.get() == "b") }
        #expect(harness.state("d").counts.met == (prefers ? 10 : 5), "half of them by turns")
        #expect(eventually { harness.server.inFlight(0) == 0 })
        #expect(harness.records().allSatisfy { !$0.flags.contains(.injected) })
    }

    @Test("connects that a black hole swallows are counted by the kernel, for us", arguments: [1, 3])
    func blackHole(workers: Int) throws {
        let origin = try TestOrigin.echo()
        let harness = try Harness(.tcp, origins: [origin.port], workers: workers)
        try harness.play("[ { name: hole, service: svc, blackhole: } ]")
        #expect(harness.state("hole").counts.injected == 0)
        #expect(throws: TestSocketError.timedOut) { _ = try TestSocket.connect(port: harness.port(), within: 0.3) }
        #expect(eventually { harness.state("hole").counts.injected >= 1 })
        let counts = harness.state("hole").counts
        #expect(counts.met == counts.injected && counts.met < 10)
    }

    @Test("a connection under a fault reaches the dependency once")
    func onceOnly() throws {
        let origin = try TestOrigin.echo()
        let harness = try Harness(.tcp, origins: [origin.port])
        try harness.play("[ { name: l, service: svc, latency: 1ms } ]")
        let socket = try harness.connect()
        try socket.send("ping")
        #expect(try socket.receive(exactly: 4) == Array("ping".utf8))
        #expect(origin.connections == 1)
    }

    @Test("a reset that its phase left no time for does not come", arguments: [Service.Kind.http, .tcp])
    func resetInTime(kind: Service.Kind) throws {
        let origin = try TestOrigin.http { _ in ok("a") }
        let harness = try Harness(kind, origins: [origin.port])
        let caller = try Caller(harness)
        #expect(try caller.get() == "a")
        try harness.play("[ { name: cut, service: svc, reset: { after: 300ms } } ]")
        #expect(eventually { harness.state("cut").counts.injected == 1 })
        harness.clear()
        let over = secondsNow() + 0.5
        while secondsNow() < over { #expect(try caller.get() == "a") }
    }

    @Test("a RST is seen behind a FIN, while a fault holds what came before it")
    func resetBehindEnd() throws {
        let origin = try TestOrigin.echo()
        let harness = try Harness(.tcp, origins: [origin.port])
        try harness.play("[ { name: l, service: svc, latency: 1h } ]")
        let socket = try harness.connect()
        try socket.send("ping")
        socket.finish()
        #expect(eventually { harness.state("l").counts.injected == 1 && harness.open == 1 })
        socket.reset()
        #expect(try harness.record { $0.outcome == .callerReset }.entry == 0)
    }

    @Test("a record names an entry and the ordinal that was drawn under it, whether or not it fired")
    func ordinals() throws {
        let origin = try TestOrigin.http { _ in ok("a") }
        let harness = try Harness(.http, origins: [origin.port], workers: 2)
        try harness.play("[ { name: some, service: svc, share: 50%, error: 503 } ]", seed: 9)
        for _ in 0..<8 {
            let caller = try Caller(harness)
            for _ in 0..<5 { _ = try caller.get() }
        }
        var records: [AttemptRecord] = []
        #expect(
            eventually {
                records += harness.records()
                return records.count == 40
            })
        #expect(Set(records.map(\.draw)) == Set(0..<40), "gapless over two workers")
        let dice = Dice(seed: 9, name: "some")
        for record in records {
            #expect(record.entry == 0)
            #expect(record.flags.contains(.injected) == (dice.unit(record.draw, lane: Lane.share) < 0.5))
        }
    }

    @Test("a connection's record names the draw that cut it or let it go")
    func ordinalsOfConnections() throws {
        let origin = try TestOrigin.echo()
        let harness = try Harness(.tcp, origins: [origin.port])
        try harness.play("[ { name: some, service: svc, share: 50%, reset: } ]", seed: 9)
        for _ in 0..<20 {
            let socket = try harness.connect()
            try? socket.send("ping")
            _ = try? socket.receive(exactly: 4)
        }
        var records: [AttemptRecord] = []
        #expect(
            eventually {
                records += harness.records()
                return records.count == 20
            })
        let dice = Dice(seed: 9, name: "some")
        #expect(Set(records.map(\.draw)) == Set(0..<20))
        for record in records {
            #expect(record.flags.contains(.injected) == (dice.unit(record.draw, lane: Lane.share) < 0.5))
        }
    }
}
