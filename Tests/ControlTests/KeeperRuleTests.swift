import Control
import Faults
import Foundation
import Observation
import Scenario
import TestSupport
import Testing
import Units

/// Rules given by hand, on real sockets.
@Suite("Rules by hand")
struct KeeperRuleTests {
    @Test("a rule acts on new, idle and busy connections, changes, and is gone when it is removed")
    func life() throws {
        let bench = try KeeperBench()
        let idle = try bench.caller()
        #expect(try idle.get().status == 200)
        try bench.add("{ name: sick, service: payments, error: 503 }")
        #expect(try TestSupport.eventually { try idle.get().status == 503 })
        let answer = try bench.caller().get()
        #expect(answer.status == 503)
        #expect(answer["x-brownout"] == "injected; sick")
        try bench.change("sick", "{ service: payments, error: 429 }")
        #expect(try TestSupport.eventually { try idle.get().status == 429 })
        #expect(bench.keeper.rules.map(\.name) == ["sick"])
        #expect(bench.keeper.rule("sick")?.isInForce == true)
        try bench.keeper.removeRule("sick", by: bench.by)
        #expect(try TestSupport.eventually { try idle.get().status == 200 })
        #expect(bench.keeper.rules.isEmpty)
    }

    @Test("what a rule holds goes on when it is removed; a reset reaches connections that are idle")
    func heldAndIdle() throws {
        let bench = try KeeperBench()
        try bench.add("{ name: silence, service: payments, hang: { at: head } }")
        let socket = try TestSocket.connect(port: bench.port("payments"))
        try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(bench.eventually { bench.keeper.rule("silence")?.counts.injected == 1 })
        try bench.keeper.removeRule("silence", by: bench.by)
        #expect(try TestReader(socket).message()?.status == 200)
        let redis = try TestSocket.connect(port: bench.port("redis"))
        try redis.send("x")
        #expect(try redis.receive() == Array("x".utf8))
        try bench.add("{ service: redis, reset: }")
        #expect(throws: TestSocketError.reset) { try redis.receive() }
    }

