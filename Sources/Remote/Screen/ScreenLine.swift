// A line of a screen: words with a style each, as wide as the terminal and never wider, whatever the words hold.

package import Observation

/// How words look where there is colour.
package enum ScreenStyle: Sendable, Hashable {
    case plain, bold, dim, inverse, good, warning, bad, accent

    /// Select Graphic Rendition (ECMA-48).
    var code: String {
        switch self {
        case .plain: "0"
        case .bold: "1"
        case .dim: "2"
        case .inverse: "7"
        case .good: "32"
        case .warning: "33"
        case .bad: "1;31"
        case .accent: "36"
        }
    }
}

/// Words from the left edge, and words up to the right one.
package struct ScreenLine: Sendable, Hashable {
    package struct Words: Sendable, Hashable {
        package var text: String
        package var style: ScreenStyle
    }

    package private(set) var left: [Words] = []
    package private(set) var right: [Words] = []

    package init(_ text: String = "", _ style: ScreenStyle = .plain) {
        add(text, style)
    }

    /// Control characters are shown as such: a name must not move our cursor.
    package mutating func add(_ text: String, _ style: ScreenStyle = .plain) {
        if !text.isEmpty { left.append(Words(text: Self.visible(text), style: style)) }
    }

    package mutating func addRight(_ text: String, _ style: ScreenStyle = .plain) {
        if !text.isEmpty { right.append(Words(text: Self.visible(text), style: style)) }
    }

    private static func visible(_ text: String) -> String {
        let isTame = text.unicodeScalars.allSatisfy { !isControl($0) }
        return isTame
            ? text : String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "\u{FFFD}" : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
    }

    /// In `width` columns; the right part gives way where both do not fit.
    package func text(width: Int, ink: Ink) -> String {
        let leftLength = left.map(\.text.count).reduce(0, +)
        let rightLength = right.map(\.text.count).reduce(0, +)
        guard !right.isEmpty, leftLength + rightLength < width else { return Self.painted(left, width, ink) }
        let gap = String(repeating: " ", count: width - leftLength - rightLength)
        return Self.painted(left, width, ink) + gap + Self.painted(right, width, ink)
    }

    private static func painted(_ words: [Words], _ width: Int, _ ink: Ink) -> String {
        var text = ""
        var room = width
        for word in words where room > 0 {
            let cut = word.text.cut(to: room)
            room -= cut.count
            text += word.style == .plain ? cut : ink.paint(cut, word.style.code)
        }
        return text
    }
}

extension String {
    /// In a column of `width`, from its left edge.
    func padded(_ width: Int) -> String {
        let cut = cut(to: width)
        return cut + String(repeating: " ", count: width - cut.count)
    }

    /// In a column of `width`, up to its right edge.
    func padded(left width: Int) -> String {
        let cut = cut(to: width)
        return String(repeating: " ", count: width - cut.count) + cut
    }
}
