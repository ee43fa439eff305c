// When a rule is live, and where in its stretch it stands. The control thread makes one per entry and plan; workers only
// read it. Pausing freezes it; going on after a pause moves `began` by as much, so that magnitudes continue where they
// stood. `wentLive` does not move: the age of connections is about the wall.

package import Units

/// The clock of one entry: instants in, time since it went live out. A scaled script (`--speed`) has scaled lengths.
package struct RuleClock: Sendable, Hashable, BitwiseCopyable {
    /// When the entry last went live; connections born before it are `open`.
    package var wentLive: Instant
    /// The start of the entry's stretch, moved later by pauses.
    package var began: Instant
    /// The length of the entry's stretch: what ramps and steps divide.
    package var length: TimeSpan
    /// Whether the entry ends by itself after `length` (`for:` of an entry; a phase may be prolonged by its gate).
    package var endsByItself: Bool
    /// Set while the timeline is paused.
    package var frozenAt: Instant?

    package init(
        began: Instant, length: TimeSpan, endsByItself: Bool = false, wentLive: Instant? = nil,
        frozenAt: Instant? = nil
    ) {
        self.began = began
        self.length = length
        self.endsByItself = endsByItself
        self.wentLive = wentLive ?? began
        self.frozenAt = frozenAt
    }

    /// Time since the entry went live, pauses left out.
    package func elapsed(_ now: Instant) -> TimeSpan { (frozenAt ?? now) - began }

    /// Whether the entry's stretch covers `now`.
    package func isLive(_ now: Instant) -> Bool {
        // In plain integers: `>=` of another room's type goes through its witness table, on every exchange and rule.
        now.nanoseconds >= began.nanoseconds
            && !(endsByItself && elapsed(now).nanoseconds >= length.nanoseconds)
    }
}
