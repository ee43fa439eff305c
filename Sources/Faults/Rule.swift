// A fault entry compiled for one service: constants that a worker asks for every exchange. What decides, in order:
//
//     live? ─ connection ─ target ─ match ─► takes an ordinal ─ nth ─ share ─ burst ─► fires ─ shadowed? ─ cap ─► acts
//
// Everything up to the ordinal is a selector; from there on the fate is a function of the ordinal (or of the sticky key).
// A rule that matches and does not fire allocates nothing and writes to nothing shared but its ordinal. Rules are objects
// because a struct of this size was copied, with all of its references counted, for each question: 500 ns instead of 50.

package import Scenario
import Units

/// One entry of a plan, for one service.
package final class Rule: Sendable {
    /// What a rule acts on, by its fault's levels and the service's kind.
    package enum Unit: Sendable { case exchange, connection, listener }

    /// The entry's number in records and plans.
    package let index: UInt16
    /// Counts its changes, and its stretches: another edition begins anew.
    package let edition: UInt32
    package let unit: Unit
    package let state: EntryState
    package let fault: Fault
    package let clock: RuleClock
    /// Whether it waits for the response's status.
    package let isStatusGated: Bool
    let dice: Dice
    let share: Magnitude
    let isTerminal: Bool
    let cap: Int?
    private let matcher: Matcher
    private let statuses: [StatusPattern]
    private let connections: FaultEntry.Connections
    private let nth: FaultEntry.Nth?
    private let sticky: StickySource
    /// By endpoint of the service; empty: all.
    private let targets: [Bool]
    let direction: FaultEntry.Direction
    /// For words and forecasts, not for the request path.
    let text: RuleText

    /// `entry` compiled for `service`, which it `concerns`. `index` is its number in records. `baseline` is the service's
    /// time to first byte, frozen while the entry lives, for `latency: to`; `zones` say who calls from where.
    package init(
        entry: FaultEntry, index: Int, service: Service, state: EntryState, seed: UInt64, clock: RuleClock,
        edition: Int = 0, baseline: Baseline? = nil, zones: [Zone] = []
    ) throws(FaultError) {
        let dice = Dice(seed: seed, name: entry.name)
        let setting = FaultSetting(
            index: UInt16(clamping: index), service: service, state: state, dice: dice, clock: clock,
            baseline: baseline, direction: entry.direction)
        guard let declaration = Catalogue.standard[entry.fault.name], let fault = Fault(entry.fault, setting) else {
            throw FaultError("there is no fault named \(entry.fault.name)", in: entry)
        }
        self.index = setting.index
        self.edition = UInt32(truncatingIfNeeded: edition)
        self.unit = try Self.unit(entry, declaration, service)
        self.state = state
        self.fault = fault
        self.clock = clock
        self.dice = dice
        share = Magnitude(entry.share)
        isTerminal = declaration.isTerminal
        cap = entry.cap
        matcher = Matcher(entry.match, from: try Partition.callers(entry, zones))
        statuses = entry.match?.statuses ?? []
        isStatusGated = !statuses.isEmpty
        connections = entry.connections
        nth = entry.nth
        sticky = StickySource(entry.sticky)
        targets = Self.targets(entry, service)
        direction = entry.direction
        text = RuleText(entry: entry, service: service.name, declaration: declaration)
        try Self.check(entry, declaration, unit, matcher)
    }

    /// Whether `entry` says anything about `service`.
    package static func concerns(_ entry: FaultEntry, _ service: Service) -> Bool {
        if case .named(let names) = entry.services, !names.contains(service.name) { return false }
        let targets = targets(entry, service)
        return targets.isEmpty || targets.contains(true)
    }

    /// Writes into `plan` what the rule does to the exchange: nothing, unless selectors, `nth` and share let it through.
    func consider<Facts: ExchangeFacts>(
        _ facts: Facts, _ connection: ConnectionFacts, _ target: Target, now: Instant, plan: inout ExchangePlan
    ) {
        guard clock.isLive(now), accepts(connection), accepts(target), matcher.matches(facts) else { return }
        let key = sticky.key(facts)
        if isStatusGated { return plan.pending.append(PendingRule(entry: index, key: key)) }
        guard let ordinal = ordinalIfFiring(key, now: now, spared: &plan.spared) else { return }
        if case .throttle(let throttle) = fault, !isShadowed(in: plan),
            throttle.admits(facts, moment(ordinal, now))
        {
            return
        }
        inject(into: &plan, ordinal, now: now, owner: connection.owner)
    }

    /// Whether the connection is one that the entry speaks of.
    func selects(client: Bytes, _ connection: ConnectionFacts, _ target: Target, now: Instant) -> Bool {
        clock.isLive(now) && accepts(connection) && accepts(target) && matcher.matches(client: client)
    }

    /// Whether the entry's `status` lets the response pass as one of its own.
    func accepts(status: Int) -> Bool {
        for pattern in statuses {
            switch pattern {
            case .exactly(let exact): if status == exact { return true }
            case .hundreds(let hundreds): if status / 100 == hundreds { return true }
            }
        }
        return statuses.isEmpty
    }

    /// Whether the rule acts on the whole of endpoint `endpoint`.
    func covers(endpoint: Int) -> Bool {
        targets.isEmpty || (targets.indices.contains(endpoint) && targets[endpoint])
    }

    func key(client: Bytes) -> StickyKey { sticky.key(client: client) }

    func moment(_ ordinal: UInt64, _ now: Instant, owner: UInt64 = 0) -> Moment {
        Moment(
            now: now, entry: index, edition: edition, ordinal: ordinal, dice: dice, clock: clock, direction: direction,
            state: state,
            owner: owner)
    }

    /// Whether no selector but the target leaves anything out.
    var matchesAll: Bool { matcher.isUniversal && takesAll }

    /// The same for what comes from `client`.
    func matchesAll(from client: Bytes) -> Bool {
        takesAll && !matcher.needsExchange && matcher.matches(client: client)
    }

    private var takesAll: Bool {
        if case .none = sticky { connections == .all && nth == nil && cap == nil } else { false }
    }

    private func accepts(_ connection: ConnectionFacts) -> Bool {
        switch connections {
        case .all: true
        case .new: connection.born.nanoseconds >= clock.wentLive.nanoseconds
        case .open: connection.born.nanoseconds < clock.wentLive.nanoseconds
        case .reused: connection.exchangesBefore > 0
        }
    }

    private func accepts(_ target: Target) -> Bool { targets.isEmpty || covers(endpoint: target.endpoint) }
}

