// The seeded source of draws. A draw is not taken from a sequence, it is computed: hash(seed, entry name, n, lane), so
// the n-th exchange that meets an entry has the same fate whatever the threads did and however fast they were.
//
//     key (from seed and name) ──┐
//     n: ordinal or sticky key ──┼── 128-bit multiply, fold, 128-bit multiply, fold ──► 64 even bits
//     lane: which draw of n ─────┘
//
// Two rounds of the multiply-and-fold of wyhash (Wang Yi); see DiceTests for what it is held to.

package import Units

/// The draws of one entry.
package struct Dice: Sendable, BitwiseCopyable {
    private let lowKey: UInt64
    private let highKey: UInt64

    /// The dice of the entry `name` in a run with `seed`.
    package init(seed: UInt64, name: String) {
        let named = Array(name.utf8).withBytes { Dice.hash($0) }
        lowKey = Self.fold(seed ^ Self.mixer.0, named ^ Self.mixer.1)
        highKey = Self.fold(lowKey ^ Self.mixer.2, seed &+ named ^ Self.mixer.3) | 1
    }

    /// 64 even bits for draw `lane` of ordinal or key `n`.
    package func word(_ n: UInt64, lane: UInt64) -> UInt64 {
        let first = Self.fold(n ^ lowKey, highKey ^ (lane &+ 1) &* 0x9E37_79B9_7F4A_7C15)
        return Self.fold(first ^ Self.mixer.2, n &+ highKey ^ Self.mixer.3)
    }

    /// A draw strictly between 0 and 1, even over 2^52 values.
    package func unit(_ n: UInt64, lane: UInt64) -> Double {
        (Double(word(n, lane: lane) >> 12) + 0.5) * 0x1p-52
    }

    /// The draw of a sticky key that `hash(_:)` made.
    package func unit(key: UInt64, lane: UInt64) -> Double { unit(key, lane: lane) }

    /// A sticky key's bytes as one word; O(n). The same in every run: the entry's keys come in with the draw.
    package static func hash(_ bytes: Bytes) -> UInt64 {
        var state = mixer.0 ^ UInt64(truncatingIfNeeded: bytes.count)
        var word: UInt64 = 0
        for index in 0..<bytes.count {
            word = word << 8 | UInt64(bytes[index])
            guard index & 7 == 7 else { continue }
            state = fold(state ^ word, mixer.1)
            word = 0
        }
        return fold(fold(state ^ word, mixer.2) ^ mixer.3, mixer.1)
    }

    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    /// Odd words without structure: the secret of wyhash's final version.
    private static var mixer: (UInt64, UInt64, UInt64, UInt64) {
        (0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB, 0x8EBC_6AF0_9C88_C6E3, 0x5899_65CC_7537_4CC3)
    }
}

/// Which of an exchange's draws: lanes are independent of each other.
package enum Lane {
    /// Whether the exchange is in the share.
    package static var share: UInt64 { 0 }
    /// How long, for faults that draw a magnitude.
    package static var magnitude: UInt64 { 1 }
    /// Which of several weighted statuses.
    package static var status: UInt64 { 2 }
    /// Lengths of a burst's ups and downs, by their number.
    package static var burst: UInt64 { 3 }
    /// The key of a stream, from which its chunks draw.
    package static var stream: UInt64 { 4 }
    /// Whether a packet is lost, and whether the channel turns good or bad.
    package static var loss: UInt64 { 5 }
    package static var channel: UInt64 { 6 }
    /// Whether a byte is corrupted, and which of its bits.
    package static var corruption: UInt64 { 7 }
    package static var bits: UInt64 { 8 }
    /// Whether a packet's n-th repair is lost: this lane and the fifteen after it.
    package static var repair: UInt64 { 32 }
}
