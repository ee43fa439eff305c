// Eight bytes examined at once ("SIMD within a register").
//
// Every question answers with a word whose bytes have their high bit set where the answer is yes; `first` gives
// the index of the first of them. `below` and `equal` borrow from byte to byte, so they are exact up to and
// including the first yes and may err beyond it; `range` answers are exact everywhere.
// (Formulae: H. S. Warren, Hacker's Delight, 6-1; S. E. Anderson, Bit Twiddling Hacks.)

/// Eight bytes, the first of them lowest.
struct Lanes {
    let bits: UInt64

    @inline(__always) init(_ bits: UInt64) { self.bits = bits }

    @inline(__always) private static func every(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }

    /// The index of the first byte that answered yes.
    @inline(__always) static func first(_ answer: UInt64) -> Int { answer.trailingZeroBitCount &>> 3 }

    /// Bytes less than `limit` (at most 128); exact up to the first.
    @inline(__always) func below(_ limit: UInt8) -> UInt64 {
        (bits &- Lanes.every(limit)) & ~bits & Lanes.every(0x80)
    }

    /// Bytes equal to `byte`; exact up to the first.
    @inline(__always) func equal(_ byte: UInt8) -> UInt64 {
        let difference = bits ^ Lanes.every(byte)
        return (difference &- Lanes.every(1)) & ~difference & Lanes.every(0x80)
    }

    /// Bytes below 32 and 127, and perhaps others; none is missed.
    ///
    /// Adding one sets the high bit of 127; a carry out of 255 may do so to a byte above it.
    @inline(__always) var perhapsControls: UInt64 {
        ((bits &- Lanes.every(0x20)) | (bits &+ Lanes.every(1))) & ~bits & Lanes.every(0x80)
    }

    /// Bytes that are not among the letters and the hyphen; exact.
    @inline(__always) var outsidePlainNames: UInt64 {
        // The sum has its high bit unless the byte is a hyphen.
        let others = (sevenBits ^ Lanes.every(0x2D)) &+ Lanes.every(0x7F)
        return (~letters & others | bits) & Lanes.every(0x80)
    }

    /// Bytes that are not among the letters, the digits, hyphen, dot and colon; exact.
    @inline(__always) var outsidePlainHosts: UInt64 {
        let others = Lanes.range(sevenBits, from: 0x30, to: 0x3A) | Lanes.range(sevenBits, from: 0x2D, to: 0x2E)
        return (~(letters | others) | bits) & Lanes.every(0x80)
    }

    @inline(__always) private var sevenBits: UInt64 { bits & Lanes.every(0x7F) }

    /// The high bits are right for bytes below 128, the others are noise.
    @inline(__always) private var letters: UInt64 {
        Lanes.range(sevenBits | Lanes.every(0x20), from: 0x61, to: 0x7A)
    }

    /// Bytes of `word`, all below 128, in `low...high`; the high bits are the answer, the others are noise.
    @inline(__always) private static func range(_ word: UInt64, from low: UInt8, to high: UInt8) -> UInt64 {
        (word &+ every(0x80 - low)) & ~(word &+ every(0x7F - high))
    }
}
