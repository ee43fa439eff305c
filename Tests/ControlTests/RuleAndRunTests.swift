import Faults
import Observation
import Scenario
import TestSupport
import Testing
import Units

@testable import Control

@Suite("Rules by hand and runs one after another")
struct RuleAndRunTests {
    private func load(_ bench: KeeperBench, _ faults: String) throws -> Run {
        let file = try scenario(
            """
            services: { payments: { listen: "127.0.0.1:0", protocol: http, to: "127.0.0.1:\(bench.web.port)" } }
            timeline: [{ phase: storm, for: 1m, faults: \(faults) }]

            """)
        let script = LoadedScript(file: file, identity: ScriptIdentity(name: "storm", text: ""), seed: 1, speed: 1)
        return try bench.keeper.loadRun(script, by: bench.by)
    }

    private func injected(_ bench: KeeperBench) -> Double? {
        bench.keeper.director.tick()
        return bench.keeper.books.measure(.injected("sick"), window: nil, connections: nil)?.value
    }

    @Test("a rule goes on into a run, whose books begin with what it does from then on")
    func books() throws {
        let bench = try KeeperBench()
        let caller = try bench.caller()
        try bench.add("{ name: sick, service: payments, error: 503 }")
        #expect(try eventually { try caller.get().status == 503 })
        #expect(bench.eventually { injected(bench) ?? 0 >= 1 })
        let before = try #require(bench.keeper.rule("sick")).counts.injected
        let run = try load(bench, "[{ name: storm, service: payments, latency: 1ms }]")
        try bench.keeper.startRun(run, force: true, by: bench.by)
        #expect(injected(bench) == 0)
        #expect(try caller.get().status == 503)
        #expect(bench.eventually { injected(bench) == 1 })
        #expect(bench.keeper.rule("sick")?.counts.injected == before + 1)
        bench.keeper.director.end(.stopped)
        #expect(try caller.get().status == 503)
    }

    @Test("a run with an entry of a rule's name is not begun")
    func collision() throws {
        let bench = try KeeperBench()
        try bench.add("{ name: sick, service: payments, error: 503 }")
        let run = try load(bench, "[{ name: sick, service: payments, error: 500 }]")
        #expect(refusal { try bench.keeper.startRun(run, force: true, by: bench.by) }?.kind == .conflict)
        try bench.keeper.removeRule("sick", by: bench.by)
        try bench.keeper.startRun(run, force: true, by: bench.by)
        #expect(try eventually { try bench.caller().get().status == 500 })
    }

    @Test("a run's own zones say who is cut off by its partitions, and for that run alone")
    func zones() throws {
        let bench = try KeeperBench()
        let file = try scenario(
            """
            zones: { home: { callers: 127.0.0.1 } }
            services:
              payments:
                listen: "127.0.0.1:0"
                protocol: http
                endpoints: [{ to: "127.0.0.1:\(bench.web.port)", zone: az-a }]
            timeline:
              - { phase: cut, for: 1m, faults: [{ name: cut, service: payments, partition: { from: home, to: az-a } }] }

            """)
        let script = LoadedScript(file: file, identity: ScriptIdentity(name: "cut", text: ""), seed: 1, speed: 1)
        let run = try bench.keeper.loadRun(script, by: bench.by)
        try bench.keeper.startRun(run, force: true, by: bench.by)
        let socket = try TestSocket.connect(port: bench.port("payments"))
        try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(
            bench.eventually { bench.keeper.director.entriesInForce.first?.state.counts.injected ?? 0 > 0 })
        bench.keeper.director.end(.stopped)
        #expect(try TestReader(socket).message()?.status == 200)
        let refused = refusal { try bench.add("{ service: payments, partition: { from: home, to: az-a } }") }
        #expect(refused?.kind == .invalid)
    }

    @Test("a run may speak of a service that is disabled, and acts on it once it is enabled")
    func disabled() throws {
        let bench = try KeeperBench()
        try bench.keeper.setEnabled("payments", false, by: bench.by)
        let run = try load(bench, "[{ name: storm, service: payments, error: 500 }]")
        try bench.keeper.startRun(run, force: true, by: bench.by)
        try bench.keeper.setEnabled("payments", true, by: bench.by)
        #expect(try bench.caller().get().status == 500)
    }
}
