// Whether a run may take what it is going to take of an error budget (CALLER-XRAY.md, 9).

package import Scenario

/// May it go ahead?
package enum BudgetDecision: String, Sendable, Hashable, Comparable, CaseIterable {
    case go = "GO"
    case hold = "HOLD"
    case noGo = "NO-GO"

    /// A run that takes so many times what was forecast is still to be within bounds, else it is on hold.
    package static let margin = 1.5

    /// For a run that takes `consumed` of the budget of a whole period. What the objective does not say is the most it can
    /// be: all of the budget remains, all of it may be taken, nothing must be left.
    package init(consumed: Double, _ objective: ServiceObjective) {
        self = Self.exceeds(consumed, objective) ? .noGo : Self.exceeds(Self.margin * consumed, objective) ? .hold : .go
    }

    package static func < (left: BudgetDecision, right: BudgetDecision) -> Bool { left.severity < right.severity }

    private var severity: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    private static func exceeds(_ consumed: Double, _ objective: ServiceObjective) -> Bool {
        consumed > objective.allowance ?? 1 || (objective.remaining ?? 1) - consumed < objective.reserve ?? 0
    }
}
