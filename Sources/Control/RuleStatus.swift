// How a rule by hand stands, as a value.

package import Observation
package import Scenario
package import Units

/// A look at one rule.
package struct RuleStatus: Sendable, Hashable {
    package var name: String
    package var entry: FaultEntry
    /// Who gave it.
    package var by: Requester
    /// As given, and what is left of it.
    package var timeToLive: TimeSpan
    package var timeLeft: TimeSpan
    /// Whether it acts now: its `after` is over, its `for` is not, its `when` holds.
    package var isInForce: Bool
    package var counts: InjectionCounts

    package static func == (left: RuleStatus, right: RuleStatus) -> Bool {
        left.name == right.name && left.timeLeft == right.timeLeft && left.counts == right.counts
            && left.isInForce == right.isInForce
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
