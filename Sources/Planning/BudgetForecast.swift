// What a scenario will take of a service's error budget, before it does (CALLER-XRAY.md, 9):
//
//     C = sum over the timeline of  p_bad x d / (E x P)  x (1 + M)      E = 1 - target, P = the period
//
// p_bad = 1 - product of (1 - s_i P_i) over the entries in force, at evenly spaced moments between one beginning or end of
// an entry and the next. Traffic is taken as even (its rate of now is its mean rate). Where P_i depends on what nobody
// knows, both ends of what it can be are carried along, and a decision that differs between them is HOLD.

package import Faults
package import Scenario
package import Units

/// What is known beyond the file.
package struct BudgetKnowledge: Sendable, Hashable {
    /// What the dependency takes without a fault.
    package var baseline: TimeSpan?
    /// How long the caller is bad after the fault, as a multiple of the fault: the last one measured.
    package var recoveryMultiplier = 1.0
    /// By service: what is left of its budget, for whoever knows better than the file.
    package var remaining: [String: Double] = [:]

    package init() {}
}

/// The forecast for one service with an `slo`.
package struct BudgetForecast: Sendable {
    package let service: String
    /// With what is left as it was told last.
    package let objective: ServiceObjective
    /// Requests that the run will see, and how many of them will be bad, the recovery's included.
    package let requests: Double
    package let bad: ClosedRange<Double>
    /// The share of the budget of a whole period that is taken, in the time that really passes.
    package let spent: ClosedRange<Double>
    /// The same if the period passed as fast as the script; equal at a speed of 1.
    package let scaled: ClosedRange<Double>

    private static let samples = 16

    /// nil: the service has no objective. `file` is as written, whatever the speed.
    package init?(
        _ service: Service, in file: ScenarioFile, assuming: Assumptions, knowing: BudgetKnowledge
    ) throws(FaultError) {
        guard var objective = service.slo, let good = try? GoodExchange(text: objective.good) else { return nil }
        objective.remaining = knowing.remaining[service.name] ?? objective.remaining
        self.service = service.name
        self.objective = objective
        let question = ObjectiveForecast(good: good, baseline: knowing.baseline)
        let acts = try Self.acts(on: service, in: file)
        let seconds =
            Self.badSeconds(acts, question, rate: assuming.requestsPerSecond) * (1 + knowing.recoveryMultiplier)
        let budget = (1 - objective.target) * objective.period.seconds
        scaled = seconds / budget
        spent = seconds / (budget * assuming.speed)
        requests = file.length.seconds / assuming.speed * assuming.requestsPerSecond
        bad = seconds * (assuming.requestsPerSecond / assuming.speed)
    }

    /// What may be done; HOLD also where what is not known makes the difference.
    package var decision: BudgetDecision {
        let (least, most) = ends
        return least == most ? most : least == .noGo ? .noGo : .hold
    }

    /// Whether a baseline, or traffic that is measured, would decide.
    package var isUncertain: Bool { ends.least != ends.most }

    private var ends: (least: BudgetDecision, most: BudgetDecision) {
        (
            BudgetDecision(consumed: spent.lowerBound, objective),
            BudgetDecision(consumed: spent.upperBound, objective)
        )
    }
}

// MARK: - Bad time

extension BudgetForecast {
    /// One pass of an entry, compiled for the service.
    private struct Act {
        let rule: Rule
        let placement: Schedule.Placement
    }

    private static func acts(on service: Service, in file: ScenarioFile) throws(FaultError) -> [Act] {
        var acts: [Act] = []
        for lane in Schedule(file.timeline).lanes {
            for placement in lane.placements where Rule.concerns(placement.entry, service) {
                let rule = try Rule(
                    entry: placement.entry, index: 0, service: service, state: EntryState(name: lane.name), seed: 0,
                    clock: RuleClock(began: .zero, length: placement.length), zones: file.zones)
                acts.append(Act(rule: rule, placement: placement))
            }
        }
        return acts
    }

    /// Seconds of the script during which exchanges are bad, weighed with how many are.
    private static func badSeconds(
        _ acts: [Act], _ question: ObjectiveForecast, rate: Double
    ) -> ClosedRange<Double> {
        let edges = Set(acts.flatMap { [$0.placement.start, $0.placement.end] }).sorted()
        var sum = 0.0...0.0
        for (start, end) in zip(edges, edges.dropFirst()) {
            let live = acts.filter { $0.placement.start <= start && $0.placement.end >= end }
            if live.isEmpty { continue }
            let step = (end - start) / Double(samples)
            for sample in 0..<samples {
                let bad = chance(live, question, rate, at: start + step * (Double(sample) + 0.5))
                sum = sum.lowerBound + bad.lowerBound * step.seconds...sum.upperBound + bad.upperBound * step.seconds
            }
        }
        return sum
    }

    private static func chance(
        _ live: [Act], _ question: ObjectiveForecast, _ rate: Double, at time: TimeSpan
    ) -> ClosedRange<Double> {
        var (good, best) = (1.0, 1.0)
        for act in live {
            let bad = act.rule.impliedBad(question, requestsPerSecond: rate, at: time - act.placement.start)
            good *= 1 - bad.upperBound
            best *= 1 - bad.lowerBound
        }
        return 1 - best...1 - good
    }
}

extension ScenarioFile {
    /// Of its timeline, as written.
    fileprivate var length: TimeSpan { Schedule(timeline).length }

    /// A forecast for every service with an `slo`.
    package func budgetForecasts(
        assuming: Assumptions, knowing: BudgetKnowledge
    ) throws(FaultError) -> [BudgetForecast] {
        var forecasts: [BudgetForecast] = []
        for service in services {
            if let forecast = try BudgetForecast(service, in: self, assuming: assuming, knowing: knowing) {
                forecasts.append(forecast)
            }
        }
        return forecasts
    }
}

extension ClosedRange<Double> {
    fileprivate static func * (range: Self, factor: Double) -> Self {
        range.lowerBound * factor...range.upperBound * factor
    }

    fileprivate static func / (range: Self, divisor: Double) -> Self { range * (1 / divisor) }
}
