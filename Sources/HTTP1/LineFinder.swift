// Lines of a head, found once. A line ends with CR LF and has no other control byte but tabs; so the search for
// its end is the check of its bytes as well, and whatever parses a line afterwards need not look for controls.

import Units

enum LineFinder {
    /// The offset of the CR LF that ends the line around `offset`; nil when the bytes end before it.
    @inline(__always)
    static func end(in bytes: Bytes, from offset: Int) throws(HTTPError) -> Int? {
        let stop = Scanner.candidate(Controls.self, in: bytes, from: offset)
        if Scanner.pair(in: bytes, at: stop) == ASCII.lineEnd { return stop }
        return try unusualEnd(in: bytes, from: stop)
    }

    /// The rest of a line that has a tab, breaks off, or breaks the rules.
    @inline(never)
    private static func unusualEnd(in bytes: Bytes, from offset: Int) throws(HTTPError) -> Int? {
        let stop = Scanner.first(Controls.self, in: bytes, from: offset)
        guard stop < bytes.count else { return nil }
        guard bytes[stop] == ASCII.carriageReturn else { throw fault(of: bytes[stop]) }
        guard stop &+ 1 < bytes.count else { return nil }
        guard bytes[stop &+ 1] == ASCII.lineFeed else { throw .bareCarriageReturn }
        return stop
    }

    private static func fault(of byte: UInt8) -> HTTPError {
        byte == ASCII.lineFeed ? .bareLineFeed : .badHeaderValue
    }

    /// Whether the bytes from `scanned` on end the head, or break a rule for lines, so that parsing it whole is
    /// worth while.
    ///
    /// Moves `scanned` to where the next search must begin, so that a head that arrives byte by byte is searched
    /// once.
    static func isDecided(_ bytes: Bytes, scanned: inout Int) -> Bool {
        while let end = try? end(in: bytes, from: scanned) {
            if end == 0 || bytes[end - 1] == ASCII.lineFeed { return true }
            scanned = end + 2
        }
        scanned = Scanner.first(Controls.self, in: bytes, from: scanned)
        return scanned < bytes.count && !isUnfinishedEnd(bytes, at: scanned)
    }

    private static func isUnfinishedEnd(_ bytes: Bytes, at offset: Int) -> Bool {
        bytes[offset] == ASCII.carriageReturn && offset + 1 == bytes.count
    }
}
