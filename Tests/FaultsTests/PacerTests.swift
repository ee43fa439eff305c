@testable import Faults
import Scenario
import Testing
import Units

@Suite("Pacers")
struct PacerTests {
    /// Sends `total` bytes as a pipe would, in virtual time; the moments and sizes of its portions.
    private func send(_ total: Int, _ pacer: inout Pacer, from start: Double = 1, at most: Int = .max) -> [(
        at: Instant, bytes: Int
    )] {
        var now = Instant.at(start)
        var (sent, portions) = (0, [(at: Instant, bytes: Int)]())
        while sent < total, portions.count < most {
            let allowance = pacer.allowance(now: now, wanted: total - sent)
            sent += allowance.bytes
            if allowance.bytes > 0 { portions.append((now, allowance.bytes)) }
            guard let next = allowance.next else { break }
            #expect(next > now)
            now = next
        }
        return portions
    }

    private func pacer(_ name: String, _ text: String, _ configure: (inout FaultEntry) -> Void = { _ in }) throws
        -> Pacer
    {
        let pace = Chain([try rule(fault(name, text), configure)]).plan().streams.downstreamPaces.first
        return Pacer(try #require(pace), now: .at(1))
    }

    @Test(
        "bytes take their time, whatever the rate",
        arguments: [
            ("1B/s", 5, 5.0), ("10B/s", 50, 5.0), ("2KB/s", 10_000, 5.0), ("1MB/s", 1_000_000, 1.0),
            ("1GB/s", 1_000_000_000, 1.0),
        ])
    func rate(rate: String, bytes: Int, seconds: Double) throws {
        var pacer = try pacer("bandwidth", rate)
        let portions = send(bytes, &pacer)
        #expect(portions.reduce(0) { $0 + $1.bytes } == bytes)
        let taken = ((portions.last?.at ?? .zero) - .at(1)).seconds
        #expect(abs(taken - seconds) < 0.0001 * seconds + 0.0002)
    }

    @Test("never more than rate times time and the burst of 20 ms")
    func bounded() throws {
        var pacer = try pacer("bandwidth", "1MB/s")
        var sent = 0
        for step in 0..<3_000 {
            // A pipe that asks when it likes.
            let now = 1 + Double(step * step % 977) / 1_000 + Double(step) / 100
            sent += pacer.allowance(now: .at(now), wanted: 5_000).bytes
            #expect(Double(sent) <= 1e6 * (max(now, 1) - 1 + 1 + 0.02) + 1)
        }
        var idle = try self.pacer("bandwidth", "1MB/s")
        #expect(idle.allowance(now: .at(100), wanted: 1_000_000).bytes == 20_000)
    }

    @Test("wake-ups are few: a quantum of 5 ms at high rates")
    func wakeUps() throws {
        var pacer = try pacer("bandwidth", "1MB/s")
        #expect(send(1_000_000, &pacer).count <= 201)
    }

    @Test("a dribble goes out in its portions, evenly")
    func dribble() throws {
        var pacer = try pacer("dribble", "{rate: 100B/s, chunk: 10B}")
        let portions = send(45, &pacer)
        #expect(portions.map(\.bytes) == [10, 10, 10, 10, 5])
        let gaps = zip(portions, portions.dropFirst()).map { ($1.at - $0.at).milliseconds }
        #expect(gaps.prefix(3).allSatisfy { abs($0 - 100) < 0.001 })
        #expect(abs((gaps.last ?? 0) - 50) < 0.001)
    }

    @Test("a dribble that was idle makes up for nothing")
    func idleDribble() throws {
        var pacer = try pacer("dribble", "{rate: 100B/s, chunk: 10B}")
        #expect(pacer.allowance(now: .at(500), wanted: 100).bytes == 10)
        #expect(pacer.allowance(now: .at(500), wanted: 90).bytes == 0)
    }

    @Test("what the peer did not take is given back")
    func givesBack() throws {
        var pacer = try pacer("bandwidth", "1KB/s")
        #expect(pacer.allowance(now: .at(1.02), wanted: 20).bytes == 20)
        pacer.giveBack(15)
        #expect(pacer.allowance(now: .at(1.02), wanted: 20).bytes == 15)
    }

    @Test("a rate that moves is followed within 50 ms, also through zero")
    func moves() throws {
        let flap = AttributeValue.magnitude(.flap(value: 1_000, up: .seconds(2), down: .seconds(2)))
        let pace = Chain([try rule(FaultValue(name: "bandwidth", attributes: ["rate": flap]))]).plan().streams
            .downstreamPaces.first
        var pacer = Pacer(try #require(pace), now: .at(1))
        let portions = send(4_000, &pacer, at: 4_000)
        #expect(portions.reduce(0) { $0 + $1.bytes } == 4_000)
        let inQuietTime = portions.count { Int($0.at.nanoseconds / 1_000_000) % 4_000 > 2_100 }
        #expect(inQuietTime == 0)
        let taken = ((portions.last?.at ?? .zero) - .at(1)).seconds
        #expect(abs(taken - 8) < 0.2)
    }

    @Test("scope: service is one bucket for all connections of a service under an entry")
    func shared() throws {
        let rule = try rule(fault("bandwidth", "{rate: 1KB/s, scope: service}"))
        let chain = Chain([rule])
        var pacers = try (0..<4).map { _ in Pacer(try #require(chain.plan().streams.downstreamPaces.first), now: .at(1))
        }
        var sent = 0
        for step in 0...1_000 {
            let now = Instant.at(1 + Double(step) / 100)
            for index in pacers.indices { sent += pacers[index].allowance(now: now, wanted: 1_000).bytes }
        }
        #expect((9_990...10_020).contains(sent))
        #expect(rule.state.bucket(service: "payments") === rule.state.bucket(service: "payments"))
        #expect(rule.state.bucket(service: "payments") !== rule.state.bucket(service: "ledger"))
    }

    @Test("no rate and no wish breaks it", arguments: ["0.001B/s", "1000000000000B/s"])
    func extremes(rate: String) throws {
        var pacer = try pacer("bandwidth", rate)
        for wanted in [0, 1, Int.max] {
            let allowance = pacer.allowance(now: .distantFuture, wanted: wanted)
            #expect(allowance.bytes >= 0 && allowance.bytes <= wanted)
        }
    }
}
