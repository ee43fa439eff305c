// lifetime: connections are closed at an age, as load balancers and servers do that limit it. The age counts from the accept,
// so those that are older already are closed when the fault goes live, idle ones too: a pool that hands out a connection
// without looking finds it gone. A tcp connection is closed wherever it stands; on http an exchange under way is finished
// first, and nothing announces the close (for a cut in mid-air there is `reset`). When it ends, who has not reached the age
// lives on.

package import Scenario
package import Units

/// `lifetime: {max}`.
package struct Lifetime: Sendable {
    package static let declaration = FaultDeclaration(
        name: "lifetime", levels: [.connection],
        summary: "Connections are closed at an age.",
        attributes: [
            AttributeDeclaration(
                name: "max", shape: .duration, isRequired: true, range: 0...31_536_000, mayMove: true,
                help: "the age, counted from when the connection was accepted")
        ],
        shorthand: "max", actsBeforeResponse: { _ in true })

    private let most: Magnitude

    init(_ value: FaultValue) {
        most = value.magnitude("max") ?? Magnitude(0)
    }

    func order(_ moment: Moment, _ connection: ConnectionFacts) -> LifetimeOrder {
        LifetimeOrder(entry: moment.entry, at: connection.born + TimeSpan(seconds: max(moment.value(most), 0)))
    }
}

/// Close the connection at this instant.
package struct LifetimeOrder: Sendable, Hashable, BitwiseCopyable {
    package var entry: UInt16
    package var at: Instant

    /// The one that comes first.
    static func earlier(_ left: LifetimeOrder?, _ right: LifetimeOrder) -> LifetimeOrder {
        guard let left, left.at <= right.at else { return right }
        return left
    }
}
