// From what the timeline says is live to what the workers do. A function of its arguments: what must be remembered between
// two plans (since when an endpoint is dark, since when an entry is live, its frozen baseline) is the history.
//
//      live entries ─► `when` holds? ─► rules per service ─► who is dark ─► listeners
//                          ▲                                    │
//                          └──────── again until it settles ────┘      (cycles are an error of the file)

package import Faults
import Proxy
package import Scenario
import Units

/// Compiles plans for one set of services and entries.
package struct PlanBuilder: Sendable {
    let services: ServiceSet
    let entries: EntryTable
    let seed: UInt64
    private let protected: [Matcher]
    private let limits: [LimitState?]

    package init(services: ServiceSet, entries: EntryTable, limits: Limits, seed: UInt64) {
        self.services = services
        self.entries = entries
        self.seed = seed
        protected = limits.protect.map { Matcher($0) }
        let concurrent = limits.concurrent.map { ConcurrentHarm(most: $0) }
        let isLimited = limits.share != nil || concurrent != nil
        self.limits = services.services.map { _ in
            isLimited ? LimitState(share: limits.share, concurrent: concurrent) : nil
        }
    }

    /// Entries that cannot act on a service they name.
    package func problems() -> [FaultError] {
        var problems: [FaultError] = []
        for number in entries.entries.indices {
            for service in concerned(by: number) {
                do throws(FaultError) {
                    _ = try rule(number, service: service, clock: RuleClock(began: .zero, length: .seconds(1)), nil)
                } catch {
                    problems.append(error)
                }
            }
        }
        return problems
    }

    /// The plan for `request`. `holds` says whether a condition is true while the zones given are dark; `baseline` is the
    /// dependency's time to first byte of a service, asked for when an entry goes live.
    package func draft(
        _ request: PlanRequest, history: inout PlanHistory, baseline: (Int) -> Baseline? = { _ in nil },
        holds: (Condition, Set<String>) -> Bool = { _, _ in false }
    ) -> PlanDraft {
        var dark: Set<String> = []
        var inForce: [LiveEntry] = []
        var chains: [Chain] = []
        for _ in 0...request.live.count {
            inForce = request.live.filter { live in
                entries.entries[live.number].when.map { holds($0.condition, dark) } ?? true
            }
            chains = compile(inForce, at: request.now, &history, baseline)
            let found = darkZones(chains, request.now)
            if found == dark { break }
            dark = found
        }
        history.lives = history.lives.filter { life in inForce.contains { $0.number == life.key } }
        return draft(request, inForce, chains, dark, &history)
    }

    private func draft(
        _ request: PlanRequest, _ inForce: [LiveEntry], _ chains: [Chain], _ dark: Set<String>,
        _ history: inout PlanHistory
    ) -> PlanDraft {
        history.darkSince = chains.indices.map { service in
            let before = history.darkSince.indices.contains(service) ? history.darkSince[service] : []
            return darkness(of: service, chains[service], before, request.now)
        }
        let plans = chains.indices.map { service in
            let isDark = history.darkSince[service].contains { $0 != nil }
            return ServicePlan(
                chain: chains[service], limits: limits[service], darkSince: isDark ? history.darkSince[service] : [],
                listeners: listeners(of: service, chains[service], request.now))
        }
        return PlanDraft(
            services: plans, phase: request.phase, expires: request.expires, darkZones: dark,
            inForce: inForce.map(\.number))
    }
}

// MARK: - Rules

extension PlanBuilder {
    /// Indices of services that entry `number` speaks of.
    private func concerned(by number: Int) -> [Int] {
        services.services.indices.filter { Rule.concerns(entries.entries[number], services.services[$0]) }
    }

    private func rule(
        _ number: Int, service: Int, clock: RuleClock, _ baseline: Baseline?
    ) throws(FaultError) -> Rule {
        try Rule(
            entry: entries.entries[number], index: number, service: services.services[service],
            state: entries.states[number], seed: seed, clock: clock, baseline: baseline)
    }

