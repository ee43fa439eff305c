// Figures as a reader takes them in.

import Units

extension BinaryInteger {
    /// 1,234,567.
    package var grouped: String {
        let digits = String(describing: magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return self < 0 ? "-" + text : text
    }
}

extension Double {
    /// With so many decimals, rounded.
    func text(decimals: Int) -> String {
        let scale = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
        let units = Int64((magnitude * scale).rounded())
        let sign = self < 0 && units > 0 ? "-" : ""
        guard decimals > 0 else { return sign + units.grouped }
        let fraction = String(units % Int64(scale))
        let padding = String(repeating: "0", count: decimals - fraction.count)
        return sign + (units / Int64(scale)).grouped + "." + padding + fraction
    }

    /// A share as 99.9 %; 100 % and 0 % are said only when they are exact.
    package var asShare: String {
        if self == 1 { return "100%" }
        if self == 0 { return "0%" }
        let tenths = (self * 1_000).rounded()
        return (Swift.min(Swift.max(tenths, 1), 999) / 10).text(decimals: 1) + "%"
    }

    /// Seconds as 912ms or 7.94s.
    package var asSpan: String { TimeSpan(seconds: self).brief }

    /// Occurrences per second.
    package var asRate: String { text(decimals: self < 10 && self != rounded() ? 1 : 0) + "/s" }
}

extension String {
    /// `expectation`, `expectations`.
    func plural(_ count: Int) -> String { count == 1 ? self : self + "s" }
}
