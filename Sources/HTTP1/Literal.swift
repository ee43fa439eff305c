// A known word ("chunked", "content-length") as up to three eight-byte words, compared without regard to case.
//
// Case is folded by setting bit 0x20 of every byte. For letters, digits and hyphens that is exact as long as the
// text has no control bytes, and no line that reaches a comparison has any: the line search stops at them.

import Units

/// An ASCII word of letters, digits and hyphens that texts are compared with; lower case where case does not count.
struct Literal {
    let length: Int
    let words: (UInt64, UInt64, UInt64)

    /// A word of `length` characters, eight to a word, the first character lowest.
    @inline(__always) init(_ length: Int, _ first: UInt64, _ second: UInt64 = 0, _ third: UInt64 = 0) {
        self.length = length
        words = (first, second, third)
    }

    /// Whether `extent` of `bytes` is this word, in any case.
    @inline(__always) func matches(_ extent: Extent, in bytes: Bytes) -> Bool {
        extent.count == length && begins(at: extent.lowerBound, in: bytes)
    }

    /// Whether the bytes from `start` on begin with this word, in any case.
    @inline(__always) func begins(at start: Int, in bytes: Bytes) -> Bool {
        guard start &+ length <= bytes.count, agrees(words.0, 0, start, bytes) else { return false }
        if length > 8, !agrees(words.1, 8, start, bytes) { return false }
        if length > 16, !agrees(words.2, 16, start, bytes) { return false }
        return true
    }

    /// Eight bytes without regard to case.
    @inline(__always) static func folded(_ word: UInt64) -> UInt64 { word | 0x2020_2020_2020_2020 }

    /// Whether a text from `start` on is this word, given its first eight bytes, folded, and that it has the right length.
    @inline(__always) func completes(_ opening: UInt64, at start: Int, in bytes: Bytes) -> Bool {
        guard opening & Literal.mask(length) == words.0 else { return false }
        if length > 8, !agrees(words.1, 8, start, bytes) { return false }
        return length <= 16 || agrees(words.2, 16, start, bytes)
    }

    /// Whether `extent` of `bytes` is this word of at most eight letters, case included.
    @inline(__always) func isExactly(_ extent: Extent, in bytes: Bytes) -> Bool {
        precondition(length <= 8, "only for short words")
        guard extent.count == length else { return false }
        return Scanner.word(in: bytes, at: extent.lowerBound) & Literal.mask(length) == words.0
    }

    @inline(__always) private func agrees(_ word: UInt64, _ index: Int, _ start: Int, _ bytes: Bytes) -> Bool {
        Literal.folded(Scanner.word(in: bytes, at: start &+ index)) & Literal.mask(length &- index) == word
    }

    /// The low `count` bytes, all eight at most.
    @inline(__always) private static func mask(_ count: Int) -> UInt64 {
        count >= 8 ? UInt64.max : (1 &<< UInt64(count &* 8)) &- 1
    }
}
