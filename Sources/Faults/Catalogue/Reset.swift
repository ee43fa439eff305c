// reset: RST to both sides, for existing, idle and new connections alike, as `connections:` selects. A time counts from
// the connection's birth or from the moment when the entry went live, whichever came later; bytes count from the moment
// when the order reaches the connection.

package import Scenario
import Units

/// `reset: {after: 0s / 64KiB}`.
package struct Reset: Sendable {
    package static let declaration = FaultDeclaration(
        name: "reset", levels: [.connection],
        summary: "Connections are cut with RST, on both sides.",
        attributes: [
            AttributeDeclaration(
                name: "after", shape: .extent, defaultText: "0s", mayMove: true,
                help: "a time, or bytes in the direction of `direction`")
        ],
        shorthand: "after", actsBeforeResponse: { _ in true }, validate: problems)

    private enum After: Sendable {
        case time(Magnitude)
        case bytes(Magnitude)
    }

    private let after: After

    init(_ value: FaultValue) {
        switch value["after"] {
        case .extent(.time(let time)): after = .time(Magnitude(time))
        case .extent(.bytes(let bytes)): after = .bytes(Magnitude(bytes))
        default: after = .time(Magnitude(0))
        }
    }

    func order(_ moment: Moment, _ connection: ConnectionFacts) -> ResetOrder {
        var order = ResetOrder(entry: moment.entry, direction: moment.direction)
        switch after {
        case .time(let time):
            order.at = max(connection.born, moment.clock.wentLive) + TimeSpan(seconds: max(moment.value(time), 0))
        case .bytes(let bytes): order.afterBytes = wholeCount(moment.value(bytes))
        }
        return order
    }

    private static func problems(_ value: FaultValue) -> [FaultProblem] {
        switch value["after"] {
        case .extent(.time(let moving)), .extent(.bytes(let moving)):
            moving.bounds.lowerBound < 0
                ? [FaultProblem(attribute: "after", message: "a reset cannot come before 0s or 0B")] : []
        default: []
        }
    }
}

extension ResetOrder {
    /// The one that comes first: of two times the earlier, else the first in file order.
    static func earlier(_ left: ResetOrder?, _ right: ResetOrder) -> ResetOrder {
        guard let left else { return right }
        guard let first = left.at, let second = right.at else { return left }
        return second < first ? right : left
    }
}
