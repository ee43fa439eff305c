// The heads that serve a worker for all of its connections, one after the other.
//
// Parsing in place, within a class, costs one check for overlapping accesses at run time (a hundred instructions). What
// the head says is handed out within the same access.

package import Units

/// Parses request after request.
package final class RequestReader {
    private var current: RequestHead

    package init(limits: HeadLimits = HeadLimits()) {
        current = RequestHead(limits: limits)
    }

    /// The head that was parsed last.
    package var head: RequestHead { current }

    /// As `RequestHead.parse`; tells what a complete head says, to keep.
    package func parse(
        _ bytes: Bytes, scanned: inout Int, telling summary: inout RequestSummary
    ) -> ParseResult {
        current.parse(bytes, scanned: &scanned, telling: &summary)
    }
}

/// Parses response after response.
package final class ResponseReader {
    private var current: ResponseHead

    package init(limits: HeadLimits = HeadLimits()) {
        current = ResponseHead(limits: limits)
    }

    /// The head that was parsed last.
    package var head: ResponseHead { current }

    /// As `ResponseHead.parse`; tells what a complete head says, to keep.
    package func parse(
        _ bytes: Bytes, scanned: inout Int, answering request: RequestFacts, telling summary: inout ResponseSummary
    ) -> ParseResult {
        current.parse(bytes, scanned: &scanned, answering: request, telling: &summary)
    }
}

extension RequestHead {
    @inline(__always)
    fileprivate mutating func parse(
        _ bytes: Bytes, scanned: inout Int, telling summary: inout RequestSummary
    ) -> ParseResult {
        let result = parse(bytes, scanned: &scanned)
        if case .complete = result { summary = self.summary }
        return result
    }
}

extension ResponseHead {
    @inline(__always)
    fileprivate mutating func parse(
        _ bytes: Bytes, scanned: inout Int, answering request: RequestFacts, telling summary: inout ResponseSummary
    ) -> ParseResult {
        let result = parse(bytes, scanned: &scanned, answering: request)
        if case .complete = result { summary = self.summary }
        return result
    }
}
