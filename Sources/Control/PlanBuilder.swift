// From what is live to what the workers do. A function of its arguments: what must be remembered between two plans (since
// when an endpoint is dark, since when an entry is live, its frozen baseline) is the history.
//
//      live entries ─► `when` holds? ─► rules per service ─► who is dark ─► listeners
//                          ▲                                    │
//                          └──────── again until it settles ────┘      (cycles are an error of the file)
//
// Services are those of the moment, by number; a number that nobody has is clear.

package import Faults
import Proxy
package import Scenario
import Synchronization
import Units

/// Compiles plans under one scenario's limits.
package struct PlanBuilder: Sendable {
    private let protected: [Matcher]
    private let limits: ServiceLimits
    /// The scenario's own.
    private let zones: [Zone]

    package init(limits: Limits, zones: [Zone] = []) {
        self.zones = zones
        protected = limits.protect.map { Matcher($0) }
        self.limits = ServiceLimits(limits)
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
            inForce = request.live.filter { live in live.entry.when.map { holds($0.condition, dark) } ?? true }
            chains = compile(inForce, request, &history, baseline)
            let found = darkZones(chains, request)
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
        var since: [PlanHistory.EndpointKey: Instant] = [:]
        let plans = chains.enumerated().map { number, chain in
            guard let place = request.services[number] else { return ServicePlan.clear }
            let darkSince = darkness(of: place.service, chain, history.darkSince, request.now)
            for (endpoint, instant) in zip(place.service.endpoints, darkSince) {
                since[PlanHistory.EndpointKey(place.service, endpoint)] = instant
            }
            return ServicePlan(
                chain: chain, limits: limits.state(of: place.service.name),
                darkSince: darkSince.contains { $0 != nil } ? darkSince : [],
                listeners: listeners(place, chain, request.now))
        }
        history.darkSince = since
        return PlanDraft(
            services: plans, phase: request.phase, expires: request.expires, darkZones: dark, acting: inForce)
    }
}

// MARK: - Rules

extension PlanBuilder {
    /// Services of `services` that `entry` cannot act on, though it names them.
    package static func problems(
        of entries: [FaultEntry], in services: [Service], callers: [Zone]
    ) -> [FaultError] {
        var problems: [FaultError] = []
        let clock = RuleClock(began: .zero, length: .seconds(1))
        for entry in entries {
            let live = LiveEntry(number: 0, entry: entry, state: EntryState(name: entry.name), seed: 0, clock: clock)
            for service in services where Rule.concerns(entry, service) {
                do throws(FaultError) {
                    _ = try rule(live, service: service, clock: clock, nil, callers)
                } catch {
                    problems.append(error)
                }
            }
        }
        return problems
    }

    /// Who calls from where, for an entry: a run's file says it first, then the one that the services are from.
    private func callers(of live: LiveEntry, _ request: PlanRequest) -> [Zone] {
        live.isByHand ? request.services.callers : zones.callers(before: request.services.callers)
    }

    private static func rule(
        _ live: LiveEntry, service: Service, clock: RuleClock, _ baseline: Baseline?, _ zones: [Zone]
    ) throws(FaultError) -> Rule {
        try Rule(
            entry: live.entry, index: live.number, service: service, state: live.state, seed: live.seed, clock: clock,
            edition: live.pass, baseline: baseline, zones: zones)
    }

    private func compile(
        _ live: [LiveEntry], _ request: PlanRequest, _ history: inout PlanHistory, _ baseline: (Int) -> Baseline?
    ) -> [Chain] {
        var rules: [[Rule]] = request.services.places.map { _ in [] }
        for entry in live.sorted(by: { $0.comesBefore($1) }) {
            for (service, rule) in compiled(entry, request, &history, baseline) { rules[service].append(rule) }
        }
        return rules.map { Chain($0, protected: $0.isEmpty ? [] : protected) }
    }

    /// The rules of an entry by service; compiled again only when its clock or the services have changed.
    private func compiled(
        _ live: LiveEntry, _ request: PlanRequest, _ history: inout PlanHistory, _ baseline: (Int) -> Baseline?
    ) -> [Int: Rule] {
        var life =
            history.lives[live.number].flatMap { $0.isOf(live) ? $0 : nil }
            ?? EntryLife(
                state: live.state, pass: live.pass, since: live.isByHand ? live.clock.wentLive : request.now)
        defer { history.lives[live.number] = life }
        var clock = live.clock
        clock.wentLive = life.since
        if let compiled = life.compiled, compiled.clock == clock, compiled.revision == request.services.revision {
            return compiled.rules
        }
        var rules: [Int: Rule] = [:]
        for (number, place) in request.services.places.enumerated() {
            guard let service = place?.service, Rule.concerns(live.entry, service) else { continue }
            if live.entry.fault["to"] != nil, life.baselines[service.name] == nil {
                life.baselines[service.name] = baseline(number)
            }
            rules[number] = try? Self.rule(
                live, service: service, clock: clock, life.baselines[service.name], callers(of: live, request))
        }
        life.compiled = (clock, request.services.revision, rules)
        return rules
    }
}

// MARK: - Darkness

extension PlanBuilder {
    private func darkness(
        of service: Service, _ chain: Chain, _ before: [PlanHistory.EndpointKey: Instant], _ now: Instant
    ) -> [Instant?] {
        service.endpoints.enumerated().map { number, endpoint in
            guard chain.blackout(endpoint: number, now: now) != nil else { return nil }
            return before[PlanHistory.EndpointKey(service, endpoint)] ?? now
        }
    }

    private func darkZones(_ chains: [Chain], _ request: PlanRequest) -> Set<String> {
        var dark: Set<String> = []
        var lit: Set<String> = []
        for (number, chain) in chains.enumerated() {
            for (place, endpoint) in (request.services[number]?.service.endpoints ?? []).enumerated() {
                guard let zone = endpoint.zone else { continue }
                if chain.blackout(endpoint: place, now: request.now) != nil {
                    dark.insert(zone)
                } else {
                    lit.insert(zone)
                }
            }
        }
        return dark.subtracting(lit)
    }

    private func listeners(_ place: ServiceSet.Place, _ chain: Chain, _ now: Instant) -> [ListenerState] {
        let states = place.listeners.map { state(of: $0, chain, now) }
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

/// `limits` by service: what it counts belongs to the service's name, so it outlives plans and numbers.
private final class ServiceLimits: Sendable {
    private let share: Double?
    private let concurrent: ConcurrentHarm?
    private let states = Lock<[String: LimitState]>([:])

    init(_ limits: Limits) {
        share = limits.share
        concurrent = limits.concurrent.map { ConcurrentHarm(most: $0) }
    }

    /// nil: no limits.
    func state(of service: String) -> LimitState? {
        guard share != nil || concurrent != nil else { return nil }
        return states.withLock { states in
            let state = states[service] ?? LimitState(share: share, concurrent: concurrent)
            states[service] = state
            return state
        }
    }
}

extension [Zone] {
    /// These zones, as far as they say who calls from them, and behind them `others`: the first of a name counts.
    func callers(before others: [Zone]) -> [Zone] { filter { !$0.callers.isEmpty } + others }
}
