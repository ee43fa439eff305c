// The heads that serve a worker for all of its connections, one after the other.
//
// Each lies in memory of its own: parsing one that is stored in a class would cost a check for overlapping accesses at
// run time (a hundred instructions).
//
// Invariant: `current` is initialised from init to deinit, belongs to this reader alone, and is used on one thread;
// parsing calls nothing that could come back to the reader, so no two accesses overlap.

package import Units

/// Parses request after request.
@safe
package final class RequestReader {
    private let current: UnsafeMutablePointer<RequestHead>

    package init(limits: HeadLimits = HeadLimits()) {
        unsafe current = .allocate(capacity: 1)
        unsafe current.initialize(to: RequestHead(limits: limits))
    }

    deinit {
        unsafe current.deinitialize(count: 1)
        unsafe current.deallocate()
    }

    /// The head that was parsed last.
    package var head: RequestHead { unsafe current.pointee }
    /// What it says, to keep.
    package var summary: RequestSummary { unsafe current.pointee.summary }

    // What rules ask of it, without a copy.
    package var method: Extent { unsafe current.pointee.method }
    package var path: Extent { unsafe current.pointee.path }
    package var query: Extent { unsafe current.pointee.query }
    package var framing: BodyFraming.Kind { unsafe current.pointee.framing }

    package func header(_ lowercaseName: [UInt8], in bytes: Bytes) -> Bytes? {
        unsafe current.pointee.header(lowercaseName, in: bytes)
    }

    package func cookie(_ name: [UInt8], in bytes: Bytes) -> Bytes? {
        unsafe current.pointee.cookie(name, in: bytes)
    }

    /// As `RequestHead.parse`.
    package func parse(_ bytes: Bytes, scanned: inout Int) -> ParseResult {
        unsafe current.pointee.parse(bytes, scanned: &scanned)
    }
}

/// Parses response after response.
@safe
package final class ResponseReader {
    private let current: UnsafeMutablePointer<ResponseHead>

    package init(limits: HeadLimits = HeadLimits()) {
        unsafe current = .allocate(capacity: 1)
        unsafe current.initialize(to: ResponseHead(limits: limits))
    }

    deinit {
        unsafe current.deinitialize(count: 1)
        unsafe current.deallocate()
    }

    /// The head that was parsed last.
    package var head: ResponseHead { unsafe current.pointee }
    /// What it says, to keep.
    package var summary: ResponseSummary { unsafe current.pointee.summary }

    /// As `ResponseHead.parse`.
    package func parse(_ bytes: Bytes, scanned: inout Int, answering request: RequestFacts) -> ParseResult {
        unsafe current.pointee.parse(bytes, scanned: &scanned, answering: request)
    }
}
