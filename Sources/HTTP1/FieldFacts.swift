// What the field lines of a head say that a proxy must understand.
//
// Lines are only noted here, one by one (`Marks`, the length, the codings); what they mean together is settled when
// the head is whole: framing in RequestHead and ResponseHead, the hop-by-hop lines in HopByHop.

import Units

/// What was noted of the fields of one head.
struct FieldFacts {
    /// The Content-Length; -1 when there is none.
    private(set) var length: Int64 = -1
    /// The index of the Host line; -1 when there is none.
    private(set) var hostIndex = -1
    var marks = Marks(rawValue: 0)
    /// How many options all Connection lines have together.
    var optionsCount = 0

    /// Takes note of a field that may matter, given the first eight bytes of its line and the line's index.
    ///
    /// Out of line with all that it calls: the loop over the lines then keeps its words in registers.
    @inline(never)
    mutating func note(_ line: FieldLine, opening: UInt64, index: Int, in bytes: Bytes) throws(HTTPError) {
        let kind = FieldName.identify(line.name, opening: opening, in: bytes)
        switch kind {
        case .other: break
        case .host: try noteHost(index)
        case .contentLength: try noteLength(line.value(in: bytes), in: bytes)
        case .transferEncoding: try noteTransferEncoding(line.value(in: bytes), in: bytes)
        case .expect: noteExpect(line.value(in: bytes), in: bytes)
        default: try noteHopByHop(kind, line.value(in: bytes), in: bytes)
        }
    }

    private mutating func noteExpect(_ value: Extent, in bytes: Bytes) {
        if Literal.continue100.matches(value, in: bytes) { marks.insert(.expectsContinue) }
    }

    private mutating func noteHost(_ index: Int) throws(HTTPError) {
        guard hostIndex < 0 else { throw .repeatedHost }
        hostIndex = index
    }

    private mutating func noteLength(_ value: Extent, in bytes: Bytes) throws(HTTPError) {
        // 18 digits are less than Int64.max; longer numbers are refused, leading zeros or not.
        guard !value.isEmpty, value.count <= 18 else { throw .badLength }
        var number: Int64 = 0
        for index in value.range {
            let digit = bytes[index] &- ASCII.zero
            guard digit < 10 else { throw .badLength }
            number = number &* 10 &+ Int64(digit)
        }
        guard length < 0 else { throw number == length ? .repeatedLength : .conflictingLength }
        length = number
    }

    /// Codings count over all Transfer-Encoding lines together; nothing may follow chunked.
    private mutating func noteTransferEncoding(_ value: Extent, in bytes: Bytes) throws(HTTPError) {
        marks.insert(.transferEncoding)
        var codings = ListCursor(value)
        while let coding = codings.next(in: bytes) {
            guard !coding.isEmpty, !marks.contains(.chunkedLast) else { throw .badTransferEncoding }
            if Literal.chunked.matches(coding, in: bytes) {
                marks.insert(.chunkedLast)
            } else if !FieldFacts.isKnownCoding(coding, in: bytes) {
                throw .unknownTransferCoding
            }
        }
    }

    private static func isKnownCoding(_ coding: Extent, in bytes: Bytes) -> Bool {
        Literal.gzip.matches(coding, in: bytes) || Literal.deflate.matches(coding, in: bytes)
            || Literal.compress.matches(coding, in: bytes) || Literal.xGzip.matches(coding, in: bytes)
            || Literal.xCompress.matches(coding, in: bytes)
    }

    /// What no message with a Transfer-Encoding may have.
    func checkTransferEncoding(_ version: HTTPVersion) throws(HTTPError) {
        guard length < 0 else { throw .bothFramings }
        guard version == .http11 else { throw .transferEncodingInOldVersion }
    }

    /// Whether the sender would use the connection again.
    func keepsAlive(_ version: HTTPVersion) -> Bool {
        if marks.contains(.optionClose) { return false }
        return version == .http11 || marks.contains(.optionKeepAlive)
    }
}
