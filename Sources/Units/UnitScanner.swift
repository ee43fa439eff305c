// The written form of every quantity: decimal numbers, each followed by its unit, without blanks between.
//
//     1h30m  ->  (1, "h") (30, "m")        64KiB  ->  (64, "KiB")        100  ->  (100, "")
//
// No sign, no exponent, no grouping: there is one way to write a number.

/// A number and the letters behind it.
struct NumberWithUnit {
    let number: Double
    let unit: String
    /// The number as it was written.
    let digits: String
}

enum UnitScanner {
    /// The parts of `text`; nil when it is not a run of numbers with units. O(n).
    static func parts(of text: String) -> [NumberWithUnit]? {
        var rest = Substring(text)
        var parts: [NumberWithUnit] = []
        while !rest.isEmpty {
            let digits = rest.prefix { isDigit($0) || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !isDigit($0) && $0 != "." }
            rest = rest.dropFirst(unit.count)
            guard let number = number(digits) else { return nil }
            parts.append(NumberWithUnit(number: number, unit: String(unit), digits: String(digits)))
        }
        return parts.isEmpty ? nil : parts
    }

    /// The only part of `text`; nil when there are none or several.
    static func single(_ text: String) -> NumberWithUnit? {
        guard let parts = parts(of: text), parts.count == 1 else { return nil }
        return parts[0]
    }

    /// A decimal of at most 20 digits with digits on both sides of its point.
    static func number(_ digits: Substring) -> Double? {
        let sides = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard sides.count <= 2, !sides.isEmpty, sides.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }),
            digits.utf8.count <= 20
        else { return nil }
        return Double(String(digits))
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
}

enum Decimal {
    /// `value` with at most nine decimals and no trailing zeros; never an exponent below 9e15.
    static func text(_ value: Double) -> String {
        guard value.magnitude < 9e9 else { return value.magnitude < 9e15 ? "\(Int64(value.rounded()))" : "\(value)" }
        let scaled = Int64((value.magnitude * 1e9).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return sign + text(whole: scaled / 1_000_000_000, billionths: scaled % 1_000_000_000)
    }

    static func text(whole: Int64, billionths: Int64) -> String {
        guard billionths != 0 else { return "\(whole)" }
        let digits = "\(1_000_000_000 + billionths)".dropFirst()
        let zeros = digits.reversed().prefix { $0 == "0" }.count
        return "\(whole).\(digits.dropLast(zeros))"
    }
}
