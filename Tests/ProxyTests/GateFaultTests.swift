import Faults
import Observation
import Scenario
import TestSupport
import Testing
import Units

@testable import Proxy

@Suite("Quotas and queues: on new, open and idle connections, and when they end")
struct GateFaultTests {
    typealias Caller = ExchangeFaultTests.Caller

    private func harness(_ origin: TestOrigin, workers: Int = 1) throws -> Harness {
        try Harness(.http, origins: [origin.port], workers: workers)
    }

    private func load(_ harness: Harness, _ name: String) -> (waiting: Int, busy: Int) {
        harness.state(name).queue(service: "svc").load
    }

    @Test("throttle refuses what is above the quota, whichever connection it comes on, and keeps the connection")
    func throttle() throws {
        let worked = Counted()
        let origin = try TestOrigin.http { _ in
            worked.add()
            return ok()
        }
        let harness = try harness(origin)
        let open = try Caller(harness)
        let idle = try Caller(harness)
        try harness.play(
            "[ { name: q, service: svc, throttle: { limit: 0.001/s, burst: 2, retry_after: 2s } } ]")
        let fresh = try harness.connect()
        let reader = TestReader(fresh)
        try fresh.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try reader.message()?.status == 200)
        #expect(try open.get()?.status == 200)
        for caller in [open, idle] {
            let refusal = try caller.get()
            #expect(refusal?.status == 429)
            #expect(refusal?["retry-after"] == "2")
            #expect(refusal?["x-brownout"] == "injected; q")
        }
        let counts = harness.state("q").counts
        #expect(counts.met == 4 && counts.injected == 2)
        harness.clear()
        #expect(try idle.get()?.status == 200)
        #expect(worked.count == 5)
        let record = try harness.record { $0.status == 429 }
        #expect(record.outcome == .injectedAnswer && record.entry == 0)
    }

    @Test("workers share one quota")
    func sharedQuota() throws {
        let origin = try ExchangeFaultTests.plain()
        let harness = try harness(origin, workers: 2)
        try harness.play("[ { name: q, service: svc, throttle: { limit: 0.001/s, burst: 10 } } ]")
        let statuses = try (0..<30).map { _ in
            let socket = try harness.connect()
            try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            return try TestReader(socket).message()?.status ?? 0
        }
        #expect(statuses.count { $0 == 200 } == 10 && statuses.count { $0 == 429 } == 20)
    }

    @Test("capacity holds the request for its service time, and the next until its turn; the wait is measured")
    func serves() throws {
        let origin = try ExchangeFaultTests.plain()
        let harness = try harness(origin)
        let callers = [try Caller(harness), try Caller(harness)]
        _ = harness.records()
        try harness.play("[ { name: q, service: svc, capacity: { servers: 1, service_time: 80ms, queue: 9 } } ]")
        let start = secondsNow()
        for caller in callers { try caller.ask() }
        for caller in callers { #expect(try caller.reader.message()?.status == 200) }
        #expect(secondsNow() - start >= 0.16, "one after the other")
        let second = try harness.record { $0.askedDelay > 100_000_000 }
        #expect(second.achievedDelay >= second.askedDelay && second.flags.contains(.delayMeasured))
        #expect(load(harness, "q") == (0, 0) || eventually { load(harness, "q").waiting == 0 })
    }

    @Test("a turn finds its exchange on whichever worker it waits")
    func acrossWorkers() throws {
        let origin = try ExchangeFaultTests.plain()
        let harness = try harness(origin, workers: 3)
        try harness.play("[ { name: q, service: svc, capacity: { servers: 2, service_time: 5ms, queue: 100 } } ]")
        let samples = try LoadClient.run(port: harness.port(), requests: 200, connections: 24)
        #expect(samples.allSatisfy { $0.status == 200 && $0.seconds >= 0.005 })
        #expect(harness.state("q").counts.injected == 200)
    }

    @Test("full answers, resets or says nothing", arguments: ["503", "refuse", "hang"])
    func full(end: String) throws {
        let origin = try ExchangeFaultTests.plain()
        let harness = try harness(origin)
        let callers = [try Caller(harness), try Caller(harness)]
        try harness.play("[ { name: q, service: svc, capacity: { servers: 1, service_time: 1h, full: \(end) } } ]")
        try callers[0].ask()
        #expect(eventually { load(harness, "q").busy == 1 })
        try callers[1].ask("/full")
        switch end {
        case "503": #expect(try callers[1].reader.message()?["x-brownout"] == "injected; q")
        case "refuse": #expect(throws: TestSocketError.reset) { try callers[1].reader.message() }
        default: #expect(callers[1].isSilent())
        }
        harness.clear()
        if end == "hang" { #expect(try callers[1].reader.message()?.bodyText == "GET /full HTTP/1.1") }
        #expect(try callers[0].reader.message()?.status == 200)
    }

    @Test("when it ends everything queued starts, on all workers, and the next run begins with an empty queue")
    func ends() throws {
        let origin = try ExchangeFaultTests.plain()
        let harness = try harness(origin, workers: 2)
        let callers = try (0..<6).map { _ in try Caller(harness) }
        let queue = "[ { name: q, service: svc, capacity: { servers: 1, service_time: 1h, queue: 9 } } ]"
        try harness.play(queue)
        for caller in callers { try caller.ask() }
        #expect(eventually { load(harness, "q") == (5, 1) })
        harness.clear()
        for caller in callers { #expect(try caller.reader.message()?.status == 200) }
        #expect(harness.state("q").counts.releasedEarly == 6)
        try harness.play(queue)
        #expect(eventually { load(harness, "q") == (0, 0) })
    }

    @Test("an entry of the same name in the next plan goes on with the line")
    func goesOn() throws {
        let origin = try ExchangeFaultTests.plain()
        let harness = try harness(origin)
        let callers = try (0..<3).map { _ in try Caller(harness) }
        try harness.play("[ { name: q, service: svc, capacity: { servers: 1, service_time: 100ms, queue: 9 } } ]")
        for caller in callers { try caller.ask() }
        #expect(eventually { load(harness, "q").waiting >= 1 })
        try harness.play(
            "[ { name: other, service: svc, match: { path: /none }, error: 500 }, { name: q, service: svc, capacity: { servers: 1, service_time: 1ms, queue: 9 } } ]"
        )
        for caller in callers { #expect(try caller.reader.message()?.status == 200) }
        #expect(harness.state("q").counts.releasedEarly == 0)
    }

    @Test("work whose caller left is kept or dropped", arguments: ["keep", "drop"])
    func abandoned(what: String) throws {
        let origin = try ExchangeFaultTests.plain()
        let harness = try harness(origin)
        let callers = try (0..<3).map { _ in try Caller(harness) }
        try harness.play(
            "[ { name: q, service: svc, capacity: { servers: 1, service_time: 1h, queue: 2, abandoned: \(what) } } ]")
        try callers[0].ask()
        #expect(eventually { load(harness, "q").busy == 1 })
        try callers[1].ask()
        try callers[2].ask()
        #expect(eventually { load(harness, "q") == (2, 1) })
        callers[0].socket.finish()
        callers[1].socket.reset()
        #expect(eventually { harness.open == 1 })
        if what == "keep" {
            #expect(load(harness, "q") == (2, 1))
        } else {
            #expect(eventually { load(harness, "q") == (0, 1) }, "the third has the server")
        }
        harness.clear()
        #expect(try callers[2].reader.message()?.status == 200)
    }

    @Test("an injected error comes behind the queue: load makes it late")
    func lateError() throws {
        let origin = try ExchangeFaultTests.plain()
        let harness = try harness(origin)
        let callers = [try Caller(harness), try Caller(harness)]
        try harness.play(
            "[ { name: e, service: svc, error: 500 }, { name: q, service: svc, capacity: { servers: 1, service_time: 60ms, queue: 5 } } ]"
        )
        let start = secondsNow()
        for caller in callers { try caller.ask() }
        for caller in callers { #expect(try caller.reader.message()?.status == 500) }
        #expect(secondsNow() - start >= 0.12)
    }

    @Test("a request with a body waits with its body")
    func body() throws {
        let origin = try TestOrigin.http { ok($0.bodyText) }
        let harness = try harness(origin)
        let caller = try Caller(harness)
        try harness.play("[ { name: q, service: svc, capacity: { servers: 1, service_time: 30ms } } ]")
        try caller.socket.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello")
        try caller.socket.send("world")
        #expect(try caller.reader.message()?.bodyText == "helloworld")
    }
}
