// Why a text is not a quantity, in words that a user can act on.

/// A text that is not the quantity it should be.
package struct QuantityError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong: `"200" has no unit`.
    package let message: String
    /// What to write instead: `200ms`; nil where nothing is likely.
    package let suggestion: String?

    package init(_ message: String, suggestion: String? = nil) {
        self.message = message
        self.suggestion = suggestion
    }

    package var description: String {
        suggestion.map { "\(message); did you mean \($0)?" } ?? message
    }
}