extension Rule {
    /// Takes the ordinal of an exchange that the selectors let through; nil when it is `spared`.
    func ordinalIfFiring(_ key: StickyKey, now: Instant, spared: inout Spared) -> UInt64? {
        let ordinal = takeOrdinal(key)
        if passesNth(ordinal, key) && fires(ordinal, key, now: now) { return ordinal }
        spared = Spared(entry: index, ordinal: ordinal)
        return nil
    }

    /// The ordinal of one more that the selectors let through; notes when it lacks the sticky key.
    func takeOrdinal(_ key: StickyKey) -> UInt64 {
        if case .missing = key { state.count(.missingKey) }
        return state.takeOrdinal()
    }

    /// Whether `nth` lets this one through; with `sticky` it counts per key.
    func passesNth(_ ordinal: UInt64, _ key: StickyKey) -> Bool {
        guard let nth else { return true }
        let number = if case .key(let key) = key { state.takeOrdinal(ofKey: key) } else { ordinal }
        switch nth {
        case .first(let count): return number < UInt64(clamping: count)
        case .after(let count): return number >= UInt64(clamping: count)
        case .every(let count): return (number + 1) % UInt64(clamping: max(count, 1)) == 0
        }
    }

    /// Whether the draw of ordinal or key lies within the share of this moment.
    func fires(_ ordinal: UInt64, _ key: StickyKey, now: Instant) -> Bool {
        let number: UInt64
        switch key {
        case .notAsked: number = ordinal
        case .key(let key): number = key
        case .missing: return false
        }
        return dice.unit(number, lane: Lane.share) < share.value(clock, now: now)
            && fault.isActive(at: clock.elapsed(now))
    }

    /// Writes the fault into the plan, unless another has the exchange or `cap` is reached.
    func inject(into plan: inout ExchangePlan, _ ordinal: UInt64, now: Instant, owner: UInt64 = 0) {
        if isShadowed(in: plan) { return state.count(.shadowed) }
        guard !plan.fired.isFull, cap.map({ state.enter(cap: $0) }) ?? true else { return state.count(.withheld) }
        if cap != nil { plan.held.hold(state) }
        plan.fired.append(Fired(entry: index, edition: edition, ordinal: ordinal))
        fault.act(on: &plan, moment(ordinal, now, owner: owner), place: plan.fired.count - 1)
    }

    /// Whether what fired before leaves nothing for it to do: an end for an end, no response for a change of it, a gate
    /// that turned the exchange away for everything.
    private func isShadowed(in plan: ExchangePlan) -> Bool {
        if plan.isRefused { return true }
        switch fault {
        case .throttle: return plan.blackout != nil
        case .capacity: return plan.blackout != nil || plan.queuePlace != nil
        case .rewrite: return plan.terminal?.replacesResponse ?? false
        case .duplicate: return plan.terminal?.precedesRequest ?? false
        default: return isTerminal && plan.terminal != nil
        }
    }
}
