// Who calls, how often, and with which manners.

package import EventLoop
package import Units

/// How the built-in caller behaves.
package struct CallerOptions: Sendable {
    /// When a request is tried again: each attempt has its own time-out, waits double, and each is drawn evenly
    /// between nothing and its bound (full jitter), so that callers do not return in step.
    package struct RetryPolicy: Sendable {
        package var attemptTimeout = TimeSpan.seconds(1)
        package var retriesMaximum = 2
        package var firstBackoff = TimeSpan.milliseconds(100)
        package var longestBackoff = TimeSpan.seconds(1)
        package init() {}
    }

    package var address: SocketAddress
    package var seed: UInt64
    package var requestsPerSecond = 150.0
    /// Independent callers (exponential gaps) or a metronome.
    package var arrivesEvenly = false
    package var connectionsMaximum = 96
    /// Requests that may wait for a free connection; more fail at once.
    package var waitingMaximum = 512
    package var retry = RetryPolicy()
    /// How long requests under way may still take after `stop`.
    package var patience = TimeSpan.seconds(3)

    package init(address: SocketAddress, seed: UInt64 = 1) {
        self.address = address
        self.seed = seed
    }
}
