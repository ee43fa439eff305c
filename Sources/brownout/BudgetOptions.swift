// What is known of error budgets beyond the file, for `plan` and `run`.

import ArgumentParser
import Control
import Faults
import Planning
import Scenario
import Units

struct BudgetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What the dependency takes without a fault; without it the forecast is a range.", valueName: "duration"),
        transform: { try TimeSpan(text: $0) })
    var baseline: TimeSpan?

    @Option(
        help: ArgumentHelp(
            "How long the caller is bad after a fault, in lengths of the fault.", valueName: "times"))
    var recovery = 1.0

    @Option(
        help: ArgumentHelp(
            "What is left of a service's error budget; may be given several times.", valueName: "service=percentage"),
        transform: Self.remaining)
    var remaining: [(service: String, share: Double)] = []

    func validate() throws {
        guard (0...1_000).contains(recovery) else { throw ValidationError("--recovery must be 0 to 1000") }
    }

    /// A name that is no service with an `slo` is a mistake.
    func knowledge(of file: ScenarioFile) throws -> BudgetKnowledge {
        var knowledge = BudgetKnowledge()
        knowledge.baseline = baseline
        knowledge.recoveryMultiplier = recovery
        for (service, share) in remaining {
            guard file.services.contains(where: { $0.name == service && $0.slo != nil }) else {
                throw ValidationError("--remaining: there is no service \(service) with an slo in this file")
            }
            knowledge.remaining[service] = share
        }
        return knowledge
    }

    private static func remaining(_ text: String) throws -> (service: String, share: Double) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let share = try? Percentage(text: parts[1]), share.fraction <= 1 else {
            throw ValidationError("\"\(text)\" is not SERVICE=PERCENTAGE, such as payments=62%")
        }
        return (parts[0], share.fraction)
    }
}

/// What a run does about a forecast of HOLD.
enum HoldChoice: String, ExpressibleByArgument, CaseIterable {
    case stop, go
}

extension RunCommand {
    /// Lets a scenario pass whose forecast is GO, or is overruled; else says why not, and ends with 3 or 4. What was
    /// overruled comes back, to be recorded.
    func overruled(_ file: ScenarioFile, _ session: Session) throws -> [String] {
        let assuming = Assumptions(speed: playing.speed)
        let knowing = try budget.knowledge(of: file)
        let forecasts = try session.orFail { () throws(FaultError) in
            try file.budgetForecasts(assuming: assuming, knowing: knowing)
        }
        let text = BudgetText(forecasts, assuming: assuming, knowing: knowing)
        guard let decision = text.decision, decision != .go else { return [] }
        let objections = text.objections.map { "error budget: \($0)" }
        if playing.force || (decision == .hold && hold == .go) {
            return objections.map { "\($0); overruled by \(playing.force ? "--force" : "--hold=go")" }
        }
        for objection in objections { session.console.complain("brownout: not started: \(objection)") }
        session.console.complain(
            decision == .hold ? "--hold=go plays it all the same" : "--force plays it all the same")
        throw session.ended(decision == .hold ? RunExit.held : RunExit.refused)
    }
}
