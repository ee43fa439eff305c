// What a control operation answers when it cannot be done: a kind that every front door turns into its own status, a
// sentence for people, and the decoder's diagnostics where something written was wrong.

package import Scenario

/// Why an operation was refused. Nothing has changed, unless the message says what has.
package struct ControlError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: String, Sendable, Hashable {
        /// There is nothing of that name.
        case notFound
        /// The name is taken, or the moment is wrong.
        case conflict
        /// What was given cannot be.
        case invalid
        /// For now; the same may work later.
        case busy
        /// The system refused: an address in use, no descriptor left.
        case failed
    }

    package let kind: Kind
    package let message: String
    package let diagnostics: [Diagnostic]
    /// What failed, where `message` says what followed from it, too.
    package let cause: String?

    package init(_ kind: Kind, _ message: String, diagnostics: [Diagnostic] = [], cause: String? = nil) {
        self.kind = kind
        self.message = message
        self.diagnostics = diagnostics
        self.cause = cause
    }

    package var description: String { message }
}
