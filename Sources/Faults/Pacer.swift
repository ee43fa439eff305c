// Bandwidth and dribble as a token bucket over virtual time. The pipe asks before it sends; what it could not send after
// all it gives back.
//
//     tokens += rate * time since last asked, at most `depth`
//     granted = min(tokens, wanted), a dribble's in whole chunks
//     next    = when the next quantum will be there
//
// Bandwidth starts empty and holds 20 ms at most: over any time T it lets through rate * (T + 20 ms) and no more.
// A dribble starts with one chunk and holds one.

import Synchronization
package import Units

/// The pace that a rule asks for; one object per rule, so that plans stay small.
package final class Pace: Sendable {
    let rate: Magnitude
    let clock: RuleClock
    /// Bytes of a dribble's portions; nil: as they come.
    let chunk: Int64?
    /// Set where all connections share the rate.
    let shared: SharedBucket?

    init(rate: Magnitude?, clock: RuleClock, chunk: Int64? = nil, shared: SharedBucket? = nil) {
        self.rate = rate ?? Magnitude(0)
        self.clock = clock
        self.chunk = chunk
        self.shared = shared
    }

    /// The rate in bytes per second at `now`.
    package func bytesPerSecond(_ now: Instant) -> Double { max(rate.value(clock, now: now), 0) }
}

/// What a pacer lets through.
package struct Allowance: Sendable, Hashable, BitwiseCopyable {
    package var bytes: Int
    /// When to ask again; nil: all that was wanted may go.
    package var next: Instant?
}

/// The bytes that may pass one direction of one connection.
package struct Pacer: Sendable {
    /// May be replaced at any time: what the bucket holds stays.
    package var pace: Pace
    private var bucket: TokenBucket

    package init(_ pace: Pace, now: Instant) {
        self.pace = pace
        bucket = TokenBucket(now: now, tokens: Double(pace.chunk ?? 0))
    }

    /// How many of `wanted` bytes may go now; they count as gone.
    package mutating func allowance(now: Instant, wanted: Int) -> Allowance {
        let rate = pace.bytesPerSecond(now)
        let demand = Demand(rate: rate, chunk: pace.chunk, mayChange: pace.rate.moves, wanted: wanted)
        return pace.shared?.take(demand, now: now) ?? bucket.take(demand, now: now)
    }

    /// Takes back granted bytes that the peer did not accept.
    package mutating func giveBack(_ bytes: Int) {
        if let shared = pace.shared { shared.giveBack(bytes) } else { bucket.giveBack(bytes) }
    }
}

/// One question to a bucket.
struct Demand: Sendable {
    var rate: Double
    var chunk: Int64?
    /// Whether the rate moves: waits are then kept short.
    var mayChange: Bool
    var wanted: Int
}

/// Tokens are bytes.
struct TokenBucket: Sendable {
    private static let depth = 0.020
    private static let quantum = 0.005
    private static let longestWaitOfMoving = TimeSpan.milliseconds(50)

    private var filledAt: Instant
    private var tokens: Double

    init(now: Instant, tokens: Double = 0) {
        filledAt = now
        self.tokens = tokens
    }

    mutating func take(_ demand: Demand, now: Instant) -> Allowance {
        fill(demand, now)
        let bytes = granted(demand)
        tokens -= Double(bytes)
        return Allowance(bytes: bytes, next: bytes == demand.wanted ? nil : now + wait(demand, bytes))
    }

    mutating func giveBack(_ bytes: Int) { tokens += Double(bytes) }

    private mutating func fill(_ demand: Demand, _ now: Instant) {
        guard now > filledAt else { return }
        let most = max(demand.chunk.map(Double.init) ?? demand.rate * Self.depth, 1)
        let filled = tokens + demand.rate * (now - filledAt).seconds
        // What was given back may stand above the depth; it is not taken away.
        tokens = max(min(filled, most), min(tokens, filled))
        filledAt = now
    }

    private func granted(_ demand: Demand) -> Int {
        // A deadline is a whole number of nanoseconds: forgive the token what rounding took from it.
        let whole = Int(wholeCount(tokens + 1e-6))
        guard let chunk = demand.chunk else { return min(whole, demand.wanted) }
        return whole < min(Int(chunk), demand.wanted) ? 0 : min(whole, demand.wanted)
    }

    /// Until the next quantum is there.
    private func wait(_ demand: Demand, _ bytes: Int) -> TimeSpan {
        let rest = Double(demand.wanted - bytes)
        let quantum = min(demand.chunk.map(Double.init) ?? max(demand.rate * Self.quantum, 1), rest)
        let exact = demand.rate > 0 ? TimeSpan(seconds: max(quantum - tokens, 0) / demand.rate) : .seconds(3600)
        let whole = exact + TimeSpan(nanoseconds: 1)
        return demand.mayChange ? min(whole, Self.longestWaitOfMoving) : whole
    }
}

/// A bucket that all connections of a service draw from (`scope: service`).
package final class SharedBucket: Sendable {
    private let bucket = Lock<TokenBucket?>(nil)

    package init() {}

    func take(_ demand: Demand, now: Instant) -> Allowance {
        bucket.withLock { bucket in
            var filled = bucket ?? TokenBucket(now: now)
            defer { bucket = filled }
            return filled.take(demand, now: now)
        }
    }

    func giveBack(_ bytes: Int) {
        bucket.withLock { $0?.giveBack(bytes) }
    }
}
