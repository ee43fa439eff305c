// A request head, parsed in place: offsets into the bytes as they came, and what they mean for a proxy.
//
//     GET /a?b HTTP/1.1␍␊ Host: x␍␊ … ␍␊␍␊     RequestLine · HeadFields · settle
//
// One value serves request after request without taking memory. It keeps nothing between calls of `parse`: only
// `scanned` belongs to the connection, so a worker needs one head for all of its connections. Most heads have no
// cuts and go on as they came.

package import Units

/// The head of a request.
package struct RequestHead {
    private let limits: HeadLimits
    private var line = RequestLine()
    /// The field lines.
    package private(set) var fields: HeadFields
    /// What a clean Connection line must carry when this head is forwarded; empty when none is needed.
    package private(set) var connectionOptions = ConnectionOptions.none
    /// What a session asks of this head, to keep.
    package private(set) var summary = RequestSummary()

    package init(limits: HeadLimits = HeadLimits()) {
        self.limits = limits
        fields = HeadFields(limits: limits)
    }

    package var method: Extent { line.method }
    package var target: Extent { line.target }
    /// The path without the query; empty for CONNECT and for an absolute target without a path.
    package var path: Extent { line.path }
    /// What follows the first question mark of the target, or nothing.
    package var query: Extent { line.query }
    /// Host and port within an absolute or authority target; empty for other forms.
    package var authority: Extent { line.authority }
    package var version: HTTPVersion { line.version }
    /// How the body is framed: never `untilClose`.
    package var framing: BodyFraming.Kind { summary.framing }
    /// What parsing the response needs to know.
    package var facts: RequestFacts { summary.facts }
    package var isHead: Bool { facts.contains(.isHead) }
    package var isConnect: Bool { facts.contains(.isConnect) }
    /// An upgrade is asked for and forwarded; h2c is declined and does not count.
    package var isUpgrade: Bool { facts.contains(.isUpgrade) }
    /// The caller would use the connection again.
    package var keepAlive: Bool { summary.keepAlive }
    /// The caller waits for 100 before it sends the body.
    package var expectsContinue: Bool { summary.expectsContinue }
    /// Whether the head can be forwarded as it came, in one piece.
    package var passesUnchanged: Bool { summary.passesUnchanged }
    /// The Host line, for rewriting.
    package var host: FieldLine? { fields.facts.hostIndex < 0 ? nil : fields[fields.facts.hostIndex] }
    /// Lines that concern one hop only, in order; the head is forwarded without them.
    package var cuts: [Extent] { fields.cuts }

    /// Parses the head at the start of `bytes`, which are all that came since the last message.
    ///
    /// `scanned` is 0 for a new head and is kept by the caller between calls: how far the end was looked for
    /// already, so that a head which arrives byte by byte costs one search. A fault may be reported before the head
    /// is whole.
    package mutating func parse(_ bytes: Bytes, scanned: inout Int) -> ParseResult {
        let view = bytes.prefix(limits.headBytesMaximum)
        let isFull = view.count == limits.headBytesMaximum
        if scanned > 0, !isFull, !LineFinder.isDecided(view, scanned: &scanned) { return .incomplete }
        do {
            if let length = try parseWhole(view, scanned: &scanned) { return .complete(headLength: length) }
        } catch {
            return .invalid(error)
        }
        return isFull ? .invalid(.headTooLarge) : .incomplete
    }

    @inline(__always)
    private mutating func parseWhole(_ bytes: Bytes, scanned: inout Int) throws(HTTPError) -> Int? {
        fields.reset()
        let start = try RequestHead.skipEmptyLines(bytes)
        guard let lineEnd = try LineFinder.end(in: bytes, from: start) else {
            guard bytes.count < limits.headBytesMaximum else { throw .targetTooLong }
            scanned = min(max(1, start), bytes.count)
            return nil
        }
        try line.parse(bytes, start, lineEnd)
        guard let end = try fields.parse(bytes, from: lineEnd &+ 2, scanned: &scanned) else { return nil }
        if start > 0 { fields.cut(Extent(0, start)) }
        try settle(bytes)
        return end
    }

    /// A few empty lines before a request are forgiven (RFC 9112, section 2.2); they are cut.
    @inline(__always)
    private static func skipEmptyLines(_ bytes: Bytes) throws(HTTPError) -> Int {
        guard bytes.count > 1, bytes[0] == ASCII.carriageReturn else { return 0 }
        return try countEmptyLines(bytes)
    }

    @inline(never)
    private static func countEmptyLines(_ bytes: Bytes) throws(HTTPError) -> Int {
        var start = 0
        while start + 1 < bytes.count, bytes[start] == ASCII.carriageReturn, bytes[start + 1] == ASCII.lineFeed {
            start += 2
            guard start <= 8 else { throw .badRequestLine }
        }
        return start
    }
}

// MARK: What the lines mean together

extension RequestHead {
    @inline(__always)
    private mutating func settle(_ bytes: Bytes) throws(HTTPError) {
        if version == .http10 { fields.facts.marks.insert(.upgradeDeclined) }
        try settleHost(bytes)
        settleFacts(bytes)
        try settleFraming()
        if fields.facts.marks.isDisjoint(with: .hopByHop) {
            connectionOptions = .none
        } else {
            settleHopByHop(bytes)
        }
        summary.keepAlive = fields.facts.keepsAlive(version)
        summary.expectsContinue = fields.facts.marks.contains(.expectsContinue) && version == .http11
        summary.passesUnchanged = fields.cuts.isEmpty && connectionOptions.isEmpty
    }

    @inline(__always)
    private func settleHost(_ bytes: Bytes) throws(HTTPError) {
        guard fields.facts.hostIndex >= 0 else {
            if version == .http11 { throw .missingHost }
            return
        }
        let host = fields[fields.facts.hostIndex].value(in: bytes)
        guard Host.isValid(host, in: bytes) else { throw .badHost }
        guard authority.isEmpty || Host.agree(host, authority, in: bytes) else { throw .conflictingHost }
    }

    @inline(__always)
    private mutating func settleFacts(_ bytes: Bytes) {
        summary.facts = line.isConnect ? .isConnect : .none
        if Literal.headMethod.isExactly(method, in: bytes) { summary.facts.insert(.isHead) }
    }

    /// RFC 9112, section 6.3.
    @inline(__always)
    private mutating func settleFraming() throws(HTTPError) {
        summary.framing = .none
        if fields.facts.marks.contains(.transferEncoding) {
            try fields.facts.checkTransferEncoding(version)
            guard fields.facts.marks.contains(.chunkedLast) else { throw .badTransferEncoding }
            summary.framing = .chunked
        } else if fields.facts.length > 0 {
            summary.framing = .length(fields.facts.length)
        }
        if line.isConnect, framing != .none { throw .contentInConnect }
    }

    @inline(never)
    private mutating func settleHopByHop(_ bytes: Bytes) {
        if fields.facts.isUpgrade, !line.isConnect { summary.facts.insert(.isUpgrade) }
        connectionOptions = fields.facts.connectionOptions(version: version)
        fields.settleCuts(bytes)
    }
}

// MARK: Reading values

extension RequestHead {
    /// The value of the first field with this lower-case name.
    package func header(_ lowercaseName: [UInt8], in bytes: Bytes) -> Bytes? {
        fields.first(lowercaseName, in: bytes)
    }

    /// The value of the first cookie with this name, in its case.
    package func cookie(_ name: [UInt8], in bytes: Bytes) -> Bytes? { fields.cookie(name, in: bytes) }
}
