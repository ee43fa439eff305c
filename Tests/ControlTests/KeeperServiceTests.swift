import Control
import Foundation
import Observation
import Proxy
import Scenario
import TestSupport
import Testing
import Units

/// Services at run time, as the APIs ask for them.
@Suite("Services by hand")
struct KeeperServiceTests {
    @Test("added, moved without cutting, disabled, enabled on its port, removed")
    func life() throws {
        let bench = try KeeperBench()
        let (old, new) = (try TestOrigin.http { _ in ok("old") }, try TestOrigin.http { _ in ok("new") })
        try bench.keeper.addService(bench.service("ledger", to: old.port), by: bench.by)
        let socket = try TestSocket.connect(port: bench.port("ledger"))
        let reader = TestReader(socket)
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        try socket.send(request)
        #expect(try reader.message()?.bodyText == "old")
        let port = try bench.port("ledger")
        let moved = bench.service("ledger", to: new.port, listen: port)
        try bench.keeper.changeService("ledger", to: moved, by: bench.by)
        #expect(try bench.port("ledger") == port)
        #expect(try TestSupport.eventually { try bench.caller("ledger").get().bodyText == "new" })
        try socket.send(request)
        #expect(try reader.message()?.bodyText == "old")
        try bench.keeper.setEnabled("ledger", false, by: bench.by)
        #expect(throws: TestSocketError.refused) { try TestSocket.connect(port: port) }
        #expect(try socket.receiveAll().isEmpty)
        #expect(bench.keeper.service("ledger")?.bound == [])
        #expect(bench.keeper.service("ledger")?.isEnabled == false)
        try bench.keeper.setEnabled("ledger", true, by: bench.by)
        #expect(try bench.port("ledger") == port)
        #expect(try bench.caller("ledger").get().bodyText == "new")
        try bench.keeper.removeService("ledger", by: bench.by)
        #expect(throws: TestSocketError.refused) { try TestSocket.connect(port: port) }
        #expect(bench.keeper.services.map(\.name) == ["payments", "redis"])
    }

    @Test("a rule survives its service's being disabled, and holds from the first connection when it is back")
    func rulesSurvive() throws {
        let bench = try KeeperBench()
        try bench.keeper.addService(bench.service("ledger", to: bench.web.port), enabled: false, by: bench.by)
        try bench.add("{ name: sick, service: ledger, error: 503 }")
        for _ in 0..<5 {
            try bench.keeper.setEnabled("ledger", true, by: bench.by)
            #expect(try bench.caller("ledger").get().status == 503)
            try bench.keeper.setEnabled("ledger", false, by: bench.by)
        }
        #expect(bench.keeper.rule("sick")?.counts.injected == 5)
        #expect(bench.eventually { bench.keeper.service("ledger")?.counts.accepted == 5 })
        #expect(try bench.caller().get().status == 200)
    }

    @Test("another port drops connections; a port that is taken leaves the service disabled, and says so")
    func rebinding() throws {
        let bench = try KeeperBench()
        try bench.keeper.addService(bench.service("ledger", to: bench.echo.port, kind: .tcp), by: bench.by)
        let socket = try TestSocket.connect(port: bench.port("ledger"))
        try socket.send("x")
        #expect(try socket.receive() == Array("x".utf8))
        let taken = bench.service("ledger", to: bench.echo.port, listen: bench.echo.port, kind: .tcp)
        let error = refusal { try bench.keeper.changeService("ledger", to: taken, by: bench.by) }
        #expect(error?.kind == .failed)
        #expect(error?.cause == "listen tcp 127.0.0.1:\(bench.echo.port): bind: address already in use")
        #expect(error?.message.hasSuffix("service \"ledger\" is disabled") == true)
        #expect(try socket.receiveAll().isEmpty)
        #expect(bench.keeper.service("ledger")?.isEnabled == false)
        let again = bench.service("ledger", to: bench.echo.port, kind: .tcp)
        try bench.keeper.changeService("ledger", to: again, by: bench.by)
        try bench.keeper.setEnabled("ledger", true, by: bench.by)
        let other = try TestSocket.connect(port: bench.port("ledger"))
        try other.send("y")
        #expect(try other.receive() == Array("y".utf8))
    }

    @Test("what cannot be is refused, and changes nothing")
    func refusals() throws {
        let bench = try KeeperBench()
        let twice = refusal { try bench.keeper.addService(bench.service("redis", to: 1), by: bench.by) }
        #expect(twice?.kind == .conflict)
        #expect(refusal { try bench.keeper.removeService("none", by: bench.by) }?.kind == .notFound)
        #expect(refusal { try bench.keeper.setEnabled("none", true, by: bench.by) }?.kind == .notFound)
        let renamed = refusal {
            try bench.keeper.changeService("redis", to: bench.service("other", to: 1), by: bench.by)
        }
        #expect(renamed?.kind == .invalid)
        let taken = refusal {
            try bench.keeper.addService(bench.service("late", to: 1, listen: bench.web.port), by: bench.by)
        }
        #expect(taken?.message == "listen tcp 127.0.0.1:\(bench.web.port): bind: address already in use")
        #expect(bench.keeper.services.map(\.name) == ["payments", "redis"])
    }

    @Test("a service in the middle of a blackout keeps it when it moves, with the endpoints it has now")
    func darkness() throws {
        let bench = try KeeperBench()
        try bench.add("{ zone: az-a, blackout: { new: reset } }")
        #expect(bench.keeper.service("payments")?.endpoints.map(\.isDark) == [true])
        var moved = try #require(bench.keeper.service("payments")?.service)
        moved.endpoints.append(Endpoint(to: .host("127.0.0.1", port: Int(bench.web.port)), zone: "az-b"))
        moved.prefer = ["az-a", "az-b"]
        try bench.keeper.changeService("payments", to: moved, by: bench.by)
        #expect(bench.keeper.service("payments")?.endpoints.map(\.isDark) == [true, false])
        #expect(try bench.caller().get().status == 200)
    }

    @Test("hundreds of services and rules that come and go leave the books no larger")
    func books() throws {
        let bench = try KeeperBench(workers: 1)
        for cycle in 0..<300 {
            let name = "s-\(cycle)"
            try bench.keeper.addService(bench.service(name, to: bench.web.port), by: bench.by)
            try bench.add("{ name: r-\(cycle), service: \(name), latency: 1ms }")
            #expect(try bench.caller(name).get().status == 200)
            try bench.keeper.removeRule("r-\(cycle)", by: bench.by)
            try bench.keeper.removeService(name, by: bench.by)
            bench.keeper.director.tick()
        }
        let directory = bench.keeper.books.directory
        #expect(directory.services.count < 150)
        #expect(directory.faults.count < 150)
        #expect(directory.services.first?.name == "payments")
        #expect(bench.eventually { bench.host.server.freeNumber == 2 })
    }
}
