// What the decoder has to say about a file, in the form of a good compiler:
//
//     game.yaml:14:18: error: unknown service "paymnts"
//        14 |       - { service: paymnts, latency: 200ms }
//           |                    ^~~~~~~
//       help: did you mean "payments"?

/// One mistake, or one thing worth knowing, and its place.
package struct Diagnostic: Sendable, Hashable, Codable {
    package enum Severity: String, Sendable, Hashable, Codable { case error, warning }

    package var severity: Severity
    package var file: String
    package var position: Position
    package var message: String
    /// The text that is wrong, as written; empty when something is missing.
    package var offending: String
    /// What was expected, or a "did you mean".
    package var help: String?
    /// The line of the file at `position`, or a window of it where it is long; empty where there is none.
    package var excerpt: String
    /// Where in `excerpt` the caret stands, counted from 0.
    package var caret: Int

    package init(
        severity: Severity = .error, file: String, position: Position, message: String, offending: String = "",
        help: String? = nil, excerpt: String = "", caret: Int = 0
    ) {
        self.severity = severity
        self.file = file
        self.position = position
        self.message = message
        self.offending = offending
        self.help = help
        self.excerpt = excerpt
        self.caret = caret
    }

    /// A mistake that somebody else found in `text`, with its line as the decoder would show it.
    package init(file: String, position: Position, message: String, help: String?, in text: String) {
        let excerpt = SourceText(text).excerpt(at: position)
        self.init(
            file: file, position: position, message: message, help: help, excerpt: excerpt.text, caret: excerpt.caret)
    }
}

extension Diagnostic: CustomStringConvertible {
    /// The first line alone: `file:line:column: error: message`.
    package var headline: String {
        "\(file):\(position.line):\(position.column): \(severity.rawValue): \(message)"
    }

    /// Headline, source line with a caret, help.
    package var description: String {
        var lines = [headline]
        if !excerpt.isEmpty { lines += underlined }
        if let help { lines.append("  help: \(help)") }
        return lines.joined(separator: "\n")
    }

    private var underlined: [String] {
        let number = "\(position.line)"
        let gutter = String(repeating: " ", count: max(0, 5 - number.count))
        let tail = min(offending.unicodeScalars.count, excerpt.unicodeScalars.count - caret) - 1
        let marks = "^" + String(repeating: "~", count: max(0, tail))
        return [
            "\(gutter)\(number) | \(excerpt)",
            "      | \(String(repeating: " ", count: caret))\(marks)",
        ]
    }
}
