@testable import Faults
import Foundation
import Testing
import Units

/// The textbook: random arrivals and exponential service times have known waits. Virtual time, fixed seed; the number of
/// arrivals makes the sampling error several times smaller than the tolerance.
@Suite("A capacity is the queue of the textbook")
struct ErlangTests {
    private static let servers = 4
    private static let service = 0.1

    /// P(wait) by Erlang C, summed as in the books and not as the product computes it.
    private static func waitProbability(_ offered: Double) -> Double {
        var term = 1.0
        var sum = 1.0
        for k in 1..<servers {
            term *= offered / Double(k)
            sum += term
        }
        let last = term * offered / Double(servers) * Double(servers) / (Double(servers) - offered)
        return last / (sum + last)
    }

    @Test(
        "P(wait) and mean wait are within 5 % of Erlang C",
        arguments: [(0.5, 100_000), (0.8, 500_000), (0.95, 10_000_000)])
    func waits(load: Double, arrivals: Int) {
        let measured = Self.simulate(load: load, arrivals: arrivals)
        let offered = load * Double(Self.servers)
        let expected = Self.waitProbability(offered)
        let mean = expected * Self.service / (Double(Self.servers) - offered)
        #expect(abs(measured.share / expected - 1) < 0.05, "\(measured.share) for \(expected)")
        #expect(abs(measured.mean / mean - 1) < 0.05, "\(measured.mean) s for \(mean) s")
        let model = QueueModel(servers: Self.servers, places: 10_000, offered: offered)
        #expect(abs(model.waits / expected - 1) < 1e-9 && abs(model.meanWait * Self.service / mean - 1) < 1e-9)
    }

    @Test("without places the lost share is Erlang B, which knows of no distribution")
    func loss() {
        let offered = 3.0
        // B(4, 3) = (3^4 / 4!) / (1 + 3 + 9/2 + 27/6 + 81/24)
        let expected = 3.375 / 16.375
        #expect(abs(QueueModel(servers: 4, places: 0, offered: offered).turnedAway / expected - 1) < 1e-9)
        let dice = Dice(seed: 5, name: "loss")
        var queue = ServiceQueue()
        var now = 0.0
        var lost = 0
        let terms = ServiceQueue.Terms(servers: 4, places: 0, service: Distribution(.fixed(Self.service)))
        for n in 0..<200_000 {
            now += -log(dice.unit(UInt64(n), lane: 0)) * Self.service / offered
            let arrival = queue.arrive(owner: 0, draw: 0.5, now: .at(now), terms: terms)
            if arrival == .full { lost += 1 }
        }
        #expect(abs(Double(lost) / 200_000 / expected - 1) < 0.05)
    }

    /// The share that waited, and the mean wait of all.
    private static func simulate(load: Double, arrivals: Int) -> (share: Double, mean: Double) {
        let draws = exponentialDraws()
        let gap = service / (load * Double(servers)) * 1e9
        let terms = ServiceQueue.Terms(
            servers: servers, places: .max, service: Distribution(.exponential(mean: service)))
        var queue = ServiceQueue()
        var now: Int64 = 0
        var waited = 0
        var wait: Int64 = 0
        var word: UInt64 = 0x9E37_79B9_7F4A_7C15
        for _ in 0..<arrivals {
            word = next(word)
            now += Int64(draws[Int(word & 0xFFFF)] * gap)
            let draw = (Double(word >> 32 & 0xFFFF) + 0.5) / 65_536
            let arrival = queue.arrive(owner: UInt64(now), draw: draw, now: Instant(nanoseconds: now), terms: terms)
            if case .waits = arrival { waited += 1 }
            for grant in queue.takeGrants() { wait += grant.begins.nanoseconds - Int64(grant.owner) }
        }
        return (Double(waited) / Double(arrivals), Double(wait) / 1e9 / Double(arrivals))
    }

    /// A xorshift: two independent indices of 16 bits per step.
    private static func next(_ word: UInt64) -> UInt64 {
        var word = word
        word ^= word << 13
        word ^= word >> 7
        word ^= word << 17
        return word
    }

    /// The quantiles of an exponential with mean 1 at 65,536 even places, so that ten million gaps cost no logarithm.
    private static func exponentialDraws() -> [Double] {
        (0..<65_536).map { -log1p(-(Double($0) + 0.5) / 65_536) }
    }
}
