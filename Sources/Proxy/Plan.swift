// What all workers do at this moment, compiled by the control thread and never changed after: a new plan replaces
// it as a whole. Sessions keep values and entry numbers from it, never references into it.

package import Faults
package import Units

/// The rules of every service, for one stretch of time.
package final class Plan: Sendable {
    /// Counts up with every plan that the control thread makes.
    package let version: UInt64
    /// By service index.
    package let services: [ServicePlan]
    /// The phase written into records; `AttemptRecord.none` between phases.
    package let phase: UInt16
    /// Names by entry number: for marks.
    package let entryNames: [String]
    /// Traffic flows without faults from here on, whatever the control thread does (ttl).
    package let expires: Instant

    package init(
        version: UInt64, services: [ServicePlan], phase: UInt16, entryNames: [String],
        expires: Instant = .distantFuture
    ) {
        self.version = version
        self.services = services
        self.phase = phase
        self.entryNames = entryNames
        self.expires = expires
    }

    /// No fault at all.
    package static func clear(services: Int, version: UInt64 = 0, phase: UInt16 = .max) -> Plan {
        Plan(
            version: version, services: Array(repeating: ServicePlan(), count: services), phase: phase, entryNames: [])
    }

    package var isClear: Bool { services.allSatisfy(\.isClear) }
}

/// One service's part of a plan.
package final class ServicePlan: Sendable {
    package let chain: Chain
    package let limits: LimitState?
    /// By endpoint: since when all of it is dark.
    package let darkSince: [Instant?]
    /// By listener; empty: all open.
    package let listeners: [ListenerState]
    /// Nothing acts on this service: one branch on the hot path.
    package let isClear: Bool
    /// Entries in force, by number.
    private let live: [UInt16]

    package init(
        chain: Chain = Chain([]), limits: LimitState? = nil, darkSince: [Instant?] = [],
        listeners: [ListenerState] = []
    ) {
        self.chain = chain
        self.limits = limits
        self.darkSince = darkSince
        self.listeners = listeners
        live = chain.rules.map(\.index)
        isClear = live.isEmpty
    }

    /// Whether the entry is still part of the plan.
    func contains(entry: UInt16) -> Bool { live.contains(entry) }

    func isDark(_ endpoint: Int) -> Bool {
        darkSince.indices.contains(endpoint) && darkSince[endpoint] != nil
    }

    func listener(_ index: Int) -> ListenerState {
        listeners.indices.contains(index) ? listeners[index] : .open
    }
}
