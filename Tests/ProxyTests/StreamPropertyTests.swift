import Faults
import Scenario
import TestSupport
import Testing
import Units

@testable import Proxy

@Suite("Whatever stream faults come and go while bytes flow")
struct StreamPropertyTests {
    /// Faults that may hold, slow and cut up bytes, and change none.
    private static let faults = [
        "latency: 3ms +- 3ms", "loss: { rate: 10%, rto: 5ms }",
        "loss: { gilbert_elliott: { p: 5%, r: 30% }, rto: 3ms }",
        "bandwidth: 20MB/s", "slice: { size: 3000B, variation: 2000B }", "slice: 5KB",
        "dribble: { rate: 30MB/s, chunk: 4KB }",
        "slow_close: 10ms", "limit: 1TB", "hang: { at: body, after: 200KB, for: 20ms }", "corrupt: 0%",
    ]
    private static let bytes = 3_000_000

    /// The entries of one moment: a random choice in a random order, names kept so that state lives on.
    private func stack(_ dice: Dice, _ step: UInt64, also extra: [String] = []) -> String {
        let chosen = Self.faults.indices.filter { dice.word(step, lane: UInt64($0)) % 3 == 0 }
            .sorted { dice.word(step, lane: UInt64($0) + 50) < dice.word(step, lane: UInt64($1) + 50) }
        let entries = chosen.map { index in
            let direction = dice.word(step, lane: UInt64(index) + 100) % 2 == 0 ? "upstream" : "downstream"
            return "{ name: f\(index), service: svc, direction: \(direction), \(Self.faults[index]) }"
        }
        return "[ \((entries + extra).joined(separator: ", ")) ]"
    }

    private func data(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 257) } }

    /// What comes back of `sent` from an echo while the stack changes all the time.
    private func received(_ sent: [UInt8], seed: UInt64, also extra: [String] = []) throws -> [UInt8] {
        let origin = try TestOrigin.echo()
        let harness = try Harness(.tcp, origins: [origin.port])
        if !extra.isEmpty { try harness.play(stack(Dice(seed: seed, name: "stack"), 0, also: extra)) }
        let socket = try harness.connect()
        let (result, give) = Signal<[UInt8]>.make()
        TestThread.start {
            try? socket.send(sent)
            socket.finish()
        }
        TestThread.start { give.give((try? socket.receiveAll()) ?? []) }
        let dice = Dice(seed: seed, name: "stack")
        for step in 1..<25 as Range<UInt64> {
            try harness.play(stack(dice, step, also: extra))
            _ = eventually(within: 0.01) { harness.open == 0 }
        }
        if extra.isEmpty { harness.clear() } else { try harness.play("[ \(extra.joined(separator: ", ")) ]") }
        defer { withExtendedLifetime(origin) {} }
        return try result.wait()
    }

    @Test("the bytes arrive complete, in order and unaltered", arguments: 1...4 as ClosedRange<UInt64>)
    func complete(seed: UInt64) throws {
        let sent = data(Self.bytes)
        #expect(try received(sent, seed: seed) == sent)
    }

    @Test("with corrupt among them: as many bytes, and nothing but flips")
    func corrupted() throws {
        let sent = data(200_000)
        let got = try received(sent, seed: 9, also: ["{ name: c, service: svc, corrupt: 1% }"])
        #expect(got.count == sent.count)
        let flips = zip(sent, got).filter { $0 != $1 }
        #expect((1_600...2_400).contains(flips.count))
        #expect(flips.allSatisfy { ($0.0 ^ $0.1).nonzeroBitCount == 1 })
    }

    @Test("with a limit among them: exactly that many, in order")
    func limited() throws {
        let sent = data(Self.bytes)
        let got = try received(sent, seed: 5, also: ["{ name: cut, service: svc, limit: 1234567B }"])
        #expect(got == Array(sent.prefix(1_234_567)))
    }
}
