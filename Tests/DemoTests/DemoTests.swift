import EventLoop
import Foundation
import Glibc
import Testing
import Units

@testable import Demo

@Suite("The built-in origin and the built-in caller")
struct DemoTests {
    /// Lets a caller run against `address` for a while.
    static func call(_ address: SocketAddress, for span: TimeSpan, _ change: (inout CallerOptions) -> Void) throws
        -> CallerTally
    {
        var options = CallerOptions(address: address, seed: 7)
        change(&options)
        let caller = try DemoCaller(options)
        usleep(UInt32(span.milliseconds * 1_000))
        return caller.stop()
    }

    @Test("a healthy origin serves every request at its first attempt, over connections used again")
    func healthy() throws {
        let origin = try DemoOrigin(OriginOptions(zone: "az-a", serviceTime: .fixed(.milliseconds(2))))
        defer { origin.stop() }
        let tally = try Self.call(origin.address, for: .milliseconds(600)) { $0.requestsPerSecond = 200 }
        #expect(tally.requests > 60)
        #expect(tally.succeeded == tally.requests)
        #expect(tally.statuses == [200: tally.requests])
        #expect(tally.retries == 0 && tally.failed == 0 && tally.unfinished == 0)
        #expect(tally.connectionsOpened < tally.requests / 2)
        #expect(origin.answers == tally.requests)
    }

    @Test("an attempt is given up after its time-out, also on a connection used before")
    func timesOut() throws {
        let origin = try DemoOrigin(OriginOptions(zone: "az-a", serviceTime: .fixed(.seconds(5))))
        defer { origin.stop() }
        let tally = try Self.call(origin.address, for: .milliseconds(300)) { options in
            options.requestsPerSecond = 20
            options.retry.attemptTimeout = .milliseconds(50)
            options.retry.firstBackoff = .milliseconds(10)
        }
        #expect(tally.succeeded == 0)
        #expect(tally.failed == tally.requests)
        #expect(tally.timeouts == tally.attempts)
        #expect(tally.connectionsOpened == tally.attempts)
        #expect(tally.attempts > tally.requests && tally.attempts <= 3 * tally.requests)
    }

    @Test("a closed port is a refusal, tried again and then a failure")
    func refused() throws {
        let origin = try DemoOrigin(OriginOptions(zone: "az-a"))
        let address = origin.address
        origin.stop()
        let tally = try Self.call(address, for: .milliseconds(100)) { options in
            options.requestsPerSecond = 50
            options.retry.firstBackoff = .milliseconds(1)
        }
        #expect(tally.failed == tally.requests)
        #expect(tally.refused == tally.attempts)
    }

    @Test("with every connection busy, requests wait for one, and beyond the limit they are turned away")
    func bounded() throws {
        let origin = try DemoOrigin(OriginOptions(zone: "az-a", serviceTime: .fixed(.milliseconds(100))))
        defer { origin.stop() }
        let tally = try Self.call(origin.address, for: .milliseconds(400)) { options in
            options.requestsPerSecond = 200
            options.connectionsMaximum = 2
            options.waitingMaximum = 5
        }
        #expect(tally.connectionsMost == 2)
        #expect(tally.waitedForConnection > 0 && tally.turnedAway > 0)
        #expect(tally.succeeded + tally.failed == tally.requests)
        #expect(tally.failed == tally.turnedAway)
    }

    @Test("hundreds of keep-alive connections are served side by side")
    func manyConnections() throws {
        let origin = try DemoOrigin(OriginOptions(zone: "az-b", serviceTime: .fixed(.milliseconds(700))))
        defer { origin.stop() }
        let tally = try Self.call(origin.address, for: .milliseconds(1_000)) { options in
            options.requestsPerSecond = 600
            options.connectionsMaximum = 500
            options.retry.attemptTimeout = .seconds(30)
            options.patience = .seconds(30)
        }
        #expect(tally.succeeded == tally.requests)
        #expect(tally.connectionsMost > 300)
    }

    @Test("the same seed calls at the same moments with the same requests")
    func seeded() {
        var one = DemoDice(seed: 3)
        var other = DemoDice(seed: 3)
        #expect((0..<100).allSatisfy { _ in one.word() == other.word() })
    }

    @Test("service times have the percentiles that were asked for, and never exceed the longest")
    func serviceTimes() {
        var dice = DemoDice(seed: 5)
        let time = ServiceTime(longest: .milliseconds(250))
        let draws = (0..<20_000).map { _ in time.draw(&dice) }.sorted()
        #expect(abs(draws[10_000].milliseconds - 20) < 1)
        #expect(abs(draws[19_800].milliseconds - 200) < 20)
        #expect(draws[19_999] <= .milliseconds(250))
    }

    @Test("the account of a caller fits a terminal")
    func text() throws {
        let tally = try #require(Self.sampleTally())
        let options = CallerOptions(address: .loopback(port: 1))
        #expect(
            tally.text(options) == """
                The caller's own view
                  policy       150 requests/s, time-out 1s, 2 retries, exponential, full jitter
                  requests     4: 3 served (75.00%), 1 failed
                  attempts     7, 1.75 per request; 3 were retries
                  answers      3 x 200, 1 x 503
                  no answer    3 timed out, 0 refused, 0 broken off
                  latency      p50 20ms, p90 3.10s, p99 3.10s, longest 3.10s, retries included
                  connections  5 opened, 2 at once at most
                """)
    }

    static func sampleTally() -> CallerTally? {
        var tally = CallerTally()
        (tally.requests, tally.succeeded, tally.failed) = (4, 3, 1)
        (tally.attempts, tally.retries, tally.connectionsOpened, tally.connectionsMost) = (7, 3, 5, 2)
        for _ in 0..<3 { tally.count(.answer(status: 200, retryAfter: nil)) }
        for _ in 0..<3 { tally.count(.timedOut) }
        tally.count(.answer(status: 503, retryAfter: nil))
        for milliseconds in [20, 15, 40, 3_100] as [Int64] { tally.note(.milliseconds(milliseconds)) }
        return tally
    }

    @Test("the embedded scenario is the file of the repository")
    func embedded() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = try String(contentsOf: root.appending(path: EmbeddedScenario.name), encoding: .utf8)
        #expect(EmbeddedScenario.text == file)
    }
}
