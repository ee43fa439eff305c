// The forecast of error budgets in words: for a plan, and for a run that is refused.

import Scenario
import Units

/// Renders forecasts.
package struct BudgetText {
    let forecasts: [BudgetForecast]
    let assuming: Assumptions
    let knowing: BudgetKnowledge

    package init(_ forecasts: [BudgetForecast], assuming: Assumptions, knowing: BudgetKnowledge) {
        self.forecasts = forecasts
        self.assuming = assuming
        self.knowing = knowing
    }

    /// The worst of them; nil without any.
    package var decision: BudgetDecision? { forecasts.map(\.decision).max() }

    var lines: [String] {
        guard !forecasts.isEmpty else { return ["Error budget: no slo given."] }
        return ["Error budget, if the caller recovers in \(recovery)"] + forecasts.flatMap(lines)
    }

    /// One line per service that may not go ahead.
    package var objections: [String] {
        forecasts.filter { $0.decision != .go }.map { "\($0.decision.rawValue): \($0.service) \(sentence($0))" }
    }

    private var recovery: String {
        let times = Figures.digits(knowing.recoveryMultiplier)
        return knowing.recoveryMultiplier == 1
            ? "as long as the fault lasts" : "\(times) times as long as the fault lasts"
    }

    private func lines(_ forecast: BudgetForecast) -> [String] {
        Columns.wrapped("\(forecast.service), \(promise(forecast.objective))", 78).map { "  " + $0 }
            + Columns.labelled("takes", takes(forecast), indent: 4)
            + Columns.labelled("left", left(forecast.objective), indent: 4)
            + Columns.labelled("so", "\(forecast.decision.rawValue): \(reason(forecast))", indent: 4)
    }

    private func promise(_ objective: ServiceObjective) -> String {
        "\(Figures.share(objective.target)) good in \(objective.period): \(objective.good)"
    }

    private func takes(_ forecast: BudgetForecast) -> String {
        let bad = words(forecast.bad, Figures.count)
        let scaled =
            assuming.speed == 1 ? "" : ", or \(words(forecast.scaled, Figures.percentage)) of one as fast as the script"
        return "\(words(forecast.spent, Figures.percentage)) of the budget\(scaled): \(bad) bad requests of "
            + "\(Figures.count(forecast.requests)) and the recovery's"
    }

    private func left(_ objective: ServiceObjective) -> String {
        var parts = [objective.remaining.map { Figures.percentage($0) } ?? "all, as nothing else is said (remaining)"]
        if let allowance = objective.allowance { parts.append("a run may take \(Figures.percentage(allowance))") }
        if let reserve = objective.reserve { parts.append("\(Figures.percentage(reserve)) must be left") }
        return parts.joined(separator: "; ")
    }

    private func reason(_ forecast: BudgetForecast) -> String {
        if forecast.isUncertain && forecast.decision == .hold {
            return knowing.baseline == nil
                ? "what the dependency takes by itself decides; say it with --baseline"
                : "how much of the traffic the faults meet decides; nobody knows it before the run"
        }
        return switch forecast.decision {
        case .go: "within bounds, and would be with half as much again"
        case .hold: "within bounds, but not with half as much again"
        case .noGo: "out of bounds"
        }
    }

    private func sentence(_ forecast: BudgetForecast) -> String {
        "would take \(words(forecast.spent, Figures.percentage)) of its error budget; left: \(left(forecast.objective)); "
            + reason(forecast)
    }

    private func words(_ range: ClosedRange<Double>, _ text: (Double) -> String) -> String {
        let (least, most) = (text(range.lowerBound), text(range.upperBound))
        return least == most ? least : "\(least) to \(most)"
    }
}
