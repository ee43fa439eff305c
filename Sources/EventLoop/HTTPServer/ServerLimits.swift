// What callers of an HTTP server may cost. libevent's server limits heads and bodies; connections, whole requests and
// streams it does not (see ServerConnections and ServerStream).

package import Units

/// Limits of one HTTP server.
package struct ServerLimits: Sendable {
    /// Open at once; what comes on top is told so and closed.
    package var connections = 128
    /// Longest head of a request.
    package var headBytes = 16 << 10
    /// Longest body of a request.
    package var bodyBytes = 1 << 20
    /// From a request's first byte to its answer's last, whatever trickles meanwhile.
    package var request = TimeSpan.seconds(10)
    /// For which a connection may stay open without a request.
    package var idle = TimeSpan.seconds(60)
    /// Bytes that a stream's caller has not taken yet.
    package var streamBytes = 1 << 20

    package init() {}
}
