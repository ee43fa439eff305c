// The answer of the chain for one exchange: a value that the session keeps while the exchange lasts and that outlives any
// swap of plans. Where nothing fires it owns no memory.
//
//     before ── held before it goes to the dependency      terminal ── at most one end (Terminal.swift)
//     after ─── held when the response head is there       streams ─── bytes, per direction
//     queuePlace ── its turn, before `before` begins        rewrites, copies ── of the response, of the request
//     inflations ── extra that depends on what the dependency took: known with the response head
//     pending ── rules that wait for the response's status

package import Units

/// One entry that acted on an exchange or connection.
package struct Fired: Sendable, Hashable, BitwiseCopyable {
    package var entry: UInt16
    /// The rule's when it acted: one that was changed since holds nothing any more.
    package var edition: UInt32
    /// Which of those that met the entry: what its draws were made of.
    package var ordinal: UInt64
    /// What a latency asked for; zero for other faults.
    package var asked: TimeSpan = .zero
    /// Where that is held.
    var place = Place.elsewhere
    /// It is over, and what it held is given up.
    package fileprivate(set) var isLifted = false

    enum Place: Sendable, BitwiseCopyable { case before, after, elsewhere }

    package init(entry: UInt16, edition: UInt32, ordinal: UInt64) {
        self.entry = entry
        self.edition = edition
        self.ordinal = ordinal
    }
}

/// An entry that was met and whose draw let the exchange or connection go.
package struct Spared: Sendable, Hashable, BitwiseCopyable {
    /// `.max`: there is none.
    package var entry: UInt16 = .max
    package var ordinal: UInt64 = .max

    package init() {}

    init(entry: UInt16, ordinal: UInt64) {
        self.entry = entry
        self.ordinal = ordinal
    }
}

/// Up to eight entries, in the order in which they were asked; a ninth is withheld.
package struct FiredList: Sendable {
    package static let capacity = 8
    private var entries: InlineArray<8, Fired> = .init(repeating: Fired(entry: .max, edition: 0, ordinal: 0))
    package private(set) var count = 0

    package var isEmpty: Bool { count == 0 }
    package var isFull: Bool { count == Self.capacity }

    package subscript(index: Int) -> Fired {
        get {
            precondition(index < count, "no such entry")
            return entries[index]
        }
        set {
            precondition(index < count, "no such entry")
            entries[index] = newValue
        }
    }

    /// The ordinal that `entry` drew from; nil: it did not fire.
    package func ordinal(of entry: UInt16) -> UInt64? {
        for index in 0..<count where entries[index].entry == entry { return entries[index].ordinal }
        return nil
    }

    mutating func append(_ fired: Fired) {
        entries[count] = fired
        count += 1
    }
}

/// What happens to one exchange.
package struct ExchangePlan: Sendable {
    /// Held before the request goes on. An injected answer waits `before + after`.
    package var before: TimeSpan = .zero
    /// Held between the response head and its way to the caller.
    package var after: TimeSpan = .zero
    package var terminal: Terminal?
    /// The entry of `terminal`.
    package var terminalEntry: UInt16 = .max
    package var blackout: BlackoutOrder?
    /// Its server or place under a `capacity`.
    package var queuePlace: QueuePlace?
    /// Changes of the response, in file order.
    package var rewrites: [RewriteOrder] = []
    /// Copies of the request beside the original, and the entry that wants them.
    package var copies = 0
    package var copyEntry: UInt16 = .max
    /// A gate turned it away: nothing else acts.
    package internal(set) var isRefused = false
    package var streams = Streams()
    package var fired = FiredList()
    /// The last entry whose draw let the exchange go.
    package internal(set) var spared = Spared()
    var inflations: [Inflation] = []
    var pending: [PendingRule] = []
    var held = HeldPlaces()

    package init() {}

    /// Nothing acts on the exchange and nothing waits for its response: the direct path.
    package var isClear: Bool { fired.isEmpty && pending.isEmpty }

    /// Whether `Chain.respond` must be asked when the response head arrives.
    package var awaitsStatus: Bool { !pending.isEmpty }

    /// Whether `inflate` must be asked when the response head arrives.
    package var awaitsMeasure: Bool { !inflations.isEmpty }

    /// Adds to `after` what `latency: to` and `times` make of the dependency's time to first byte.
    package mutating func inflate(measured: TimeSpan) {
        for inflation in inflations {
            let extra = inflation.extra(measured: measured)
            after += extra
            fired[inflation.place].asked += extra
            fired[inflation.place].place = .after
        }
        inflations = []
    }

    /// The most copies that an entry asks for.
    mutating func duplicate(_ duplicate: Duplicate, _ moment: Moment) {
        guard duplicate.copies > copies else { return }
        (copies, copyEntry) = (duplicate.copies, moment.entry)
    }

    /// The first terminal fault in file order has the exchange.
    mutating func end(_ terminal: Terminal, _ moment: Moment) {
        self.terminal = terminal
        terminalEntry = moment.entry
    }

    /// The entry at `place` of those that fired is over: takes out what it would hold from here on. What it did, and what the
    /// exchange was promised (an answer, a loss, a cut), stays.
    package mutating func lift(_ place: Int) {
        let lifted = fired[place]
        fired[place].isLifted = true
        switch lifted.place {
        case .before: before = max(.zero, before - lifted.asked)
        case .after: after = max(.zero, after - lifted.asked)
        case .elsewhere: break
        }
        inflations.removeAll { $0.place == place }
        streams.remove(entry: lifted.entry)
        if blackout?.entry == lifted.entry { blackout = nil }
        if case .hang = terminal, terminalEntry == lifted.entry { terminal = nil }
    }

    /// Gives back the places that the exchange held under `cap` and `limits`; at its end. Once more does nothing.
    package mutating func release() { held.release() }
}

/// Places under `cap` and `limits` that must be given back. Empty, it owns no memory.
struct HeldPlaces: Sendable {
    private(set) var entries: [EntryState] = []
    private(set) var limits: LimitState?

    mutating func hold(_ state: EntryState) { entries.append(state) }
    mutating func hold(_ limits: LimitState) { self.limits = limits }

    mutating func release() {
        for state in entries { state.leave() }
        limits?.leave()
        self = HeldPlaces()
    }
}

/// Extra time that depends on what the dependency took.
struct Inflation: Sendable {
    /// Index in the plan's fired list.
    let place: Int
    let kind: Kind

    enum Kind: Sendable {
        /// The measured time's rank in the baseline, or `rank` drawn where there is none, moved to the target.
        case toward(target: Distribution, baseline: Baseline?, drawn: Double)
        case times(Double)
    }

    func extra(measured: TimeSpan) -> TimeSpan {
        switch kind {
        case .toward(let target, let baseline, let drawn):
            let rank = baseline?.rank(measured.seconds) ?? drawn
            return max(.zero, TimeSpan(seconds: target.quantile(rank)) - measured)
        case .times(let times): return max(.zero, measured * (times - 1))
        }
    }
}

/// A rule that matched but for the status, with the sticky key that only the request head shows.
struct PendingRule: Sendable, Hashable, BitwiseCopyable {
    var entry: UInt16
    var key: StickyKey
}
