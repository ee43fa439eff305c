// Faults as the API shows them: rules by hand, and the entries of the current run that are in force.

import Faults
package import Observation
import Scenario
import Units

/// One fault.
package struct FaultAnswer: Codable, Sendable {
    package var name: String
    /// The fault's name in the catalogue.
    package var kind: String
    /// What it acts on, in words.
    package var place: String
    /// The phase of the current run that it belongs to; none for a rule by hand.
    package var phase: String?
    /// Who gave a rule by hand.
    package var by: String?
    package var isInForce: Bool
    /// Of a rule by hand: as given, and what is left.
    package var ttlSeconds: Double?
    package var timeLeftSeconds: Double?
    package var counts: InjectionCounts

    init(_ rule: RuleStatus) {
        let fault = ServiceDirectory.Fault(rule.entry, phase: nil)
        (name, kind, place) = (rule.name, fault.kind, fault.place)
        by = rule.by.description
        isInForce = rule.isInForce
        ttlSeconds = rule.timeToLive.seconds
        timeLeftSeconds = max(0, rule.timeLeft.seconds)
        counts = rule.counts
    }

    init(_ entry: FaultEntry, _ counts: InjectionCounts) {
        let fault = ServiceDirectory.Fault(entry, phase: nil)
        (name, kind, place) = (entry.name, fault.kind, fault.place)
        phase = entry.phase
        isInForce = true
        self.counts = counts
    }
}

/// All of them.
package struct FaultsAnswer: Codable, Sendable {
    package var faults: [FaultAnswer]
}

extension ControlDesk {
    func rule(named name: String) throws(ControlError) -> RuleStatus {
        guard let rule = rules.first(where: { $0.name == name }) else {
            throw ControlError(.notFound, "there is no fault by hand called \"\(name)\"")
        }
        return rule
    }

    func answer(fault name: String) throws(ControlError) -> FaultAnswer { FaultAnswer(try rule(named: name)) }

    /// Rules by hand, then what acts for the current run.
    var faults: [FaultAnswer] {
        rules.map { FaultAnswer($0) }
            + director.entriesInForce.filter { !$0.isByHand }.map {
                FaultAnswer($0.entry, InjectionCounts($0.state.counts))
            }
    }

    /// A name for a rule that was given none: that of its fault, with a number where it is taken.
    func freeName(for entry: FaultEntry) -> String {
        let taken = Set(rules.map(\.name) + director.production.entries.names)
        if !taken.contains(entry.fault.name) { return entry.fault.name }
        let number = (2...).first { !taken.contains("\(entry.fault.name)-\($0)") } ?? 2
        return "\(entry.fault.name)-\(number)"
    }
}
