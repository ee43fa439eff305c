// Latency on a stream: each chunk is held from its own arrival, and the pipe keeps the order, so a short delay behind a
// long one waits for it. What is asked is the fault's own delay, without that waiting.

package import Units

/// The delays of one direction of one connection under one entry.
package struct DelayLine: Sendable {
    let latency: Latency
    let dice: Dice
    let clock: RuleClock
    /// Tells this stream's draws from another's.
    let key: UInt64

    /// How long chunk `number`, counted from 0, is held when it arrives at `now`; the same for the same number.
    package func delay(chunk number: UInt64, now: Instant) -> TimeSpan {
        latency.draw(dice, ordinal: key &+ number, clock.elapsed(now), of: clock.length)
    }
}
