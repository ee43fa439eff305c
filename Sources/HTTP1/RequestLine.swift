// The request line: METHOD SP TARGET SP VERSION, and the four forms of a target (RFC 9112, section 3).
//
// The line has no control bytes but perhaps tabs (LineFinder saw to that). Both separators are exactly one space,
// and no blank is allowed elsewhere; the target is otherwise taken as it is, percent signs, dots and all.

import Units

/// The parts of a request line.
struct RequestLine {
    var method = Extent.none
    var target = Extent.none
    var version = HTTPVersion.http11
    /// Host and port of an absolute or authority target; empty for the other forms.
    var authority = Extent.none
    /// The target's path; empty for CONNECT and for an absolute target without one.
    var path = Extent.none
    /// What follows the first question mark.
    var query = Extent.none

    var isConnect: Bool { authority == target }

    /// Parses the line `start..<end`.
    @inline(__always)
    mutating func parse(_ bytes: Bytes, _ start: Int, _ end: Int) throws(HTTPError) {
        guard end &- start >= 12 else { throw .badRequestLine }
        version = try HTTPVersion.parse(bytes, at: end &- 8, otherwise: .badRequestLine)
        let targetEnd = end &- 9
        let methodEnd = try RequestLine.methodEnd(bytes, start, limit: targetEnd)
        guard bytes[targetEnd] == ASCII.space, methodEnd &+ 1 < targetEnd else { throw .badRequestLine }
        method = Extent(start, methodEnd)
        target = Extent(methodEnd &+ 1, targetEnd)
        let question = try RequestLine.question(bytes, in: target)
        if bytes[methodEnd &+ 1] == ASCII.slash, !Literal.connectMethod.isExactly(method, in: bytes) {
            authority = .none
            split(pathFrom: methodEnd &+ 1, question: question)
        } else {
            try parseUnusualTarget(bytes, question: question)
        }
    }

    @inline(__always)
    private mutating func split(pathFrom start: Int, question: Int) {
        path = Extent(start, question)
        query = Extent(min(question &+ 1, target.upperBound), target.upperBound)
    }

    @inline(__always)
    private static func methodEnd(_ bytes: Bytes, _ start: Int, limit: Int) throws(HTTPError) -> Int {
        let stop = Scanner.first(OutsidePlainNames.self, in: bytes, from: start)
        if stop > start, bytes[stop] == ASCII.space { return stop }
        return try unusualMethodEnd(bytes, start, limit: limit)
    }

    @inline(never)
    private static func unusualMethodEnd(_ bytes: Bytes, _ start: Int, limit: Int) throws(HTTPError) -> Int {
        var position = start
        while position < limit, ASCII.isToken(bytes[position]) { position += 1 }
        guard position > start, position < limit else { throw .badRequestLine }
        guard bytes[position] == ASCII.space else { throw .badMethod }
        return position
    }

    /// The offset of the first question mark, or the target's end; no byte of the target may be a blank.
    @inline(__always)
    private static func question(_ bytes: Bytes, in target: Extent) throws(HTTPError) -> Int {
        // The space after the target stops either search at the latest.
        let question = Scanner.first(PathEnds.self, in: bytes, from: target.lowerBound)
        let end =
            bytes[question] == ASCII.questionMark
            ? Scanner.first(TargetEnds.self, in: bytes, from: question) : question
        guard end == target.upperBound else { throw .badRequestLine }
        return question
    }
}

// MARK: Targets that do not begin with a slash

extension RequestLine {
    @inline(never)
    private mutating func parseUnusualTarget(_ bytes: Bytes, question: Int) throws(HTTPError) {
        authority = .none
        if Literal.connectMethod.isExactly(method, in: bytes) { return try parseAuthority(bytes) }
        if target.count == 1, bytes[target.lowerBound] == ASCII.asterisk {
            guard Literal.optionsMethod.isExactly(method, in: bytes) else { throw .badTarget }
            return split(pathFrom: target.lowerBound, question: question)
        }
        try parseAbsolute(bytes, question: question)
    }

    /// CONNECT: a host and a port, both of them.
    private mutating func parseAuthority(_ bytes: Bytes) throws(HTTPError) {
        var portStart = target.upperBound
        while portStart > target.lowerBound, ASCII.isDigit(bytes[portStart - 1]) { portStart -= 1 }
        let host = Extent(target.lowerBound, portStart - 1)
        guard portStart < target.upperBound, portStart > target.lowerBound + 1,
            bytes[portStart - 1] == ASCII.colon, Host.isValid(host, in: bytes)
        else { throw .badTarget }
        authority = target
        path = .none
        query = .none
    }

    /// scheme "://" authority, then a path, a query, both or neither.
    private mutating func parseAbsolute(_ bytes: Bytes, question: Int) throws(HTTPError) {
        var position = target.lowerBound
        while ASCII.isToken(bytes[position]) { position += 1 }
        guard ASCII.isLetter(bytes[target.lowerBound]), position + 3 < question,
            Literal.schemeEnd.begins(at: position, in: bytes)
        else { throw .badTarget }
        let start = position + 3
        position = start
        while position < question, bytes[position] != ASCII.slash { position += 1 }
        authority = Extent(start, position)
        guard !authority.isEmpty, Host.isValid(authority, in: bytes) else { throw .badTarget }
        split(pathFrom: position, question: question)
    }
}

extension HTTPVersion {
    /// The version whose eight bytes begin at `offset`.
    @inline(__always)
    static func parse(_ bytes: Bytes, at offset: Int, otherwise error: HTTPError) throws(HTTPError) -> HTTPVersion {
        let word = Scanner.word(in: bytes, at: offset)
        if word == Literal.version11.words.0 { return .http11 }
        if word == Literal.version10.words.0 { return .http10 }
        throw word & 0xFF_FFFF_FFFF == Literal.versionPrefix.words.0 ? .badVersion : error
    }
}
