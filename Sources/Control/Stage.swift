// What the director acts on and looks at: a running proxy, or a test's stand-in for one.

package import Faults
package import Observation
package import Proxy
package import Scenario
package import Units

/// The director's hands and eyes.
package protocol Stage: AnyObject {
    /// The workers follow `plan` from now on.
    func post(_ plan: Plan)
    /// The control thread is alive until then, at least.
    func renewLease(until deadline: Instant)
    /// How many times workers dropped their plan by themselves, because its lease or its time was over.
    var droppedPlans: Int { get }
    /// Services or rules by hand have come, changed or gone.
    func followDesk()
    /// Takes in what happened since the last call.
    func collect(at now: Instant)
    /// Traffic as conditions see it; darkness and phases are the director's own.
    var traffic: any ConditionSource { get }
    /// A service's time to first byte under no fault; nil: not enough of it yet.
    func baseline(service: Int) -> Baseline?
    /// Whether the dependency's own times may be taken for a baseline: no fault is in force.
    func note(isQuiet: Bool, service: Int)
    /// The number that records bear while these phases (by number) are live.
    func recordNumber(ofPhases phases: [Int]) -> UInt16
}

/// Told of everything that happens, on the control thread.
package protocol RunAudience: AnyObject {
    func happened(_ event: JournalEvent, at now: Instant)
    /// The run is over, its faults are cleared.
    func ended(_ ending: RunEnding, at now: Instant)
    /// The director has looked at everything; called at least every 50 ms.
    func ticked(at now: Instant)
}

/// Conditions with the director's knowledge added.
struct DirectedConditions: ConditionSource {
    let traffic: any ConditionSource
    let darkZones: Set<String>
    let cursor: TimelineCursor?

    func measure(_ metric: Metric, window: TimeSpan?, connections: Comparison.ConnectionAge?) -> Measurement? {
        traffic.measure(metric, window: window, connections: connections)
    }

    func isDark(zone: String) -> Bool { darkZones.contains(zone) }
    func isOver(phase: String) -> Bool { cursor?.isOver(phase: phase) ?? false }
}

extension Condition {
    /// What was measured, where this was asked: `payments.success == 91.2% over 10s`.
    func measured(_ source: some ConditionSource, window: TimeSpan) -> String {
        comparisons.map { comparison in
            let value = source.measure(
                comparison.metric, window: comparison.window ?? window, connections: comparison.connections)
            guard let value else { return "\(comparison.metric) unknown" }
            var found = comparison
            (found.comparator, found.quantity) = (.equal, value.value)
            return found.description
        }.joined(separator: ", ")
    }
}
