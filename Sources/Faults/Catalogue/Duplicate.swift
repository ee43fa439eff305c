// duplicate: the request reaches the dependency more than once, as retries of proxies and message brokers make it. Each
// copy has a connection of its own, its answer is read and dropped; the caller sees one. Copies leave with the original,
// so a body streams to all of them; a copy whose dependency does not keep up is given up and counted as inapplicable. It acts
// from the next exchange on, whether the caller's connection is new, open or idle.

package import Scenario

/// `duplicate: {times: 2}`.
package struct Duplicate: Sendable, Hashable {
    package static let declaration = FaultDeclaration(
        name: "duplicate", levels: [.exchange],
        summary: "The request reaches the dependency more than once.",
        attributes: [
            AttributeDeclaration(
                name: "times", shape: .integer, defaultText: "2", range: 2...100,
                help: "how often it arrives in all; the caller sees one answer")
        ],
        shorthand: "times", actsBeforeResponse: { _ in true })

    /// Beside the original.
    package let copies: Int

    init(_ value: FaultValue) {
        copies = Int(wholeCount(value.moving("times")?.bounds.lowerBound ?? 2)) - 1
    }
}
