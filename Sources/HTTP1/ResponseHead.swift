// A response head, parsed in place like a request's; RFC 9112, section 6.3 decides its body together with the
// request.

package import Units

/// The head of a response.
package struct ResponseHead {
    private let limits: HeadLimits
    /// The field lines.
    package private(set) var fields: HeadFields
    package private(set) var version = HTTPVersion.http11
    /// What a session asks of this head, to keep.
    package private(set) var summary = ResponseSummary()
    /// The text after the status; may be empty.
    package private(set) var reason = Extent.none
    /// What a clean Connection line must carry when this head is forwarded; empty when none is needed.
    package private(set) var connectionOptions = ConnectionOptions.none

    package init(limits: HeadLimits = HeadLimits()) {
        self.limits = limits
        fields = HeadFields(limits: limits)
    }

    /// Three digits: 100…999.
    package var status: Int { summary.status }
    /// How the body is framed.
    package var framing: BodyFraming.Kind { summary.framing }
    /// After this head the connection is a tunnel: 101, or 2xx to CONNECT.
    package var isTunnel: Bool { summary.isTunnel }
    /// 1xx but 101: another head follows for the same request.
    package var isInformational: Bool { summary.isInformational }
    /// The sender would use the connection again; never when its body lasts until the close.
    package var keepAlive: Bool { summary.keepAlive }
    /// Whether the head can be forwarded as it came, in one piece.
    package var passesUnchanged: Bool { summary.passesUnchanged }
    /// Lines that concern one hop only, in order; the head is forwarded without them.
    package var cuts: [Extent] { fields.cuts }

    /// Parses the head at the start of `bytes`; see `RequestHead.parse` for `scanned`.
    package mutating func parse(_ bytes: Bytes, scanned: inout Int, answering request: RequestFacts) -> ParseResult {
        let view = bytes.prefix(limits.headBytesMaximum)
        let isFull = view.count == limits.headBytesMaximum
        if scanned > 0, !isFull, !LineFinder.isDecided(view, scanned: &scanned) { return .incomplete }
        do {
            if let length = try parseWhole(view, scanned: &scanned, request) { return .complete(headLength: length) }
        } catch {
            return .invalid(error)
        }
        return isFull ? .invalid(.headTooLarge) : .incomplete
    }

    @inline(__always)
    private mutating func parseWhole(
        _ bytes: Bytes, scanned: inout Int, _ request: RequestFacts
    ) throws(HTTPError) -> Int? {
        fields.reset()
        guard let lineEnd = try LineFinder.end(in: bytes, from: 0) else {
            scanned = min(1, bytes.count)
            return nil
        }
        try parseStatusLine(bytes, lineEnd)
        guard let end = try fields.parse(bytes, from: lineEnd &+ 2, scanned: &scanned) else { return nil }
        try settle(bytes, request)
        return end
    }

    /// VERSION SP three digits, then nothing or SP and any text.
    @inline(__always)
    private mutating func parseStatusLine(_ bytes: Bytes, _ end: Int) throws(HTTPError) {
        guard end >= 12 else { throw .badStatusLine }
        version = try HTTPVersion.parse(bytes, at: 0, otherwise: .badStatusLine)
        let digits = (bytes[9] &- ASCII.zero, bytes[10] &- ASCII.zero, bytes[11] &- ASCII.zero)
        guard bytes[8] == ASCII.space, digits.0 > 0, digits.0 < 10, digits.1 < 10, digits.2 < 10,
            end == 12 || bytes[12] == ASCII.space
        else { throw .badStatusLine }
        summary.status = Int(digits.0) &* 100 &+ Int(digits.1) &* 10 &+ Int(digits.2)
        reason = Extent(min(13, end), end)
    }
}

// MARK: What the lines mean together

extension ResponseHead {
    @inline(__always)
    private mutating func settle(_ bytes: Bytes, _ request: RequestFacts) throws(HTTPError) {
        if version == .http10 { fields.facts.marks.insert(.upgradeDeclined) }
        summary.isInformational = status < 200 && status != 101
        summary.isTunnel = status == 101 || (request.contains(.isConnect) && status / 100 == 2)
        try settleFraming(request)
        if fields.facts.marks.isDisjoint(with: .hopByHop) {
            connectionOptions = .none
        } else {
            settleHopByHop(bytes)
        }
        summary.keepAlive = framing != .untilClose && fields.facts.keepsAlive(version)
        summary.passesUnchanged = fields.cuts.isEmpty && connectionOptions.isEmpty
        guard status != 101 || request.contains(.isUpgrade) else { throw .unexpectedSwitch }
    }

    @inline(__always)
    private mutating func settleFraming(_ request: RequestFacts) throws(HTTPError) {
        if fields.facts.marks.contains(.transferEncoding) { try fields.facts.checkTransferEncoding(version) }
        if isTunnel || request.contains(.isHead) || status < 200 || status == 204 || status == 304 {
            summary.framing = .none
        } else if fields.facts.marks.contains(.transferEncoding) {
            summary.framing = fields.facts.marks.contains(.chunkedLast) ? .chunked : .untilClose
        } else if fields.facts.length >= 0 {
            summary.framing = fields.facts.length == 0 ? .none : .length(fields.facts.length)
        } else {
            summary.framing = .untilClose
        }
    }

    @inline(never)
    private mutating func settleHopByHop(_ bytes: Bytes) {
        connectionOptions = fields.facts.connectionOptions(version: version)
        fields.settleCuts(bytes)
    }

    /// The value of the first field with this lower-case name.
    package func header(_ lowercaseName: [UInt8], in bytes: Bytes) -> Bytes? {
        fields.first(lowercaseName, in: bytes)
    }
}
