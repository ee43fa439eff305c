// Trailer lines after the last chunk, checked byte by byte because nothing of a body is kept.
//
// As strict as heads: names are tokens with the colon right after, no folding, no control bytes, CR LF only. Fields
// that frame or route a message are refused here: a reader that merges trailers into the head would see another
// message.

/// Follows the lines up to and including the empty one.
struct TrailerScanner: Sendable {
    enum State: Sendable { case lineStart, name, value, lineFeed, lastLineFeed }

    static var bytesMaximum: Int { 16_384 }
    static var fieldsMaximum: Int { 64 }

    private var state = State.lineStart
    private var bytesCount = 0
    private var fieldsCount = 0
    private var forbidden = ForbiddenName()

    /// Takes one byte; true when it ends the trailers.
    mutating func step(_ byte: UInt8) throws(HTTPError) -> Bool {
        bytesCount += 1
        guard bytesCount <= TrailerScanner.bytesMaximum else { throw .trailersTooLarge }
        switch state {
        case .lineStart: try stepLineStart(byte)
        case .name: try stepName(byte)
        case .value: try stepValue(byte)
        case .lineFeed:
            guard byte == ASCII.lineFeed else { throw .bareCarriageReturn }
            state = .lineStart
        case .lastLineFeed:
            guard byte == ASCII.lineFeed else { throw .bareCarriageReturn }
            return true
        }
        return false
    }

    private mutating func stepLineStart(_ byte: UInt8) throws(HTTPError) {
        if byte == ASCII.carriageReturn {
            state = .lastLineFeed
            return
        }
        fieldsCount += 1
        guard fieldsCount <= TrailerScanner.fieldsMaximum else { throw .trailersTooLarge }
        guard !ASCII.isBlank(byte) else { throw .foldedLine }
        guard ASCII.isToken(byte) else { throw byte == ASCII.lineFeed ? .bareLineFeed : .badTrailer }
        forbidden = ForbiddenName()
        forbidden.append(byte)
        state = .name
    }

    private mutating func stepName(_ byte: UInt8) throws(HTTPError) {
        if ASCII.isToken(byte) {
            forbidden.append(byte)
        } else if byte == ASCII.colon {
            guard !forbidden.isMatch else { throw .framingInTrailer }
            state = .value
        } else {
            throw ASCII.isBlank(byte) ? .spaceBeforeColon : .badTrailer
        }
    }

    private mutating func stepValue(_ byte: UInt8) throws(HTTPError) {
        if byte == ASCII.carriageReturn {
            state = .lineFeed
        } else if ASCII.isControl(byte) {
            throw byte == ASCII.lineFeed ? .bareLineFeed : .badHeaderValue
        }
    }
}

/// Recognises, byte by byte, a name that no trailer may have.
private struct ForbiddenName: Sendable {
    private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
    private var count = 0

    mutating func append(_ byte: UInt8) {
        let bits = UInt64(ASCII.lowercased(byte)) << UInt64((count & 7) * 8)
        if count < 8 { words.0 |= bits } else if count < 16 { words.1 |= bits } else if count < 24 { words.2 |= bits }
        count += 1
    }

    var isMatch: Bool {
        isSame(Literal.contentLength) || isSame(Literal.transferEncoding) || isSame(Literal.host)
    }

    private func isSame(_ literal: Literal) -> Bool { literal.length == count && literal.words == words }
}
