// lose_response: the dependency does the work and the caller never hears of it. The exchange is where retries turn into
// duplicates. On open connections it acts from the next exchange on; idle ones are untouched until they carry one.

package import Scenario

/// `lose_response: {then: close / reset / hang}`.
package struct LoseResponse: Sendable, Hashable {
    package static let declaration = FaultDeclaration(
        name: "lose_response", levels: [.exchange],
        summary: "The dependency executes, the caller never hears.",
        attributes: [
            AttributeDeclaration(
                name: "then", shape: .word(["close", "reset", "hang"]), defaultText: "close",
                help: "what the caller sees in place of the response")
        ],
        shorthand: "then", isTerminal: true)

    package let ending: Ending

    init(_ value: FaultValue) {
        ending = value.word("then") ?? .close
    }
}
