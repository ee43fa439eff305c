// What a session asks of every head, in one small value: it can be kept while the head itself is overwritten by the next.

/// The outcome of parsing a request's head.
package struct RequestSummary: Sendable, BitwiseCopyable {
    package var facts = RequestFacts.none
    package var framing = BodyFraming.Kind.none
    package var keepAlive = false
    package var expectsContinue = false
    package var passesUnchanged = true

    package init() {}
}

/// The outcome of parsing a response's head.
package struct ResponseSummary: Sendable, BitwiseCopyable {
    package var status = 0
    package var framing = BodyFraming.Kind.none
    package var keepAlive = false
    package var passesUnchanged = true
    package var isTunnel = false

    /// 1xx but 101: another head follows for the same request.
    package var isInformational = false

    package init() {}
}
