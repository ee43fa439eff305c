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
    /// Names of a run's entries, by number: for marks.
    private let entryNames: [String]
    /// Names of rules by hand.
    private let handNames: [UInt16: String]
    /// Traffic flows without faults from here on, whatever the control thread does (ttl).
    package let expires: Instant

    package init(
        version: UInt64, services: [ServicePlan], phase: UInt16, entryNames: [String] = [],
        handNames: [UInt16: String] = [:], expires: Instant = .distantFuture
    ) {
        self.version = version
        self.services = services
        self.phase = phase
        self.entryNames = entryNames
        self.handNames = handNames
        self.expires = expires
    }

    package var isClear: Bool { services.allSatisfy(\.isClear) }

    /// What is asked of service `number`: nothing, where it came after the plan.
    package func service(_ number: Int) -> ServicePlan {
        services.indices.contains(number) ? services[number] : .clear
    }

    package func name(ofEntry number: UInt16) -> String? {
        entryNames.indices.contains(Int(number)) ? entryNames[Int(number)] : handNames[number]
    }
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
    /// Whether any endpoint may be out of reach: dark, or cut off from somebody.
    let hidesEndpoints: Bool
    /// Entries in force.
    private let live: [Live]

    private struct Live: Hashable, Sendable {
        let entry: UInt16
        let edition: UInt32
    }

    /// No fault at all.
    package static let clear = ServicePlan()

    package init(
        chain: Chain = Chain([]), limits: LimitState? = nil, darkSince: [Instant?] = [],
        listeners: [ListenerState] = []
    ) {
        self.chain = chain
        self.limits = limits
        self.darkSince = darkSince
        self.listeners = listeners
        live = chain.rules.map { Live(entry: $0.index, edition: $0.edition) }
        isClear = live.isEmpty
        hidesEndpoints = !darkSince.isEmpty || chain.hasPartitions
    }

    /// Whether the entry is still part of the plan, as it was when it acted.
    func contains(_ fired: Fired) -> Bool { live.contains(Live(entry: fired.entry, edition: fired.edition)) }
    func contains(_ stage: StreamStage) -> Bool { live.contains(Live(entry: stage.entry, edition: stage.edition)) }

    func isDark(_ endpoint: Int) -> Bool {
        darkSince.indices.contains(endpoint) && darkSince[endpoint] != nil
    }

    func listener(_ index: Int) -> ListenerState {
        listeners.indices.contains(index) ? listeners[index] : .open
    }
}
