// Rules by hand, beside the entries of a run or without one. Call on the control thread; what is asked for is posted to the
// workers before the call returns.

package import Scenario
package import Units

extension Keeper {
    /// Every rule by hand, in the order in which they came.
    package var rules: [RuleStatus] { [] }

    /// Decodes a fault entry, YAML or JSON, against the services of the moment.
    package func decodeRule(_ text: String) throws(ControlError) -> FaultEntry {
        throw ControlError(.busy, "rules cannot be given yet")
    }

    /// Adds a rule that lives for `timeToLive` at most; its name must be free.
    package func addRule(_ entry: FaultEntry, ttl timeToLive: TimeSpan, by requester: Requester) throws(ControlError) {
        throw ControlError(.busy, "rules cannot be given yet")
    }

    /// Puts `entry` in the place of the rule `name`: ordinals and cohort go on, the time to live begins anew.
    package func changeRule(
        _ name: String, to entry: FaultEntry, ttl timeToLive: TimeSpan, by requester: Requester
    ) throws(ControlError) {
        throw ControlError(.busy, "rules cannot be given yet")
    }

    package func removeRule(_ name: String, by requester: Requester) throws(ControlError) {
        throw ControlError(.notFound, "there is no rule \"\(name)\"")
    }

    /// The all-clear: every rule by hand is removed, and a run that is being played is aborted.
    package func clearFaults(by requester: Requester) {}
}
