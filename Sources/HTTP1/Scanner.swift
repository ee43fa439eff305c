// The unsafe code of parsing: reading eight bytes at a time.
//
// Invariant: every load lies within [0, bytes.count). Each function checks its offset first; a search loads a word
// only while eight bytes are left, `word` near the end loads the last eight bytes and shifts, or goes byte by byte
// when there are fewer. A `Bytes` is alive for the length of a call by its own invariant. Loads are unaligned and
// little-endian, so the first byte is the lowest; all else (Lanes, ByteSet, Literal) is arithmetic.

package import Units

enum Scanner {
    /// The eight bytes from `offset` on, the first lowest; bytes past the end read as zero.
    @inline(__always)
    static func word(in bytes: Bytes, at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset <= bytes.count, "offset out of range")
        guard bytes.count &- offset >= 8 else { return lastWord(in: bytes, at: offset) }
        return unsafe load(bytes, offset)
    }

    @inline(__always)
    @unsafe private static func load(_ bytes: Bytes, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafe bytes.pointer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    @inline(never)
    private static func lastWord(in bytes: Bytes, at offset: Int) -> UInt64 {
        let missing = 8 &- (bytes.count &- offset)
        if bytes.count >= 8 { return unsafe load(bytes, bytes.count &- 8) >> UInt64(missing &* 8) }
        var word: UInt64 = 0
        for index in offset..<bytes.count {
            word |= UInt64(bytes[index]) << UInt64((index - offset) * 8)
        }
        return word
    }

    /// The two bytes from `offset` on, the first lowest; zero when fewer are left.
    @inline(__always)
    static func pair(in bytes: Bytes, at offset: Int) -> UInt16 {
        precondition(offset >= 0, "offset out of range")
        guard bytes.count &- offset >= 2 else { return 0 }
        return UInt16(littleEndian: unsafe bytes.pointer.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    /// The offset of the first byte of `set` from `offset` on; `bytes.count` when there is none. O(n), eight bytes a
    /// step.
    @inline(__always)
    static func first<Set: ByteSet>(_ set: Set.Type, in bytes: Bytes, from offset: Int) -> Int {
        var position = candidate(set, in: bytes, from: offset)
        while !Set.isExact, position < bytes.count, !Set.contains(bytes[position]) {
            position = candidate(set, in: bytes, from: position &+ 1)
        }
        return position
    }

    /// The offset of the first byte that is perhaps one of `set`: the same as `first` for an exact set, and never
    /// beyond it.
    @inline(__always)
    static func candidate<Set: ByteSet>(_ set: Set.Type, in bytes: Bytes, from offset: Int) -> Int {
        precondition(offset >= 0, "offset out of range")
        var position = offset
        let lastStart = bytes.count &- 8
        while position <= lastStart {
            let candidates = Set.candidates(in: unsafe Lanes(load(bytes, position)))
            if candidates != 0 { return position &+ Lanes.first(candidates) }
            position &+= 8
        }
        return lastCandidate(set, in: bytes, from: position)
    }

    /// As `candidate`, for the less than eight bytes at the end: what follows them reads as zero and is a candidate.
    @inline(never)
    private static func lastCandidate<Set: ByteSet>(_ set: Set.Type, in bytes: Bytes, from offset: Int) -> Int {
        precondition(offset <= bytes.count, "offset out of range")
        let candidates = Set.candidates(in: Lanes(lastWord(in: bytes, at: offset)))
        return min(offset &+ Lanes.first(candidates), bytes.count)
    }
}

extension [UInt8] {
    /// Appends a copy of `bytes`; O(n).
    package mutating func append(_ bytes: Bytes) {
        unsafe append(contentsOf: UnsafeRawBufferPointer(start: bytes.pointer, count: bytes.count))
    }
}
