import Faults
import Foundation
import Scenario
import Synchronization
import TestSupport
import Testing
import Units

@testable import Proxy

/// The shipped scenario of a metastable failure, its phases cut short, against real listeners and two kinds of caller.
@Suite("A retry storm outlives its trigger, a polite caller does not have one", .serialized)
struct RetryStormTests {
    @Test("after the trigger the polite caller is served again, the impolite one keeps the dependency down")
    func storm() throws {
        let origin = try ExchangeFaultTests.plain()
        let phases = try Self.phases()
        let rude = try Party(origin, StormCaller(attempts: 4, pause: 0, budget: .infinity))
        let polite = try Party(origin, StormCaller(attempts: 4, pause: 0.1, budget: 0.1))
        let parties = [rude, polite]
        defer { for party in parties { party.caller.stop() } }
        for party in parties {
            try party.harness.play(phases[0])
            party.caller.start(port: party.harness.port())
        }
        #expect(eventually { parties.allSatisfy { $0.caller.served(last: 20) >= 0.7 } }, "calm: both are served")
        for party in parties { try party.harness.play(phases[1]) }
        #expect(eventually { parties.allSatisfy { $0.caller.served(last: 20) <= 0.3 } }, "the trigger is felt by both")
        #expect(eventually { parties.allSatisfy { $0.isFull } })
        for party in parties { try party.harness.play(phases[2]) }
        #expect(eventually(within: 40) { polite.caller.served(last: 50) >= 0.8 }, "the polite caller recovers")
        #expect(rude.caller.served(last: 50) <= 0.3, "the storm goes on, with nothing but retries to feed it")
        #expect(rude.caller.attempted > 2 * polite.caller.attempted)
        rude.caller.stop()
        #expect(eventually { rude.load.waiting == 0 }, "without its callers the line would be gone")
    }

    /// The entries of the phases calm, trigger and settling.
    private static func phases() throws -> [[FaultEntry]] {
        let path = Repository.root.appending(path: "scenarios/retry-storm.yaml").path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let file = try #require(
            ScenarioDecoder.decode(text: text, fileName: path, catalogue: .standard).file)
        return file.timeline.prefix(3).map(\.faults)
    }

    /// A caller with a proxy of its own.
    private struct Party {
        let harness: Harness
        let caller: StormCaller

        init(_ origin: TestOrigin, _ caller: StormCaller) throws {
            harness = try Harness(.http, origins: [origin.port], workers: 2)
            self.caller = caller
        }

        var load: (waiting: Int, busy: Int) { harness.state("servers").queue(service: "svc").load }
        var isFull: Bool { load.waiting >= 28 }
    }
}

/// Twenty-five requests per second whatever becomes of them, each attempt with a time-out of 200 ms.
final class StormCaller: Sendable {
    private struct Tally {
        var outcomes: [Bool] = []
        var attempts = 0
        var tokens = 1.0
        var isStopped = false
    }

    private let attempts: Int
    private let pause: Double
    /// Retries per request that are allowed on average.
    private let budget: Double
    private let tally = Lock(Tally())

    init(attempts: Int, pause: Double, budget: Double) {
        (self.attempts, self.pause, self.budget) = (attempts, pause, budget)
    }

    /// The share that was served of the requests that ended last; of fewer there is nothing to say.
    func served(last count: Int) -> Double {
        tally.withLock { tally in
            let last = tally.outcomes.suffix(count)
            return last.count < count ? .nan : Double(last.count { $0 }) / Double(count)
        }
    }

    var attempted: Int { tally.withLock { $0.attempts } }

    func stop() { tally.withLock { $0.isStopped = true } }

    func start(port: UInt16) {
        TestThread.start { [self] in
            while !tally.withLock({ $0.isStopped }) {
                TestThread.start { [self] in request(port) }
                usleep(40_000)
            }
        }
    }

    private func request(_ port: UInt16) {
        tally.withLock { $0.tokens = min($0.tokens + budget, 10) }
        for number in 0..<attempts {
            if number > 0, !mayRetry() { break }
            if attempt(port) { return tally.withLock { $0.outcomes.append(true) } }
        }
        tally.withLock { $0.outcomes.append(false) }
    }

    private func mayRetry() -> Bool {
        let isAllowed = tally.withLock { tally in
            guard tally.tokens >= 1, !tally.isStopped else { return false }
            tally.tokens -= 1
            return true
        }
        if isAllowed { usleep(useconds_t(pause * 1e6)) }
        return isAllowed
    }

    private func attempt(_ port: UInt16) -> Bool {
        tally.withLock { $0.attempts += 1 }
        guard let socket = try? TestSocket.connect(port: port) else { return false }
        socket.setTimeout(seconds: 0.2)
        guard (try? socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")) != nil else { return false }
        return (try? TestReader(socket).message())?.status == 200
    }
}
