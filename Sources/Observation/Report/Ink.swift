// Colour for terminals, where it is wanted; plain text where not.

/// Paints words, or leaves them.
package struct Ink: Sendable {
    let isColoured: Bool

    package init(isColoured: Bool) {
        self.isColoured = isColoured
    }

    func bold(_ text: String) -> String { paint(text, "1") }
    func dim(_ text: String) -> String { paint(text, "2") }

    /// In the colour of a verdict.
    func verdict(_ verdict: Verdict, _ text: String) -> String {
        switch verdict {
        case .pass: paint(text, "32")
        case .fail: paint(text, "31")
        case .inconclusive: paint(text, "33")
        }
    }

    /// In a style by its code of ECMA-48.
    package func paint(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

extension Verdict {
    var mark: String {
        switch self {
        case .pass: "✓"
        case .fail: "✗"
        case .inconclusive: "?"
        }
    }
}
