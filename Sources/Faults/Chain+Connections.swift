// The same for connections, and for listeners. A connection is asked when it is accepted and again with every new plan.
// It takes one ordinal per entry name in its life; later evaluations look at the same draw, so a share that grows takes in
// more connections and lets none go.

import Scenario
package import Units

extension Chain {
    /// What happens to a connection from now on; replaces the plan that it had. `draws` lives in the session.
    package func connectionPlan(
        client: Bytes, connection: ConnectionFacts, target: Target, now: Instant, draws: inout ConnectionDraws,
        limits: LimitState? = nil
    ) -> ConnectionPlan {
        var plan = ConnectionPlan()
        guard !connectionRules.isEmpty || !draws.draws.isEmpty else { return plan }
        draws.begin()
        let shields = protected.contains { !$0.needsExchange && $0.matches(client: client) }
        var isMet = false
        for rule in connectionRules where !shields && rule.selects(client: client, connection, target, now: now) {
            let key = rule.key(client: client)
            let (place, isNew) = draws.place(of: rule, key)
            if isNew, !isMet { limits?.meet(.connection, now: now) }
            isMet = isMet || isNew
            let draw = draws.draws[place]
            guard draw.passesNth, rule.fires(draw.ordinal, key, now: now) else {
                draws.spared = Spared(entry: rule.index, ordinal: draw.ordinal)
                continue
            }
            inject(rule, into: &plan, &draws, place, connection, now, limits)
        }
        draws.end()
        return plan
    }

    private func inject(
        _ rule: Rule, into plan: inout ConnectionPlan, _ draws: inout ConnectionDraws, _ place: Int,
        _ connection: ConnectionFacts, _ now: Instant, _ limits: LimitState?
    ) {
        if case .hang(let hang) = rule.fault, plan.isHung(rule.direction, by: hang) {
            return draws.count(.shadowed, place, rule.clock.wentLive)
        }
        guard !plan.fired.isFull, draws.takePlace(place, cap: rule.cap), draws.admit(limits, now: now) else {
            return draws.count(.withheld, place, rule.clock.wentLive)
        }
        draws.draws[place].isInForce = true
        draws.count(.injected, place, rule.clock.wentLive)
        plan.fired.append(
            Fired(entry: rule.index, edition: rule.edition, ordinal: draws.draws[place].ordinal))
        rule.fault.act(on: &plan, rule.moment(draws.draws[place].ordinal, now), connection)
    }

    /// What acts at the SYN of a listener that serves `endpoints` of the service: all of them must be meant. For the first
    /// rule in file order that does.
    package func listenerFault(endpoints: Range<Int>, now: Instant) -> ListenerFault? {
        for rule in listenerRules
        where rule.clock.isLive(now) && endpoints.allSatisfy({ rule.covers(endpoint: $0) }) {
            switch rule.fault {
            case .refuse: return ListenerFault(entry: rule.index, kind: .refuse)
            case .blackhole: return ListenerFault(entry: rule.index, kind: .blackhole)
            default: continue
            }
        }
        return nil
    }

    /// The blackout under which all of `endpoint` is dark, whoever calls; nil: it is not.
    package func blackout(endpoint: Int, now: Instant) -> BlackoutOrder? {
        for rule in rules where rule.clock.isLive(now) && rule.covers(endpoint: endpoint) {
            if case .blackout(let blackout) = rule.fault, rule.isUnconditional(now) {
                return BlackoutOrder(entry: rule.index, blackout: blackout)
            }
        }
        return nil
    }
}

/// What a listener does to new connections.
package struct ListenerFault: Sendable, Hashable, BitwiseCopyable {
    package enum Kind: Sendable, BitwiseCopyable { case refuse, blackhole }
    package var entry: UInt16
    package var kind: Kind
}

extension ConnectionDraws {
    mutating func begin() {
        for index in draws.indices { draws[index].isInForce = false }
    }

    /// Gives back the places of entries that no longer act on the connection.
    mutating func end() {
        for index in draws.indices where !draws[index].isInForce { releasePlace(index) }
        guard let limits, !draws.contains(where: \.isInForce) else { return }
        limits.leave()
        self.limits = nil
    }

    /// Where the connection's draw under the rule's entry name is kept; takes an ordinal the first time.
    mutating func place(of rule: Rule, _ key: StickyKey) -> (place: Int, isNew: Bool) {
        if let place = draws.firstIndex(where: { $0.state === rule.state }) { return (place, false) }
        let ordinal = rule.takeOrdinal(key)
        draws.append(Draw(state: rule.state, ordinal: ordinal, passesNth: rule.passesNth(ordinal, key)))
        return (draws.count - 1, true)
    }

    mutating func takePlace(_ place: Int, cap: Int?) -> Bool {
        guard let cap, !draws[place].holdsPlace else { return true }
        draws[place].holdsPlace = draws[place].state.enter(cap: cap)
        return draws[place].holdsPlace
    }

    /// One place in the limits for the connection, however many entries act on it.
    mutating func admit(_ limits: LimitState?, now: Instant) -> Bool {
        guard let limits, self.limits == nil else { return true }
        guard limits.admit(.connection, now: now) else { return false }
        self.limits = limits
        return true
    }

    /// Counts what became of the connection under an entry, once per stretch however often it is asked.
    mutating func count(_ event: EntryState.Event, _ place: Int, _ wentLive: Instant) {
        let outcome = Outcome(event: event, wentLive: wentLive)
        guard draws[place].counted != outcome else { return }
        draws[place].counted = outcome
        draws[place].state.count(event)
    }
}
