import TestSupport
import Testing
import Units

@testable import Control

/// The control loop of a bench stands still while the test does not turn it: as if the control thread had stalled.
@Suite("Rules by hand while the control thread stalls")
struct StalledControlTests {
    private func held(_ bench: KeeperBench) throws -> TestReader {
        let socket = try TestSocket.connect(port: bench.port("payments"))
        try socket.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
        return TestReader(socket)
    }

    @Test("the workers drop them once the lease is over, let go of what they held, and take them up again after")
    func lease() throws {
        let bench = try KeeperBench()
        try bench.add("{ name: sick, service: payments, match: { path: / }, error: 503 }")
        try bench.add("{ name: held, service: payments, match: { path: /held }, hang: { at: head } }")
        let caller = try bench.caller()
        #expect(try TestSupport.eventually { try caller.get().status == 503 })
        let waiting = try held(bench)
        #expect(try TestSupport.eventually { try caller.get().status == 200 })
        #expect(try waiting.message()?.status == 200)
        #expect(bench.keeper.rules.count == 2, "the control thread has not heard of it yet")
        #expect(try bench.eventually { try caller.get().status == 503 })
    }

    @Test("they end with their time to live, and the last of them lets go of what it held")
    func timeToLive() throws {
        let bench = try KeeperBench()
        try bench.add("{ name: sick, service: payments, match: { path: / }, error: 503 }", ttl: .milliseconds(300))
        try bench.add(
            "{ name: held, service: payments, match: { path: /held }, hang: { at: head } }", ttl: .milliseconds(1_500))
        let caller = try bench.caller()
        let waiting = try held(bench)
        #expect(try TestSupport.eventually { try caller.get().status == 200 })
        #expect(bench.keeper.rules.map(\.name) == ["sick", "held"], "the control thread stood still")
        #expect(try waiting.message()?.status == 200)
    }
}
