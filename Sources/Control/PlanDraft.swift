// What goes into the plan builder, what comes out, and what it remembers between two plans.

package import Faults
package import Proxy
package import Scenario
package import Units

/// An entry that covers this moment: one of a run, or a rule by hand.
package struct LiveEntry: Sendable {
    package var number: Int
    package let entry: FaultEntry
    package let state: EntryState
    package let seed: UInt64
    /// Counts the passes of a repeated phase, each of which goes live anew; the changes of a rule by hand.
    package var pass: Int
    package var clock: RuleClock
    /// It goes live when its own clock says so.
    package var isByHand: Bool

    package init(
        number: Int, entry: FaultEntry, state: EntryState, seed: UInt64, pass: Int = 0, clock: RuleClock,
        isByHand: Bool = false
    ) {
        self.number = number
        self.entry = entry
        self.state = state
        self.seed = seed
        self.pass = pass
        self.clock = clock
        self.isByHand = isByHand
    }

    /// A run's entries in the order of the file, then rules by hand in the order in which they came.
    func comesBefore(_ other: LiveEntry) -> Bool {
        if isByHand != other.isByHand { return other.isByHand }
        return !isByHand && number < other.number
    }
}

/// What is asked of the builder.
package struct PlanRequest: Sendable {
    package var services: ServiceSet
    package var live: [LiveEntry]
    /// Number of the phase for records; `.max` between phases.
    package var phase: UInt16
    package var now: Instant
    /// When the plan ends by itself, whoever forgets it.
    package var expires: Instant

    package init(
        services: ServiceSet, live: [LiveEntry], phase: UInt16 = .max, now: Instant, expires: Instant = .distantFuture
    ) {
        self.services = services
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
    /// The entries in force.
    package let acting: [LiveEntry]
    private let identity: [Identity]
    private let passes: [Int]

    private struct Identity: Sendable, Hashable {
        let rules: [Int]
        let clocks: [RuleClock]
        let darkSince: [Instant?]
        let listeners: [ListenerState]
    }

    init(services: [ServicePlan], phase: UInt16, expires: Instant, darkZones: Set<String>, acting: [LiveEntry]) {
        self.services = services
        self.phase = phase
        self.expires = expires
        self.darkZones = darkZones
        self.acting = acting
        passes = acting.map(\.pass)
        identity = services.map { service in
            Identity(
                rules: service.chain.rules.map { Int($0.index) }, clocks: service.chain.rules.map(\.clock),
                darkSince: service.darkSince, listeners: service.listeners)
        }
    }

    package func asks(theSameAs other: PlanDraft) -> Bool {
        phase == other.phase && expires == other.expires && identity == other.identity && passes == other.passes
    }

    /// Numbers of the entries in force.
    package var inForce: [Int] { acting.map(\.number) }

    package func plan(version: UInt64, entryNames: [String], handNames: [UInt16: String] = [:]) -> Plan {
        Plan(
            version: version, services: services, phase: phase, entryNames: entryNames, handNames: handNames,
            expires: expires)
    }
}

/// What one plan hands on to the next.
package struct PlanHistory: Sendable {
    /// An endpoint, whatever number its service has.
    struct EndpointKey: Hashable, Sendable {
        let service: String
        let endpoint: Endpoint

        init(_ service: Service, _ endpoint: Endpoint) {
            self.service = service.name
            self.endpoint = endpoint
        }
    }

    var darkSince: [EndpointKey: Instant] = [:]
    /// By number of the entry.
    var lives: [Int: EntryLife] = [:]

    package init() {}
}

/// An entry from going live to its end.
struct EntryLife: Sendable {
    let state: EntryState
    let pass: Int
    let since: Instant
    /// By service name: frozen when the entry went live on it.
    var baselines: [String: Baseline] = [:]
    /// Rules of the clock and the services that they were compiled with.
    var compiled: (clock: RuleClock, revision: Int, rules: [Int: Rule])?

    func isOf(_ live: LiveEntry) -> Bool { pass == live.pass && state === live.state }
}
