// What a rule may look at. The data path answers from the head it has parsed, tests from a table, HTTP/2 later from its
// own headers: rules do not care which it was.

package import Units

/// The exchange that meets a rule. Views are valid until the current callback returns.
package protocol ExchangeFacts {
    var method: Bytes { get }
    /// Without the query.
    var path: Bytes { get }
    /// Without the question mark.
    var query: Bytes { get }
    /// The first value of a field; `name` is lower case, fields compare without regard to case.
    func header(_ name: [UInt8]) -> Bytes?
    func cookie(_ name: [UInt8]) -> Bytes?
    /// 4 or 16 bytes in network order; empty for unix sockets.
    var clientAddress: Bytes { get }
    /// nil when the request does not say.
    var declaredBodyLength: Int64? { get }
}

/// The caller's connection.
package struct ConnectionFacts: Sendable, BitwiseCopyable {
    package var born: Instant
    /// Exchanges that it carried before this one.
    package var exchangesBefore: Int
    /// Finds the connection again, for whoever must be told of a turn.
    package var owner: UInt64

    package init(born: Instant, exchangesBefore: Int = 0, owner: UInt64 = 0) {
        self.born = born
        self.exchangesBefore = exchangesBefore
        self.owner = owner
    }
}

/// The endpoint chosen tentatively, by its place in the service.
package struct Target: Sendable, BitwiseCopyable {
    package var endpoint: Int
    package init(endpoint: Int) { self.endpoint = endpoint }
}
