// Every buffer has a limit, with a default and a flag.

/// What one worker may hold.
package struct ProxyLimits: Sendable {
    /// Bytes that faults hold per direction of a connection; then back-pressure.
    package var heldBytesPerConnection = 1 << 20
    /// Bytes that faults hold on one worker in all.
    package var heldBytes = 256 << 20
    /// Bytes of requests beyond the current one, per connection.
    package var inputBytes = 64 << 10
    /// Bytes of a request body that are read and dropped behind an answer of ours.
    package var discardedBytes = 256 << 10
    /// Bytes of a response body that is kept back until it is whole, for a rewrite that patches it.
    package var patchedBytes = 1 << 20
    /// Copies of requests that are under way at once.
    package var copies = 1_024
    /// Longest head of a request or response.
    package var headBytes = 64 << 10
    /// Callers connected at once, over all workers; nil: as many as the table of descriptors has room for, with their
    /// dependencies.
    package var callers: Int?
    /// Records that wait for the control thread.
    package var records = 32_768

    package init() {}
}
