// What was seen in the field lines of a head, one bit each.

/// Facts about a head that only mean something together.
///
/// No set is written as a list on the hot path: building one from a list costs 300 instructions and more.
struct Marks: OptionSet {
    let rawValue: UInt32

    static var transferEncoding: Marks { Marks(rawValue: 1 << 0) }
    /// The last transfer coding so far is chunked.
    static var chunkedLast: Marks { Marks(rawValue: 1 << 1) }
    static var expectsContinue: Marks { Marks(rawValue: 1 << 2) }

    /// Options of Connection.
    static var optionClose: Marks { Marks(rawValue: 1 << 3) }
    static var optionKeepAlive: Marks { Marks(rawValue: 1 << 4) }
    static var optionUpgrade: Marks { Marks(rawValue: 1 << 5) }
    static var optionTE: Marks { Marks(rawValue: 1 << 6) }
    /// Connection names other fields.
    static var optionOther: Marks { Marks(rawValue: 1 << 7) }

    static var upgrade: Marks { Marks(rawValue: 1 << 8) }
    /// Upgrade offers HTTP/2, or the version knows no upgrades: we decline.
    static var upgradeDeclined: Marks { Marks(rawValue: 1 << 9) }
    static var te: Marks { Marks(rawValue: 1 << 10) }
    /// TE asks for more than trailers.
    static var teCodings: Marks { Marks(rawValue: 1 << 11) }
    /// Proxy-Connection or HTTP2-Settings: never forwarded.
    static var alwaysCut: Marks { Marks(rawValue: 1 << 12) }

    /// Everything that makes the hop-by-hop lines worth a second look: all but the framing, close and keep-alive.
    static var hopByHop: Marks { Marks(rawValue: ~0b1_1111) }
}