    private func compile(
        _ live: [LiveEntry], at now: Instant, _ history: inout PlanHistory, _ baseline: (Int) -> Baseline?
    ) -> [Chain] {
        var rules: [[Rule]] = services.services.map { _ in [] }
        for entry in live.sorted(by: { $0.number < $1.number }) {
            for (service, rule) in compiled(entry, at: now, &history, baseline) { rules[service].append(rule) }
        }
        return rules.map { Chain($0, protected: $0.isEmpty ? [] : protected) }
    }

    /// The rules of an entry by service; compiled again only when its clock has changed.
    private func compiled(
        _ live: LiveEntry, at now: Instant, _ history: inout PlanHistory, _ baseline: (Int) -> Baseline?
    ) -> [Int: Rule] {
        var life = history.lives[live.number].flatMap { $0.pass == live.pass ? $0 : nil } ?? begin(live, now, baseline)
        defer { history.lives[live.number] = life }
        var clock = live.clock
        clock.wentLive = life.since
        if let compiled = life.compiled, compiled.clock == clock { return compiled.rules }
        var rules: [Int: Rule] = [:]
        for service in concerned(by: live.number) {
            rules[service] = try? rule(live.number, service: service, clock: clock, life.baselines[service])
        }
        life.compiled = (clock, rules)
        return rules
    }

    private func begin(_ live: LiveEntry, _ now: Instant, _ baseline: (Int) -> Baseline?) -> EntryLife {
        let needsBaseline = entries.entries[live.number].fault["to"] != nil
        let services = needsBaseline ? concerned(by: live.number) : []
        return EntryLife(
            pass: live.pass, since: now,
            baselines: services.reduce(into: [:]) { found, service in found[service] = baseline(service) })
    }
}

// MARK: - Darkness

extension PlanBuilder {
    private func darkness(of service: Int, _ chain: Chain, _ before: [Instant?], _ now: Instant) -> [Instant?] {
        services.services[service].endpoints.indices.map { endpoint in
            guard chain.blackout(endpoint: endpoint, now: now) != nil else { return nil }
            return (before.indices.contains(endpoint) ? before[endpoint] : nil) ?? now
        }
    }

    private func darkZones(_ chains: [Chain], _ now: Instant) -> Set<String> {
        var dark: Set<String> = []
        var lit: Set<String> = []
        for (service, chain) in chains.enumerated() {
            for (number, endpoint) in services.services[service].endpoints.enumerated() {
                guard let zone = endpoint.zone else { continue }
                if chain.blackout(endpoint: number, now: now) != nil { dark.insert(zone) } else { lit.insert(zone) }
            }
        }
        return dark.subtracting(lit)
    }

    private func listeners(of service: Int, _ chain: Chain, _ now: Instant) -> [ListenerState] {
        let states = services.listeners.filter { $0.service == service }.map { state(of: $0, chain, now) }
        return states.contains { $0 != .open } ? states : []
    }

    /// A listener fault first; else a blackout of all that the listener leads to, where it acts at the SYN.
    private func state(of listener: WantedListener, _ chain: Chain, _ now: Instant) -> ListenerState {
        let endpoints = (listener.endpoints.min() ?? 0)..<((listener.endpoints.max() ?? -1) + 1)
        if let fault = chain.listenerFault(endpoints: endpoints, now: now) {
            switch fault.kind {
            case .refuse: return .refusing(entry: Int(fault.entry))
            case .blackhole: return .blackHoled(entry: Int(fault.entry))
            }
        }
        let orders = listener.endpoints.compactMap { chain.blackout(endpoint: $0, now: now) }
        let acting = orders.filter { $0.blackout.new == .blackhole || $0.blackout.new == .refuse }
        guard orders.count == listener.endpoints.count, acting.count == orders.count, let first = acting.first else {
            return .open
        }
        return first.blackout.new == .refuse
            ? .refusing(entry: Int(first.entry)) : .blackHoled(entry: Int(first.entry))
    }
}
