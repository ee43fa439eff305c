// What one pass of a fault entry means for one service: its phrase, the percentiles it implies, and how much it is
// expected to harm at an assumed rate. Where nothing can be expected honestly (connections are not requests; who fails
// over is not known) it says so instead of a number.

package import Faults
package import Scenario
import Units

/// What traffic a plan assumes.
package struct Assumptions: Sendable, Hashable {
    /// Per service.
    package var requestsPerSecond: Double
    /// Script time per wall time.
    package var speed: Double

    package init(requestsPerSecond: Double = 50, speed: Double = 1) {
        self.requestsPerSecond = requestsPerSecond
        self.speed = speed
    }
}

/// The forecast for one entry on one service.
package struct EntryForecast: Sendable {
    package enum Harm: Sendable, Hashable {
        /// Harmed of so many that the entry speaks of, and the chance that none is.
        case expected(harmed: Double, of: Double, neverBites: Double)
        /// No number, and why.
        case unknown(String)
    }

    package let phrase: String
    package let implied: [(label: String, latency: ImpliedLatency)]
    /// What a quota or a queue means at the assumed rate.
    package let gates: [(label: String, gate: ImpliedGate)]
    package let harm: Harm
    /// What the number leaves out.
    package let remarks: [String]

    /// The chance above which a plan warns that a fault may never bite.
    package static let neverBitesWarning = 0.01

    package var mayNeverBite: Bool {
        if case .expected(_, _, let chance) = harm { chance > Self.neverBitesWarning } else { false }
    }

    /// `placement` is one pass; `passes` are alike.
    package init(
        _ placement: Schedule.Placement, passes: Int, service: Service, seed: UInt64, assuming: Assumptions
    ) throws(FaultError) {
        let entry = placement.entry
        let clock = RuleClock(began: .zero, length: placement.length)
        let rule = try Rule(
            entry: entry, index: 0, service: service, state: EntryState(name: entry.name), seed: seed, clock: clock)
        phrase = rule.phrase
        implied = Self.implied(rule, placement.length)
        gates = Self.gates(rule, placement.length, assuming.requestsPerSecond * (Self.reach(entry, service) ?? 1))
        let wall = placement.length.seconds / assuming.speed * Double(max(passes, 1))
        harm = Self.harm(rule, entry, service, exchanges: wall * assuming.requestsPerSecond, wall: wall)
        remarks = Self.remarks(entry)
    }

    /// At the start and at the end, where it moves.
    private static func implied(_ rule: Rule, _ length: TimeSpan) -> [(label: String, latency: ImpliedLatency)] {
        guard let first = rule.impliedPercentiles(at: .zero) else { return [] }
        guard let last = rule.impliedPercentiles(at: length), last != first else { return [("", first)] }
        return [("at its start", first), ("at its end", last)]
    }

    private static func gates(
        _ rule: Rule, _ length: TimeSpan, _ rate: Double
    ) -> [(label: String, gate: ImpliedGate)] {
        guard let first = rule.impliedGate(requestsPerSecond: rate, at: .zero) else { return [] }
        guard let last = rule.impliedGate(requestsPerSecond: rate, at: length), last != first else {
            return [("", first)]
        }
        return [("at its start", first), ("at its end", last)]
    }

    private static func harm(
        _ rule: Rule, _ entry: FaultEntry, _ service: Service, exchanges: Double, wall: Double
    ) -> Harm {
        switch rule.unit {
        case .listener: return .unknown("every new connection, whatever the rate")
        case .connection: return .unknown("per connection: a rate of requests says nothing about it")
        case .exchange: break
        }
        if entry.when != nil { return .unknown("only while its condition holds") }
        if leadsElsewhere(entry, service) {
            return .unknown("what is under way there; what comes later goes elsewhere")
        }
        guard let reach = reach(entry, service) else { return .unknown("whoever fails over to there") }
        if case .callers = rule.impliedGate(requestsPerSecond: 1, at: .zero) {
            return .unknown("whoever asks for more than that")
        }
        let reached = min(exchanges * reach, 1e15)
        let rate = exchanges / max(wall, 1e-9) * reach
        let harm = rule.expectedHarm(exchanges: Int(reached), refused: rule.refusedShare(requestsPerSecond: rate))
        return .expected(harmed: harm.harmed, of: reached, neverBites: harm.neverBites)
    }

    /// Whether it takes a zone away while the service has endpoints outside of it.
    private static func leadsElsewhere(_ entry: FaultEntry, _ service: Service) -> Bool {
        Catalogue.standard[entry.fault.name]?.levels.contains(.zone) == true
            && service.endpoints.contains { $0.zone != entry.zone }
    }

    /// The share of exchanges that go to the endpoints the entry means; nil: depends on who fails over.
    private static func reach(_ entry: FaultEntry, _ service: Service) -> Double? {
        guard entry.zone != nil || entry.endpoint != nil else { return 1 }
        let isMeant = { (endpoint: Endpoint) in
            (entry.zone == nil || endpoint.zone == entry.zone)
                && (entry.endpoint == nil || endpoint.to == entry.endpoint)
        }
        var chosen = service.endpoints
        if let first = service.prefer.first(where: { zone in chosen.contains { $0.zone == zone } }) {
            chosen = chosen.filter { $0.zone == first }
            if !chosen.contains(where: isMeant) { return nil }
        }
        return Double(chosen.count(where: isMeant)) / Double(max(chosen.count, 1))
    }

    private static func remarks(_ entry: FaultEntry) -> [String] {
        var remarks: [String] = []
        if entry.match != nil { remarks.append("if every request matches") }
        if entry.connections != .all { remarks.append("if every connection is \(entry.connections.rawValue)") }
        if entry.sticky != nil { remarks.append("if every request has a key of its own") }
        if let cap = entry.cap { remarks.append("never more than \(cap) at once") }
        return remarks
    }
}
