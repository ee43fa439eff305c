// Field names: where one ends, and which of the few that concern a proxy it is.

import Units

/// The fields that frame a message or concern one hop only.
enum FieldName {
    case other
    case host, contentLength, transferEncoding, expect
    case connection, keepAlive, proxyConnection, te, upgrade, http2Settings

    /// Which field `name` is; told apart by length first, then by the first eight bytes.
    static func identify(_ name: Extent, in bytes: Bytes) -> FieldName {
        identify(name, opening: Scanner.word(in: bytes, at: name.lowerBound), in: bytes)
    }

    /// Whether a name of this length (which is not negative) that begins with `opening` may be one of them; false for most
    /// names.
    @inline(__always)
    static func mayMatter(_ opening: UInt64, length: Int) -> Bool {
        // The first letter, counted from one in either case, and the length add up to one of these: expect, host,
        // connection, content-length, keep-alive, te and http2-settings, upgrade, proxy-connection, transfer-encoding.
        let sums: UInt64 =
            1 << 11 | 1 << 12 | 1 << 13 | 1 << 17 | 1 << 21 | 1 << 22 | 1 << 28 | 1 << 32 | 1 << 37
        let sum = (opening & 31) &+ UInt64(bitPattern: Int64(length))
        return sum < 64 && sums &>> sum & 1 == 1
    }

    /// The same as the first, given the name's first eight bytes.
    @inline(__always)
    static func identify(_ name: Extent, opening: UInt64, in bytes: Bytes) -> FieldName {
        let start = name.lowerBound
        let opening = Literal.folded(opening)
        switch name.count {
        case 2: return Literal.te.completes(opening, at: start, in: bytes) ? .te : .other
        case 4: return Literal.host.completes(opening, at: start, in: bytes) ? .host : .other
        case 6: return Literal.expect.completes(opening, at: start, in: bytes) ? .expect : .other
        case 7: return Literal.upgrade.completes(opening, at: start, in: bytes) ? .upgrade : .other
        case 10:
            if Literal.connection.completes(opening, at: start, in: bytes) { return .connection }
            return Literal.keepAlive.completes(opening, at: start, in: bytes) ? .keepAlive : .other
        case 14:
            if Literal.contentLength.completes(opening, at: start, in: bytes) { return .contentLength }
            return Literal.http2Settings.completes(opening, at: start, in: bytes) ? .http2Settings : .other
        case 16: return Literal.proxyConnection.completes(opening, at: start, in: bytes) ? .proxyConnection : .other
        case 17:
            return Literal.transferEncoding.completes(opening, at: start, in: bytes) ? .transferEncoding : .other
        default: return .other
        }
    }

    /// The offset of the colon that ends the name at the head of a line; nil when the bytes end before.
    @inline(__always)
    static func end(in bytes: Bytes, from start: Int) throws(HTTPError) -> Int? {
        let stop = Scanner.first(OutsidePlainNames.self, in: bytes, from: start)
        if stop < bytes.count, bytes[stop] == ASCII.colon, stop > start { return stop }
        return try unusualEnd(in: bytes, from: start, resumed: stop)
    }

    /// The rest of a name that has more than letters and hyphens, or none at all.
    @inline(never)
    private static func unusualEnd(in bytes: Bytes, from start: Int, resumed: Int) throws(HTTPError) -> Int? {
        if start < bytes.count, bytes[start] == ASCII.carriageReturn { return try endOfHead(in: bytes, at: start) }
        var position = resumed
        while position < bytes.count, ASCII.isToken(bytes[position]) { position += 1 }
        guard position < bytes.count else { return nil }
        if bytes[position] == ASCII.colon && position > start { return position }
        throw fault(in: bytes, from: start, at: position)
    }

    /// A CR where a name should be, without its LF.
    private static func endOfHead(in bytes: Bytes, at start: Int) throws(HTTPError) -> Int? {
        guard start + 1 == bytes.count else { throw .bareCarriageReturn }
        return nil
    }

    private static func fault(in bytes: Bytes, from start: Int, at stop: Int) -> HTTPError {
        guard ASCII.isBlank(bytes[stop]) else { return bytes[stop] == ASCII.lineFeed ? .bareLineFeed : .badHeaderName }
        if stop == start { return .foldedLine }
        var position = stop
        while position < bytes.count, ASCII.isBlank(bytes[position]) { position += 1 }
        return position == bytes.count || bytes[position] == ASCII.colon ? .spaceBeforeColon : .badHeaderName
    }
}
