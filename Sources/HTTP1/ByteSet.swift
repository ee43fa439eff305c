// The sets of bytes that searches stop at. Each tells its members in eight bytes at once and one by one. Zero belongs
// to all of them: a search reads it behind the last byte.

/// A set of bytes known at compile time.
protocol ByteSet {
    /// High bits where a byte may be a member; no member before the first candidate is missed, nor any after it.
    static func candidates(in lanes: Lanes) -> UInt64
    /// The first candidate is always a member.
    static var isExact: Bool { get }
    static func contains(_ byte: UInt8) -> Bool
}

/// Control bytes other than the tab: what ends a line, or must not be in one.
enum Controls: ByteSet {
    @inline(__always) static func candidates(in lanes: Lanes) -> UInt64 { lanes.perhapsControls }
    static var isExact: Bool { false }
    @inline(__always) static func contains(_ byte: UInt8) -> Bool { ASCII.isControl(byte) }
}

/// All bytes but letters and the hyphen: what ends a usual field name or method. Digits are rare in names and would
/// cost a quarter more.
enum OutsidePlainNames: ByteSet {
    @inline(__always) static func candidates(in lanes: Lanes) -> UInt64 { lanes.outsidePlainNames }
    static var isExact: Bool { true }
    @inline(__always) static func contains(_ byte: UInt8) -> Bool {
        !ASCII.isLetter(byte) && byte != ASCII.hyphen
    }
}

/// All bytes but letters, digits, hyphen, dot and colon: what a usual host with its port does not have.
enum OutsidePlainHosts: ByteSet {
    @inline(__always) static func candidates(in lanes: Lanes) -> UInt64 { lanes.outsidePlainHosts }
    static var isExact: Bool { true }
    @inline(__always) static func contains(_ byte: UInt8) -> Bool {
        OutsidePlainNames.contains(byte) && !ASCII.isDigit(byte) && byte != ASCII.dot && byte != ASCII.colon
    }
}

/// Blanks and controls, and the question mark: what ends a path.
enum PathEnds: ByteSet {
    @inline(__always) static func candidates(in lanes: Lanes) -> UInt64 {
        lanes.below(0x21) | lanes.equal(ASCII.questionMark)
    }
    static var isExact: Bool { true }
    @inline(__always) static func contains(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == ASCII.questionMark }
}

/// Blanks and controls: what ends a target.
enum TargetEnds: ByteSet {
    @inline(__always) static func candidates(in lanes: Lanes) -> UInt64 { lanes.below(0x21) }
    static var isExact: Bool { true }
    @inline(__always) static func contains(_ byte: UInt8) -> Bool { byte <= 0x20 }
}
