// Rules by hand: entries of the scenario language that live beside those of a run, or without one. Each has a name of its
// own, a number above all numbers of a run, and an end that comes by itself.
//
//      add ──► acts once `after` is over ──► ends after `for`, at the latest when its time to live is over
//      change: the entry is another, ordinals and cohort go on (they belong to the name), the time begins anew
//      remove: forgotten; a rule that comes under its name later begins from zero

package import Faults
package import Scenario
package import Units

/// One rule.
package struct HandRule: Sendable {
    package let number: Int
    package fileprivate(set) var entry: FaultEntry
    package fileprivate(set) var by: Requester
    package fileprivate(set) var givenAt: Instant
    package fileprivate(set) var timeToLive: TimeSpan
    package let state: EntryState
    /// When it first was given.
    let addedAt: Instant
    /// Counts the changes; a new time to live alone is none.
    fileprivate(set) var revision = 0

    package var expires: Instant { givenAt + timeToLive }

    /// When it acts; ramps and steps divide this.
    var clock: RuleClock {
        let left = timeToLive - entry.after
        return RuleClock(
            began: givenAt + entry.after, length: entry.length.map { min($0, left) } ?? left, endsByItself: true,
            wentLive: addedAt + entry.after)
    }
}

/// All rules by hand.
package struct HandRules: Sendable {
    /// More at once are refused.
    package static let most = 1_000
    /// Numbers below are those of runs.
    package static let firstNumber = Timeline.mostEntries
    private static let lastNumber = 65_534

    /// In the order in which they came.
    package private(set) var rules: [HandRule] = []
    /// Where to look for a free number: one that was given back comes last.
    private var nextNumber = HandRules.firstNumber

    package init() {}

    package subscript(name: String) -> HandRule? { rules.first { $0.entry.name == name } }

    package var isFull: Bool { rules.count >= Self.most }

    // MARK: Changing

    /// The name must be free.
    mutating func add(_ entry: FaultEntry, timeToLive: TimeSpan, by requester: Requester, at now: Instant) {
        rules.append(
            HandRule(
                number: takeNumber(), entry: entry, by: requester, givenAt: now, timeToLive: timeToLive,
                state: EntryState(name: entry.name), addedAt: now))
    }

    mutating func change(
        _ name: String, to entry: FaultEntry, timeToLive: TimeSpan, by requester: Requester, at now: Instant
    ) {
        guard let place = rules.firstIndex(where: { $0.entry.name == name }) else { return }
        if rules[place].entry != entry { rules[place].revision += 1 }
        rules[place].entry = entry
        (rules[place].timeToLive, rules[place].by, rules[place].givenAt) = (timeToLive, requester, now)
    }

    mutating func remove(_ name: String) { rules.removeAll { $0.entry.name == name } }

    mutating func removeAll() { rules.removeAll() }

    /// Removes those whose time is over, and answers them.
    mutating func expire(at now: Instant) -> [HandRule] {
        guard rules.contains(where: { $0.expires <= now }) else { return [] }
        defer { rules.removeAll { $0.expires <= now } }
        return rules.filter { $0.expires <= now }
    }

    private mutating func takeNumber() -> Int {
        let taken = Set(rules.map(\.number))
        while taken.contains(nextNumber) { advance() }
        defer { advance() }
        return nextNumber
    }

    private mutating func advance() {
        nextNumber = nextNumber < Self.lastNumber ? nextNumber + 1 : Self.firstNumber
    }

    // MARK: Acting

    /// Those that cover `now`, with the seed that all of them draw from.
    func live(at now: Instant, seed: UInt64) -> [LiveEntry] {
        rules.filter { $0.clock.isLive(now) }.map { rule in
            LiveEntry(
                number: rule.number, entry: rule.entry, state: rule.state, seed: seed, pass: rule.revision,
                clock: rule.clock, isByHand: true)
        }
    }

    /// When something changes next by itself.
    func nextChange(after now: Instant) -> Instant? {
        rules.flatMap { [$0.clock.began, $0.clock.began + $0.clock.length, $0.expires] }.filter { $0 > now }.min()
    }

    /// When the last of them is over.
    var expires: Instant? { rules.map(\.expires).max() }

    /// For marks.
    var names: [UInt16: String] {
        Dictionary(rules.map { (UInt16(clamping: $0.number), $0.entry.name) }) { first, _ in first }
    }
}
