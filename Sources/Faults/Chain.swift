// The rules of one service, in file order, asked once per exchange. The order of things that happen to the exchange is not
// the order of rules: it is the plan's shape, which the session follows (SCENARIO-LANGUAGE.md, "Order on one exchange").
// Only gates (quotas, queues) are asked before the others, because what they turn away meets nothing else.
// Every rule whose selectors match draws, even where an earlier one has the exchange: what one entry does changes no
// other's fate.

import Scenario
package import Units

/// The compiled rules of one service.
package struct Chain: Sendable {
    let exchangeRules: [Rule]
    let connectionRules: [Rule]
    let listenerRules: [Rule]
    private let partitions: [Rule]
    let protected: [Matcher]

    /// `rules` in file order; `protected` are never harmed.
    package init(_ rules: [Rule], protected: [Matcher] = []) {
        exchangeRules = Self.ranked(rules.filter { $0.unit == .exchange })
        connectionRules = rules.filter { $0.unit == .connection }
        listenerRules = rules.filter { $0.unit == .listener }
        partitions = rules.filter { if case .partition = $0.fault { true } else { false } }
        self.protected = protected
    }

    /// Whether some endpoints are out of reach for some callers.
    package var hasPartitions: Bool { !partitions.isEmpty }

    /// What keeps `client` from all of `endpoint`, and since when; nil: nothing does.
    package func partition(client: Bytes, endpoint: Int, now: Instant) -> CutOff? {
        for rule in partitions where rule.clock.isLive(now) && rule.covers(endpoint: endpoint) {
            guard rule.isUnconditional(from: client, now) else { continue }
            return CutOff(
                order: BlackoutOrder(entry: rule.index, blackout: Partition.blackout), since: rule.clock.wentLive)
        }
        return nil
    }

    /// Whether any rule speaks of exchanges: without one the session need not ask.
    package var touchesExchanges: Bool { !exchangeRules.isEmpty }

    /// Whether any rule speaks of connections.
    package var touchesConnections: Bool { !connectionRules.isEmpty }

    /// Whether a connection rule speaks of reused connections: ask again when a connection has carried its first exchange.
    package var touchesReusedConnections: Bool {
        connectionRules.contains { $0.text.entry.connections == .reused }
    }

    /// All rules, those of exchanges first.
    package var rules: [Rule] { exchangeRules + connectionRules + listenerRules }

    /// What happens to the exchange that `facts` describe. `limits` are the service's; nil: none.
    package func plan<Facts: ExchangeFacts>(
        _ facts: Facts, connection: ConnectionFacts, target: Target, now: Instant, limits: LimitState? = nil
    ) -> ExchangePlan {
        var plan = ExchangePlan()
        limits?.meet(.exchange, now: now)
        guard !exchangeRules.isEmpty, !isProtected(facts) else { return plan }
        for rule in exchangeRules { rule.consider(facts, connection, target, now: now, plan: &plan) }
        if !plan.fired.isEmpty { settle(&plan, from: 0, now: now, limits: limits) }
        return plan
    }

    /// Asks the rules that waited for the response's status; an entry that is over by now is left out.
    package func respond(status: Int, plan: inout ExchangePlan, now: Instant, limits: LimitState? = nil) {
        let waiting = plan.pending
        plan.pending = []
        let before = plan.fired.count
        for pending in waiting {
            guard let rule = exchangeRules.first(where: { $0.index == pending.entry && $0.isStatusGated }),
                rule.clock.isLive(now), rule.accepts(status: status),
                let ordinal = rule.ordinalIfFiring(pending.key, now: now, spared: &plan.spared)
            else { continue }
            rule.inject(into: &plan, ordinal, now: now)
        }
        if plan.fired.count > before { settle(&plan, from: before, now: now, limits: limits) }
    }

    /// Gates first, so that what they turn away is known to the others; otherwise in file order.
    private static func ranked(_ rules: [Rule]) -> [Rule] {
        rules.enumerated().sorted { ($0.element.fault.rank, $0.offset) < ($1.element.fault.rank, $1.offset) }
            .map(\.element)
    }

    private func isProtected<Facts: ExchangeFacts>(_ facts: Facts) -> Bool {
        !protected.isEmpty && protected.contains { $0.matches(facts) }
    }

    /// Asks `limits` once for the exchange and counts what fired since `first`: as injected, or as withheld and undone.
    private func settle(_ plan: inout ExchangePlan, from first: Int, now: Instant, limits: LimitState?) {
        let isAdmitted = first > 0 || admit(&plan, now: now, limits: limits)
        for place in first..<plan.fired.count {
            rule(plan.fired[place].entry)?.state.count(isAdmitted ? .injected : .withheld)
        }
        guard !isAdmitted else { return }
        let pending = plan.pending
        if let place = plan.queuePlace { place.queue.leave(place.id, at: now) }
        plan.release()
        plan = ExchangePlan()
        plan.pending = pending
    }

    private func admit(_ plan: inout ExchangePlan, now: Instant, limits: LimitState?) -> Bool {
        guard let limits else { return true }
        guard limits.admit(.exchange, now: now) else { return false }
        plan.held.hold(limits)
        return true
    }

    private func rule(_ entry: UInt16) -> Rule? { exchangeRules.first { $0.index == entry } }
}
