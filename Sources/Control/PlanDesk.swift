// What outlives a director: the services that are open, the rules by hand, and the plan that the workers follow. One run
// comes after another; all of them work at this desk.

/// The state from which plans are made.
package final class PlanDesk {
    package internal(set) var services: ServiceSet
    package internal(set) var rules = HandRules()
    /// Rules by hand draw from it, whatever runs come and go.
    package let seed: UInt64
    /// Of the last plan that was posted.
    package internal(set) var version: UInt64 = 0
    var history = PlanHistory()
    var posted: PlanDraft?
    /// The services for which `posted` was made.
    var postedRevision = 0
    /// What became of plans so far; see `Stage.droppedPlans`.
    var knownDroppedPlans = 0

    package init(_ services: ServiceSet, seed: UInt64 = 0) {
        self.services = services
        self.seed = seed
    }

    /// Nothing acts, nothing is to act, and the workers know.
    func isSettled(_ request: PlanRequest, droppedPlans: Int) -> Bool {
        guard request.live.isEmpty, droppedPlans == knownDroppedPlans else { return false }
        guard let posted else { return request.phase == .max }
        return posted.inForce.isEmpty && posted.phase == request.phase && posted.expires == request.expires
    }
}
