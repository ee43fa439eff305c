// How these tests look at parsers: whole, and split at every byte; both must give the same.

import Testing
import Units

@testable import HTTP1

/// What a parse of a request came to, in values that outlive the bytes.
struct RequestOutcome: Equatable {
    var result: ParseResult
    var method = ""
    var target = ""
    var path = ""
    var query = ""
    var framing = BodyFraming.Kind.none
    var keepAlive = true
    var fields: [String] = []
    var cuts: [String] = []
    var options: ConnectionOptions = []
    var facts: RequestFacts = []
}

func parseRequest(_ text: String, limits: HeadLimits = HeadLimits()) -> RequestOutcome {
    var head = RequestHead(limits: limits)
    return Array(text.utf8).withBytes { bytes in
        var scanned = 0
        return outcome(of: head.parse(bytes, scanned: &scanned), head, bytes)
    }
}

/// Feeds one more byte with each call, up to the end of the head or of the text.
func parseRequestByBytes(_ text: String, limits: HeadLimits = HeadLimits()) -> RequestOutcome {
    var head = RequestHead(limits: limits)
    return Array(text.utf8).withBytes { bytes in
        var scanned = 0
        for count in 0..<bytes.count {
            let prefix = bytes.prefix(count)
            let result = head.parse(prefix, scanned: &scanned)
            if result != .incomplete { return outcome(of: result, head, prefix) }
        }
        return outcome(of: head.parse(bytes, scanned: &scanned), head, bytes)
    }
}

private func outcome(of result: ParseResult, _ head: RequestHead, _ bytes: Bytes) -> RequestOutcome {
    guard case .complete = result else { return RequestOutcome(result: result) }
    return RequestOutcome(
        result: result, method: head.method.of(bytes).string, target: head.target.of(bytes).string,
        path: head.path.of(bytes).string, query: head.query.of(bytes).string, framing: head.framing,
        keepAlive: head.keepAlive,
        fields: (0..<head.fields.count).map { index in
            let field = head.fields[index]
            return field.name.of(bytes).string + "=" + field.value(in: bytes).of(bytes).string
        },
        cuts: head.cuts.map { $0.of(bytes).string }, options: head.connectionOptions, facts: head.facts)
}

/// The request as it would be forwarded; nil when it is not complete.
func forwarded(_ text: String, host: String? = nil, adding lines: String = "") -> String? {
    var head = RequestHead()
    return Array(text.utf8).withBytes { bytes in
        var scanned = 0
        guard case .complete(let length) = head.parse(bytes, scanned: &scanned) else { return nil }
        var output: [UInt8] = []
        head.rewrite(
            bytes, headLength: length, host: host.map { Array($0.utf8) }, adding: Array(lines.utf8), to: &output)
        return String(decoding: output, as: UTF8.self)
    }
}

/// What a parse of a response came to.
struct ResponseOutcome: Equatable {
    var result: ParseResult
    var status = 0
    var reason = ""
    var framing = BodyFraming.Kind.none
    var keepAlive = true
    var isTunnel = false
    var cuts: [String] = []
}

func parseResponse(_ text: String, answering request: RequestFacts = []) -> ResponseOutcome {
    var head = ResponseHead()
    return Array(text.utf8).withBytes { bytes in
        var scanned = 0
        return outcome(of: head.parse(bytes, scanned: &scanned, answering: request), head, bytes)
    }
}

func parseResponseByBytes(_ text: String, answering request: RequestFacts = []) -> ResponseOutcome {
    var head = ResponseHead()
    return Array(text.utf8).withBytes { bytes in
        var scanned = 0
        for count in 0..<bytes.count {
            let prefix = bytes.prefix(count)
            let result = head.parse(prefix, scanned: &scanned, answering: request)
            if result != .incomplete { return outcome(of: result, head, prefix) }
        }
        return outcome(of: head.parse(bytes, scanned: &scanned, answering: request), head, bytes)
    }
}

private func outcome(of result: ParseResult, _ head: ResponseHead, _ bytes: Bytes) -> ResponseOutcome {
    guard case .complete = result else { return ResponseOutcome(result: result) }
    return ResponseOutcome(
        result: result, status: head.status, reason: head.reason.of(bytes).string, framing: head.framing,
        keepAlive: head.keepAlive, isTunnel: head.isTunnel, cuts: head.cuts.map { $0.of(bytes).string })
}

extension ParseResult {
    var error: HTTPError? {
        if case .invalid(let error) = self { return error }
        return nil
    }
}
