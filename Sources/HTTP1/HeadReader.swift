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

    /// As `RequestHead.parse`; tells what a complete head says, to keep.
    package func parse(
        _ bytes: Bytes, scanned: inout Int, telling summary: inout RequestSummary
    ) -> ParseResult {
        let result = unsafe current.pointee.parse(bytes, scanned: &scanned)
        if case .complete = result { summary = unsafe current.pointee.summary }
        return result
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

    /// As `ResponseHead.parse`; tells what a complete head says, to keep.
    package func parse(
        _ bytes: Bytes, scanned: inout Int, answering request: RequestFacts, telling summary: inout ResponseSummary
    ) -> ParseResult {
        let result = unsafe current.pointee.parse(bytes, scanned: &scanned, answering: request)
        if case .complete = result { summary = unsafe current.pointee.summary }
        return result
    }
}
