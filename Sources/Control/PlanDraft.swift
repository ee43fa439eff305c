// What goes into the plan builder, what comes out, and what it remembers between two plans.

package import Faults
package import Proxy
package import Units

/// An entry whose stretch of the timeline covers this moment.
package struct LiveEntry: Sendable, Hashable {
    package var number: Int
    /// Counts the passes of a repeated phase: each goes live anew.
    package var pass: Int
    package var clock: RuleClock

    package init(number: Int, pass: Int = 0, clock: RuleClock) {
        self.number = number
        self.pass = pass
        self.clock = clock
    }
}

/// What is asked of the builder.
package struct PlanRequest: Sendable {
    package var live: [LiveEntry]
    /// Number of the phase for records; `.max` between phases.
    package var phase: UInt16
    package var now: Instant
    /// When the plan ends by itself, whoever forgets it.
    package var expires: Instant

    package init(live: [LiveEntry], phase: UInt16 = .max, now: Instant, expires: Instant = .distantFuture) {
        self.live = live
        self.phase = phase
        self.now = now
        self.expires = expires
    }
}

/// A plan but for its version: two drafts that are equal ask the same of the workers.
package struct PlanDraft: Sendable {
    package let services: [ServicePlan]
    package let phase: UInt16
    package let expires: Instant
    /// Zones of which every endpoint is dark.
    package let darkZones: Set<String>
    /// Numbers of the entries in force.
    package let inForce: [Int]
    private let identity: [Identity]

    private struct Identity: Sendable, Hashable {
        let rules: [Int]
        let clocks: [RuleClock]
        let darkSince: [Instant?]
        let listeners: [ListenerState]
    }

    init(services: [ServicePlan], phase: UInt16, expires: Instant, darkZones: Set<String>, inForce: [Int]) {
        self.services = services
        self.phase = phase
        self.expires = expires
        self.darkZones = darkZones
        self.inForce = inForce
        identity = services.map { service in
            Identity(
                rules: service.chain.rules.map { Int($0.index) }, clocks: service.chain.rules.map(\.clock),
                darkSince: service.darkSince, listeners: service.listeners)
        }
    }

    package func asks(theSameAs other: PlanDraft) -> Bool {
        phase == other.phase && expires == other.expires && identity == other.identity
    }

    package func plan(version: UInt64, entryNames: [String]) -> Plan {
        Plan(version: version, services: services, phase: phase, entryNames: entryNames, expires: expires)
    }
}

/// What one plan hands on to the next.
package struct PlanHistory: Sendable {
    /// By service and endpoint.
    var darkSince: [[Instant?]] = []
    var lives: [Int: EntryLife] = [:]

    package init() {}
}

/// An entry from going live to its end.
struct EntryLife: Sendable {
    let pass: Int
    let since: Instant
    /// By service: frozen when the entry went live.
    let baselines: [Int: Baseline]
    /// Rules of the clock that they were compiled with.
    var compiled: (clock: RuleClock, rules: [Int: Rule])?
}
