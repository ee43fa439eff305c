// Lengths of time as people write them: 250us 10ms 1.5s 2m 1h30m 30d.

extension TimeSpan {
    /// Unit names with their nanoseconds, longest first.
    static let units: [(name: String, nanoseconds: Double)] = [
        ("d", 86_400e9), ("h", 3_600e9), ("m", 60e9), ("s", 1e9), ("ms", 1e6), ("us", 1e3), ("ns", 1),
    ]

    /// A hundred years: more is a slip of the pen, and sums of many must not overflow.
    static let longest = 36_500 * 86_400e9

    /// Reads `1h30m` and the like: units descend, none comes twice.
    package init(text: String) throws(QuantityError) {
        guard let parts = UnitScanner.parts(of: text) else {
            throw QuantityError("\"\(text)\" is not a duration such as 250us, 10ms, 1.5s, 2m or 1h30m")
        }
        var total: Int64 = 0
        var shorterThan = Double.infinity
        for part in parts {
            let unit = try Self.unit(of: part, in: text, onlyOne: parts.count == 1)
            guard unit < shorterThan else {
                throw QuantityError("the units of \"\(text)\" must get smaller from left to right, as in 1h30m")
            }
            guard part.number * unit <= Self.longest, Double(total) <= Self.longest else {
                throw QuantityError("\"\(text)\" is longer than 36500d")
            }
            (total, shorterThan) = (total + Self.nanoseconds(part.number, unit), unit)
        }
        self.init(nanoseconds: total)
    }

    /// Exact also where a Double cannot count single nanoseconds.
    private static func nanoseconds(_ number: Double, _ unit: Double) -> Int64 {
        let whole = number.rounded(.down)
        return Int64(whole) * Int64(unit) + Int64(((number - whole) * unit).rounded())
    }

    private static func unit(
        of part: NumberWithUnit, in text: String, onlyOne: Bool
    ) throws(QuantityError) -> Double {
        if let unit = units.first(where: { $0.name == part.unit }) { return unit.nanoseconds }
        if part.unit.isEmpty {
            throw QuantityError("\"\(text)\" has no unit", suggestion: onlyOne ? likely(part) : nil)
        }
        let meant = spelledOut[part.unit.lowercased()] ?? part.unit.lowercased()
        let known = units.contains { $0.name == meant }
        throw QuantityError(
            "\"\(part.unit)\" is not a unit of time (us, ms, s, m, h, d)",
            suggestion: known && onlyOne ? part.digits + meant : nil)
    }

    /// Small bare numbers are seconds to most people, large ones milliseconds.
    private static func likely(_ part: NumberWithUnit) -> String {
        part.digits + (part.number >= 50 ? "ms" : "s")
    }

    private static let spelledOut = [
        "sec": "s", "secs": "s", "second": "s", "seconds": "s", "min": "m", "mins": "m", "minute": "m",
        "minutes": "m", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "day": "d", "days": "d", "msec": "ms",
        "millis": "ms", "µs": "us", "μs": "us", "usec": "us",
    ]
}

extension TimeSpan: CustomStringConvertible {
    /// The written form, exact to the nanosecond: `1.5s`, `2m`, `1h30m`.
    @usableFromInline package var description: String {
        if nanoseconds == 0 { return "0s" }
        if nanoseconds == .min { return "-106751d23h47m16.854775808s" }
        return nanoseconds < 0 ? "-" + Self.text(-nanoseconds) : Self.text(nanoseconds)
    }

    /// The written form cut to what a reader takes in: three digits, or two units.
    package var brief: String {
        let magnitude = abs(seconds)
        guard magnitude < 100 else { return TimeSpan(seconds: seconds.rounded()).description }
        var step = 1e-9
        while step * 1_000 <= magnitude { step *= 10 }
        return TimeSpan(seconds: (seconds / step).rounded() * step).description
    }

    private static func text(_ nanoseconds: Int64) -> String {
        if nanoseconds < 60_000_000_000 { return single(nanoseconds) }
        var rest = nanoseconds
        var text = ""
        for (name, length) in [("d", 86_400), ("h", 3_600), ("m", 60)] as [(String, Int64)] {
            let count = rest / (length * 1_000_000_000)
            rest -= count * length * 1_000_000_000
            if count > 0 { text += "\(count)\(name)" }
        }
        return rest == 0
            ? text : text + Decimal.text(whole: rest / 1_000_000_000, billionths: rest % 1_000_000_000) + "s"
    }

    /// Under a minute: one unit, with decimals where needed.
    private static func single(_ nanoseconds: Int64) -> String {
        let units: [(String, Int64)] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)]
        let (name, size) = units.first { nanoseconds >= $0.1 } ?? ("ns", 1)
        let billionths = nanoseconds % size * (1_000_000_000 / size)
        return Decimal.text(whole: nanoseconds / size, billionths: billionths) + name
    }
}
