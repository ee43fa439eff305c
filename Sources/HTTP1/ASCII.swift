// The bytes that HTTP/1 gives a meaning, by name, and the character classes of RFC 9110, section 5.6.2.

enum ASCII {
    static var tab: UInt8 { 0x09 }
    static var lineFeed: UInt8 { 0x0A }
    static var carriageReturn: UInt8 { 0x0D }
    static var space: UInt8 { 0x20 }
    static var comma: UInt8 { 0x2C }
    static var hyphen: UInt8 { 0x2D }
    static var dot: UInt8 { 0x2E }
    static var slash: UInt8 { 0x2F }
    static var zero: UInt8 { 0x30 }
    static var nine: UInt8 { 0x39 }
    static var colon: UInt8 { 0x3A }
    static var semicolon: UInt8 { 0x3B }
    static var equals: UInt8 { 0x3D }
    static var questionMark: UInt8 { 0x3F }
    static var asterisk: UInt8 { 0x2A }

    /// CR LF as two bytes read at once.
    static var lineEnd: UInt16 { 0x0A0D }

    /// Space or tab, the only blanks that a field may have around its value.
    @inline(__always) static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    /// A control byte other than a tab: never allowed inside a line.
    @inline(__always) static func isControl(_ byte: UInt8) -> Bool {
        (byte < 0x20 && byte != tab) || byte == 0x7F
    }

    @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- zero < 10 }

    @inline(__always) static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    /// A `tchar`: letters, digits and !#$%&'*+-.^_`|~
    @inline(__always) static func isToken(_ byte: UInt8) -> Bool {
        isOneOf(byte, 0x03FF_6CFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE)
    }

    /// What a host with a port may have: unreserved, sub-delims without the comma, percent, colon, brackets (RFC
    /// 3986, 3.2.2).
    @inline(__always) static func isHost(_ byte: UInt8) -> Bool {
        isOneOf(byte, 0x2FFF_6FF2_0000_0000, 0x47FF_FFFE_AFFF_FFFE)
    }

    /// The value of a hexadecimal digit; nil for any other byte.
    @inline(__always) static func hexadecimal(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte &- zero }
        let letter = (byte | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }

    @inline(__always) static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    /// Membership in a set of ASCII bytes given as two words of 64 bits.
    @inline(__always) private static func isOneOf(_ byte: UInt8, _ low: UInt64, _ high: UInt64) -> Bool {
        byte < 128 && ((byte < 64 ? low : high) &>> UInt64(byte & 63)) & 1 == 1
    }
}
