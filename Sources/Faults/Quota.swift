// How many requests are let through: a token bucket per key, filled by the clock of whoever asks. The number of keys comes
// from the callers and is bounded as in KeyOrdinals: the key that came first goes when a new one needs room, and starts
// with a full bucket when it comes back.

import Synchronization
import Units

/// The buckets of one throttle.
struct Quota: Sendable {
    static let capacity = 65_536

    private struct Bucket: BitwiseCopyable {
        var tokens: Double
        var filled: Instant
    }

    private var buckets: [UInt64: Bucket] = [:]
    private var arrivals: [UInt64] = []
    private var oldest = 0

    var keys: Int { buckets.count }

    /// Whether `key` may have one more, at `rate` per second and at most `burst` at once; O(1).
    mutating func take(_ key: UInt64, rate: Double, burst: Double, now: Instant) -> Bool {
        var bucket = buckets[key] ?? remember(key, Bucket(tokens: burst, filled: now))
        let passed = max((now - bucket.filled).seconds, 0)
        bucket.tokens = min(bucket.tokens + passed * rate, burst)
        bucket.filled = max(bucket.filled, now)
        let isGranted = bucket.tokens >= 1
        if isGranted { bucket.tokens -= 1 }
        buckets[key] = bucket
        return isGranted
    }

    private mutating func remember(_ key: UInt64, _ bucket: Bucket) -> Bucket {
        guard arrivals.count == Self.capacity else {
            arrivals.append(key)
            return bucket
        }
        buckets[arrivals[oldest]] = nil
        arrivals[oldest] = key
        oldest = (oldest + 1) % Self.capacity
        return bucket
    }
}

/// The same for all workers.
final class SharedQuota: Sendable {
    private let quota = Lock(Quota())

    func take(_ key: UInt64, rate: Double, burst: Double, now: Instant) -> Bool {
        quota.withLock { $0.take(key, rate: rate, burst: burst, now: now) }
    }
}
