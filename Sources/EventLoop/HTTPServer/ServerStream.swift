// An answer that goes on: server-sent events. libevent buffers what its caller does not take, without any bound; a caller
// that has more than the limit waiting is cut off here, since nobody can wait for it.

/// The sending half of an endless answer.
package final class ServerStream {
    private let exchange: ServerExchange
    private let limit: Int

    init(_ exchange: ServerExchange, limit: Int) {
        self.exchange = exchange
        self.limit = limit
    }

    /// Whether the caller is still there.
    package var isOpen: Bool { exchange.isOpen }
    /// What the caller has not taken yet.
    var pendingBytes: Int { exchange.pendingBytes }
    package var request: ServerRequest { exchange.request }

    /// False when the caller is gone, or was cut off for taking nothing.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        guard exchange.isOpen else { return false }
        guard exchange.pendingBytes + bytes.count <= limit else {
            exchange.connection?.cut()
            return false
        }
        exchange.send(bytes)
        return true
    }

    package func finish() { exchange.finish() }
}
