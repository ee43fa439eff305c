// What heads are parsed under, and what a parse answers.

/// Limits on one head; reaching one is an error with a status of its own.
package struct HeadLimits: Equatable, Sendable {
    /// The longest head in bytes, its empty line included.
    package let headBytesMaximum: Int
    /// The most field lines of a head.
    package let fieldsMaximum: Int

    package init(headBytesMaximum: Int = 65_536, fieldsMaximum: Int = 256) {
        precondition(headBytesMaximum > 0 && headBytesMaximum <= Int(UInt32.max), "heads are addressed with 32 bits")
        precondition(fieldsMaximum > 0, "a head has at least one field")
        self.headBytesMaximum = headBytesMaximum
        self.fieldsMaximum = fieldsMaximum
    }
}

/// The answer of a parse.
package enum ParseResult: Equatable, Sendable {
    /// More bytes are needed.
    case incomplete
    /// The head is the first `headLength` bytes.
    case complete(headLength: Int)
    /// No further bytes can make it right.
    case invalid(HTTPError)
}

/// The versions that are understood.
package enum HTTPVersion: UInt8, Sendable {
    case http10, http11
}