    @Test("a change keeps ordinals and cohort; a rule that was removed begins from zero")
    func state() throws {
        let bench = try KeeperBench()
        let caller = try bench.caller()
        try bench.add("{ name: first, service: payments, nth: { first: 3 }, error: 503 }")
        #expect(try TestSupport.eventually { try caller.get().status == 503 })
        _ = try caller.get()
        try bench.change("first", "{ service: payments, nth: { first: 3 }, error: 500 }")
        #expect(
            try TestSupport.eventually {
                _ = try caller.get()
                return try caller.get().status == 200
            })
        #expect(bench.keeper.rule("first")?.counts.injected == 3)
        try bench.keeper.removeRule("first", by: bench.by)
        try bench.add("{ name: first, service: payments, nth: { first: 3 }, error: 503 }")
        #expect(bench.keeper.rule("first")?.counts == InjectionCounts())
        #expect(try TestSupport.eventually { try caller.get().status == 503 })
    }

    @Test("a rule ends by itself when its time to live is over, and `for` and `after` lie within")
    func expiry() throws {
        let bench = try KeeperBench()
        let caller = try bench.caller()
        try bench.add("{ name: short, service: payments, error: 503 }", ttl: .milliseconds(400))
        #expect(try TestSupport.eventually { try caller.get().status == 503 })
        // The workers end it even if the control thread does not: its loop is not turned here.
        #expect(try TestSupport.eventually { try caller.get().status == 200 })
        #expect(bench.eventually { bench.keeper.rules.isEmpty })
        try bench.add("{ name: part, service: payments, after: 150ms, for: 150ms, error: 503 }", ttl: .minutes(1))
        #expect(bench.keeper.rule("part")?.isInForce == false)
        #expect(bench.eventually { bench.keeper.rule("part")?.isInForce == true })
        #expect(bench.eventually { bench.keeper.rule("part")?.isInForce == false })
        #expect(bench.keeper.rules.count == 1)
    }

    @Test("mistakes are the language's own, with their place; names and times are checked")
    func mistakes() throws {
        let bench = try KeeperBench()
        let unknown = refusal { try bench.add("{ service: paymnts, error: 503 }") }
        #expect(unknown?.kind == .invalid)
        #expect(unknown?.diagnostics.first?.position == Position(line: 1, column: 12))
        #expect(unknown?.diagnostics.first?.help?.contains("payments") == true)
        #expect(refusal { try bench.add("{\"service\": \"payments\", \"latency\": 200}") }?.kind == .invalid)
        #expect(refusal { try bench.add("[1, 2") }?.kind == .invalid)
        #expect(refusal { try bench.add("{ service: redis, error: 503 }") }?.kind == .invalid)
        #expect(refusal { try bench.add("{ service: payments, error: 503 }", ttl: .zero) }?.kind == .invalid)
        #expect(
            refusal { try bench.add("{ service: payments, after: 2s, error: 503 }", ttl: .seconds(1)) }?.kind
                == .invalid)
        try bench.add("{\"service\": \"payments\", \"error\": {\"status\": 503}}")
        #expect(bench.keeper.rules.map(\.name) == ["error"])
        try bench.add("{ service: payments, error: 500 }")
        #expect(bench.keeper.rules.map(\.name) == ["error", "error-2"])
        #expect(refusal { try bench.add("{ name: error, service: payments, hang: }") }?.kind == .conflict)
        #expect(refusal { try bench.change("other", "{ service: payments, hang: }") }?.kind == .notFound)
        #expect(refusal { try bench.keeper.removeRule("other", by: bench.by) }?.kind == .notFound)
    }

    @Test("rules live beside a run: its end leaves them alone, the all-clear ends both")
    func besideRun() throws {
        let storm = "timeline: [{ phase: storm, for: 1m, faults: [{ name: storm, service: payments, error: 500 }] }]"
        let bench = try KeeperBench(storm, plays: true)
        try bench.add("{ name: by hand, service: payments, error: 503 }")
        #expect(refusal { try bench.add("{ name: storm, service: payments, error: 503 }") }?.kind == .conflict)
        let caller = try bench.caller()
        // Of the faults that end an exchange the first in order acts, and the run's come first.
        #expect(try TestSupport.eventually { try caller.get().status == 500 })
        bench.keeper.director.end(.stopped)
        #expect(try TestSupport.eventually { try caller.get().status == 503 })
        bench.keeper.clearFaults(by: bench.by)
        #expect(try TestSupport.eventually { try caller.get().status == 200 })
        let other = try KeeperBench(storm, plays: true)
        try other.add("{ name: by hand, service: payments, error: 503 }")
        other.keeper.clearFaults(by: other.by)
        #expect(try TestSupport.eventually { try other.caller().get().status == 200 })
        #expect(other.keeper.director.isOver)
    }

    @Test("every change is in the journal: who, what, how it stands; and what it did is in the books")
    func journal() throws {
        try Scratch.withDirectory { directory in
            let path = directory.appending(path: "journal").path
            let bench = try KeeperBench(journal: path)
            try bench.add("{ name: sick, service: payments, error: 503 }", ttl: .seconds(30))
            let caller = try bench.caller()
            #expect(try TestSupport.eventually { try caller.get().status == 503 })
            try bench.keeper.addService(bench.service("late", to: bench.web.port), by: bench.by)
            #expect(try bench.caller("late").get().status == 200)
            try bench.keeper.removeRule("sick", by: bench.by)
            try bench.keeper.removeService("late", by: bench.by)
            #expect(
                bench.eventually {
                    let text = Scratch.text(of: URL(filePath: path))
                    return text.contains("\"late\"") && text.contains("\"second\"") && text.contains("removed service")
                })
            var changes: [String] = []
            let contents = try Journal.read(path: path) { line in
                if case .changed(let change) = line.event { changes.append(change.words) }
            }
            #expect(contents.damagedLines <= 1)
            #expect(changes.first == "\(bench.by) added rule sick: error for 30s")
            #expect(changes.count == 4)
            #expect(changes.allSatisfy { $0.hasPrefix("api 127.0.0.1:1 ") })
            #expect(
                bench.eventually {
                    guard let read = try? Journal.read(path: path) else { return false }
                    let late = read.rebuilt.services.first { $0.service == "late" }
                    return late?.requests == 1 && read.rebuilt.faults.contains { $0.name == "sick" && $0.bite == .bit }
                })
        }
    }
}
