// Rules by hand, beside the entries of a run or without one. Call on the control thread; what is asked for is posted to the
// workers before the call returns, and acts on new, open and idle connections at their next turn.

import EventLoop
import Faults
import Observation
package import Scenario
package import Units

extension Keeper {
    /// Every rule by hand, in the order in which they came.
    package var rules: [RuleStatus] { desk.rules.rules.map(status) }

    /// The rule called `name`.
    package func rule(_ name: String) -> RuleStatus? { desk.rules[name].map(status) }

    /// Adds a rule that lives for `timeToLive` at most; its name must be free, among those of a run that is played, too.
    package func addRule(_ entry: FaultEntry, ttl timeToLive: TimeSpan, by requester: Requester) throws(ControlError) {
        guard !takenNames.contains(entry.name) else {
            throw ControlError(.conflict, "there is a rule \"\(entry.name)\" already")
        }
        guard !desk.rules.isFull else { throw ControlError(.busy, "there are too many rules") }
        try check(entry, timeToLive)
        desk.rules.add(entry, timeToLive: timeToLive, by: requester, at: loop.now)
        director.replan()
        tell(.ruleAdded, entry.name, words(entry, timeToLive), by: requester)
    }

    /// Puts `entry` in the place of the rule `name`: ordinals and cohort go on, the time to live begins anew.
    package func changeRule(
        _ name: String, to entry: FaultEntry, ttl timeToLive: TimeSpan, by requester: Requester
    ) throws(ControlError) {
        try requireRule(name)
        guard entry.name == name else { throw ControlError(.invalid, "a rule keeps its name") }
        try check(entry, timeToLive)
        desk.rules.change(name, to: entry, timeToLive: timeToLive, by: requester, at: loop.now)
        director.replan()
        tell(.ruleChanged, name, words(entry, timeToLive), by: requester)
    }

    package func removeRule(_ name: String, by requester: Requester) throws(ControlError) {
        try requireRule(name)
        desk.rules.remove(name)
        director.replan()
        tell(.ruleRemoved, name, nil, by: requester)
    }

    /// The all-clear: every rule by hand is removed, and a run that is being played (or waits for its steady state) is
    /// stopped, so that nothing of it comes back.
    package func clearFaults(by requester: Requester) {
        desk.rules.removeAll()
        if director.state != .idle { director.end(.stopped) }
        director.replan()
        tell(.faultsCleared, nil, nil, by: requester)
    }

    // MARK: Checks

    private func requireRule(_ name: String) throws(ControlError) {
        guard desk.rules[name] != nil else { throw ControlError(.notFound, "there is no rule \"\(name)\"") }
    }

    private static let longestTimeToLive = TimeSpan.seconds(366 * 86_400)

    private func check(_ entry: FaultEntry, _ timeToLive: TimeSpan) throws(ControlError) {
        guard timeToLive >= .milliseconds(1), timeToLive <= Self.longestTimeToLive else {
            throw ControlError(.invalid, "a time to live is between 1ms and 366d")
        }
        guard entry.after < timeToLive else {
            throw ControlError(.invalid, "\"\(entry.name)\" would begin after its time to live is over")
        }
        if let problem = PlanBuilder.problems(of: [entry], in: kept.map(\.service), callers: desk.services.callers)
            .first
        {
            throw ControlError(
                .invalid, problem.message,
                diagnostics: [Diagnostic(file: "rule", position: problem.position, message: problem.message)])
        }
        try checkProtection(entry)
    }

    /// What is protected by more than its address cannot be told from the rest when connections are cut.
    private func checkProtection(_ entry: FaultEntry) throws(ControlError) {
        guard director.production.file.limits.protect.contains(where: \.needsExchange),
            let levels = Catalogue.standard[entry.fault.name]?.levels, levels.isDisjoint(with: [.exchange, .stream])
        else { return }
        throw ControlError(
            .invalid, "\(entry.fault.name) acts on connections, from which `limits.protect` cannot shield exchanges")
    }

    // MARK: Names

    /// Of rules by hand, and of the entries of a run that is not over.
    private var takenNames: Set<String> {
        let isRunning = director.state != .idle && !director.isOver
        return Set(desk.rules.rules.map(\.entry.name)).union(isRunning ? director.production.entries.names : [])
    }

    private func words(_ entry: FaultEntry, _ timeToLive: TimeSpan) -> String {
        "\(entry.fault.name) for \(timeToLive)"
    }

    private func status(_ rule: HandRule) -> RuleStatus {
        RuleStatus(
            name: rule.entry.name, entry: rule.entry, by: rule.by, timeToLive: rule.timeToLive,
            timeLeft: max(.zero, rule.expires - loop.now),
            isInForce: desk.posted?.inForce.contains(rule.number) ?? false,
            counts: InjectionCounts(rule.state.counts))
    }
}
