// Figures as a plan prints them: three digits are enough for what is expected.

import Foundation
import Scenario
import Units

/// Numbers for people.
enum Figures {
    /// `1h4m`, `2.5s`, `897ms`: three digits.
    static func time(_ span: TimeSpan) -> String {
        let seconds = span.seconds
        switch abs(seconds) {
        case 0: return "0s"
        case 60...: return whole(span)
        case 1...: return digits(seconds) + "s"
        case 0.001...: return digits(seconds * 1e3) + "ms"
        case 0.000_001...: return digits(seconds * 1e6) + "us"
        default: return digits(seconds * 1e9) + "ns"
        }
    }

    /// `99.95%`: all digits that say something, for what is just under 100 %.
    static func share(_ fraction: Double) -> String {
        let text = String(format: "%.6f", fraction * 100).reversed().drop { $0 == "0" }
        return String((text.first == "." ? text.dropFirst() : text).reversed()) + "%"
    }

    static func percentage(_ fraction: Double) -> String { digits(fraction * 100) + "%" }

    /// `12,300`: three digits that say something.
    static func count(_ value: Double) -> String {
        if value < 9.5 { return digits((value * 10).rounded() / 10) }
        let step = pow(10, max(0, log10(value).rounded(.down) - 2))
        var text = ""
        for (index, digit) in String(format: "%.0f", (value / step).rounded() * step).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text = "," + text }
            text = String(digit) + text
        }
        return text
    }

    /// Three significant digits, no trailing zeros.
    static func digits(_ value: Double) -> String {
        if abs(value) >= 100 { return String(format: "%.0f", value) }
        let places = abs(value) >= 10 ? 1 : abs(value) >= 1 ? 2 : 3
        let text = String(format: "%.\(places)f", value)
        guard text.contains(".") else { return text }
        let trimmed = text.reversed().drop { $0 == "0" }
        return String((trimmed.first == "." ? trimmed.dropFirst() : trimmed).reversed())
    }

    /// Two units at most: `1h4m`, `12m30s`.
    private static func whole(_ span: TimeSpan) -> String {
        let step = abs(span.seconds) >= 7_200 ? 60.0 : 1
        let rounded = TimeSpan(seconds: (span.seconds / step).rounded() * step)
        return rounded.description
    }

    static func address(_ address: NetworkAddress) -> String {
        switch address {
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
