import EventLoop
import Faults
import Glibc
import Scenario
import TestSupport
import Testing
import Units

@testable import Proxy

@Suite("What faults hold is bounded")
struct HeldBytesTests {
    /// Sends without end.
    private func firehose() throws -> TestOrigin {
        try TestOrigin { socket in
            let bytes = [UInt8](repeating: 7, count: 65_536)
            socket.setTimeout(seconds: 120)
            while true { try socket.send(bytes) }
        }
    }

    /// As many connections as descriptors allow: each takes one of the caller, two of the proxy and one of the origin.
    private func affordable(_ wanted: Int) -> Int {
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return min(wanted, (Int(clamping: limit.rlim_cur) - 1_000) / 4)
    }

    @Test("a thousand firehoses under latency: 5s stay within the budget, and flow again when it ends")
    func firehoses() throws {
        let origin = try firehose()
        var limits = ProxyLimits()
        limits.heldBytes = 32 << 20
        let harness = try Harness(.tcp, origins: [origin.port], limits: limits)
        defer { withExtendedLifetime(origin) {} }
        try harness.play("[ { name: l, service: svc, latency: 5s } ]")
        let callers = try (0..<affordable(1_000)).map { _ in try harness.connect() }
        #expect(callers.count >= 100)
        let most = limits.heldBytes + ScratchBuffer.defaultCapacity
        #expect(eventually { harness.server.heldBytes >= limits.heldBytes * 7 / 8 })
        let end = secondsNow() + 2
        _ = eventually(within: 2) {
            #expect(harness.server.heldBytes <= most)
            return secondsNow() > end
        }
        harness.clear()
        for caller in callers.prefix(50) { #expect(try caller.receive(exactly: 300_000).count == 300_000) }
        #expect(eventually { harness.server.heldBytes == 0 })
    }

    @Test("one connection holds no more than its own limit and a read, and starves nobody")
    func one() throws {
        let origin = try firehose()
        var limits = ProxyLimits()
        limits.heldBytesPerConnection = 256 << 10
        let harness = try Harness(.tcp, origins: [origin.port], limits: limits)
        defer { withExtendedLifetime(origin) {} }
        try harness.play("[ { name: l, service: svc, latency: 1h } ]")
        let caller = try harness.connect()
        #expect(eventually { harness.server.heldBytes >= limits.heldBytesPerConnection })
        caller.setTimeout(seconds: 0.2)
        #expect(throws: TestSocketError.timedOut) { try caller.receive() }
        #expect(harness.server.heldBytes <= limits.heldBytesPerConnection + ScratchBuffer.defaultCapacity)
        caller.setTimeout(seconds: 20)
        harness.clear()
        #expect(try caller.receive(exactly: 2_000_000).count == 2_000_000)
    }

    @Test("sessions that found no room read on when another lets go of what it holds")
    func starved() throws {
        let origin = try firehose()
        var limits = ProxyLimits()
        limits.heldBytes = 512 << 10
        limits.heldBytesPerConnection = 512 << 10
        let harness = try Harness(.tcp, origins: [origin.port], limits: limits)
        defer { withExtendedLifetime(origin) {} }
        try harness.play("[ { name: l, service: svc, latency: 1h } ]")
        let greedy = try harness.connect()
        #expect(eventually { harness.server.heldBytes >= limits.heldBytes })
        try harness.play(
            "[ { name: l, service: svc, latency: 1h }, { name: m, service: svc, connections: new, latency: 5ms } ]")
        let patient = try harness.connect()
        patient.setTimeout(seconds: 0.2)
        #expect(throws: TestSocketError.timedOut) { try patient.receive() }
        patient.setTimeout(seconds: 20)
        try harness.play("[ { name: m, service: svc, connections: new, latency: 5ms } ]")
        greedy.reset()
        #expect(try patient.receive(exactly: 1_000_000).count == 1_000_000)
    }
}
