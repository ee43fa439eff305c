import Faults
import Observation
import Scenario
import TestSupport
import Testing
import Units

@testable import Proxy

@Suite("A partition between two zones")
struct PartitionTests {
    typealias Caller = ExchangeFaultTests.Caller

    private let a: TestOrigin
    private let b: TestOrigin

    init() throws {
        a = try TestOrigin.http { _ in ok("a") }
        b = try TestOrigin.http { _ in ok("b") }
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

    @Test("exchanges of the callers that are cut off go elsewhere and come back, those of others stay")
    func exchanges() throws {
        let harness = try Harness(.http, origins: [a.port, b.port], prefer: ["b", "a"])
        defer { withExtendedLifetime(harness) {} }
        let (inA, inB) = (Caller(fresh: try harness.connect(from: 1)), Caller(fresh: try harness.connect(from: 2)))
        for caller in [inA, inB] { #expect(try caller.get()?.bodyText == "b") }
        try harness.play("[ { name: p, service: svc, partition: { from: a, to: b } } ]")
        #expect(try inA.get()?.bodyText == "a")
        #expect(try Caller(fresh: harness.connect(from: 1)).get()?.bodyText == "a")
        #expect(try inB.get()?.bodyText == "b")
        #expect(harness.state("p").counts.injected == 3, "one connection stalled, two exchanges went another way")
        harness.clear()
        #expect(try inA.get()?.bodyText == "b")
    }

    @Test("an exchange under way stalls for them alone, and ends when the partition does")
    func underWay() throws {
        let (gate, open) = Signal<Bool>.make()
        let slow = try TestOrigin.http { _ in
            _ = try gate.wait()
            return ok("slow")
        }
        let harness = try Harness(.http, origins: [a.port, slow.port], prefer: ["b", "a"])
        defer { withExtendedLifetime((slow, harness)) {} }
        let callers = try [1, 2].map { Caller(fresh: try harness.connect(from: $0)) }
        for caller in callers { try caller.ask() }
        #expect(eventually { harness.server.inFlight(0) == 2 && slow.connections == 2 })
        try harness.play("[ { name: p, service: svc, partition: { from: a, to: b } } ]")
        open.give(true)
        #expect(try callers[1].reader.message()?.bodyText == "slow")
        #expect(isSilent(callers[0].socket))
        harness.clear()
        #expect(try callers[0].reader.message()?.bodyText == "slow")
    }

    @Test("with nowhere else to go a request hangs until the partition ends")
    func nowhere() throws {
        let harness = try Harness(.http, origins: [a.port])
        defer { withExtendedLifetime(harness) {} }
        try harness.play("[ { name: p, service: svc, partition: { from: a, to: a } } ]")
        let caller = Caller(fresh: try harness.connect(from: 1))
        try caller.ask()
        #expect(isSilent(caller.socket))
        #expect(try Caller(fresh: harness.connect(from: 2)).get()?.bodyText == "a")
        harness.clear()
        #expect(try caller.reader.message()?.bodyText == "a")
        #expect(harness.state("p").counts.injected == 1)
    }

    @Test("tcp: open connections stall, new ones go elsewhere, those of others are untouched")
    func connections() throws {
        let origins = try [TestOrigin.echo(), TestOrigin.echo()]
        let harness = try Harness(.tcp, origins: origins.map(\.port), prefer: ["b", "a"])
        defer { withExtendedLifetime((origins, harness)) {} }
        let sockets = try [1, 2].map { try harness.connect(from: $0) }
        for socket in sockets {
            try socket.send("x")
            #expect(try socket.receive(exactly: 1).count == 1)
        }
        #expect(origins.map(\.connections) == [0, 2])
        try harness.play("[ { name: p, service: svc, partition: { from: a, to: b } } ]")
        for socket in sockets { try socket.send("later") }
        #expect(try sockets[1].receive(exactly: 5) == Array("later".utf8))
        #expect(isSilent(sockets[0]))
        let new = try harness.connect(from: 1)
        try new.send("new")
        #expect(try new.receive(exactly: 3) == Array("new".utf8))
        #expect(origins.map(\.connections) == [1, 2])
        harness.clear()
        #expect(try sockets[0].receive(exactly: 5) == Array("later".utf8))
    }

    @Test("tcp with one endpoint: a new connection waits for the end of the partition")
    func onlyEndpoint() throws {
        let origin = try TestOrigin.echo()
        let harness = try Harness(.tcp, origins: [origin.port])
        defer { withExtendedLifetime((origin, harness)) {} }
        try harness.play("[ { name: p, service: svc, partition: { from: a, to: a } } ]")
        let socket = try harness.connect(from: 1)
        try socket.send("hello")
        #expect(isSilent(socket))
        harness.clear()
        #expect(try socket.receive(exactly: 5) == Array("hello".utf8))
    }
}
