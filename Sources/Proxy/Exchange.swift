// One request and its response on their way through a session.
//
//      waiting ──► forwarded ──► responding ──► (flushing) ──► done
//         │            └── the dependency works            └── bytes that the caller has not taken yet
//         └── for a name, a connect, or a fault that holds the request
//      answering: instead of the dependency, or in place of what it said

import Faults
import HTTP1
import Observation
import Units

/// The state of one exchange. One object serves all exchanges of a session, one after the other: nothing is
/// allocated per exchange, and `faults` is touched only where a rule acts.
final class Exchange {
    enum Stage {
        /// The request waits here; its bytes are kept.
        case waiting
        /// It went to the dependency; no final response head yet.
        case forwarded
        /// The response body passes.
        case responding
        /// An answer of ours is due, after a delay or once the dependency has worked.
        case answering
        /// The response is whole; some of it is still held or unsent.
        case flushing
        /// Nothing more will be said.
        case silent
    }

    var stage = Stage.waiting
    var startedAt = Instant.zero
    var facts: RequestFacts = []
    var endpoint = 0
    /// Means nothing once the request is done.
    var requestBody = BodyFraming(.none)
    var isRequestDone = false
    /// Of the request that waits here.
    var waitingHeadLength = 0
    var isDiscardingRequest = false
    var discardedBytes = 0
    var expectsContinue = false
    /// Both sides would use the connection again.
    var keepsAlive = false
    /// Means nothing for a response that came whole and met no fault.
    var responseBody = BodyFraming(.none)
    var status: UInt16 = 0
    /// Zero: not yet.
    var forwardedAt = Instant.zero
    var firstByteAt = Instant.zero
    var bytesUp: UInt64 = 0
    var bytesDown: UInt64 = 0
    var outcome = Outcome.complete
    /// Bytes that the service's counters know of already: it has been open for a while.
    var counted: (up: UInt64, down: UInt64)?
    /// A rule acts, or waits for the response: `plan` says which.
    var isFaulted = false
    var plan = ExchangePlan()
    /// When the current hold began (zero: none), and how long holds have lasted so far.
    var heldSince = Instant.zero
    var achievedDelay = TimeSpan.zero
    var wasReleasedEarly = false
    /// The entry of a fault that came by way of the connection or the zone, and is not part of `plan`.
    private(set) var outsideEntry = AttemptRecord.none
    private var outsideDraw = AttemptRecord.noDraw
    /// An entry that it met and that let it go.
    var spared = Spared()
    /// A silence is still to begin, once no latency holds the response any more: behind so many bytes.
    var silenceBehind: Int64?
    /// The dependency's response is dropped; the caller hears ours, or nothing.
    var dropsResponse = false
    /// Body bytes that may still pass before a truncation.
    var passingPayload = Int.max
    /// The caller has left; the dependency finishes for nobody.
    var isAbandoned = false

    /// Makes the object ready for the next request.
    @inline(__always)
    func begin(at now: Instant, _ request: RequestSummary, endpoint: Int, isRequestDone: Bool) {
        stage = .waiting
        startedAt = now
        facts = request.facts
        self.endpoint = endpoint
        self.isRequestDone = isRequestDone
        isDiscardingRequest = false
        discardedBytes = 0
        expectsContinue = request.expectsContinue
        keepsAlive = request.keepAlive
        status = 0
        forwardedAt = .zero
        firstByteAt = .zero
        bytesUp = 0
        bytesDown = 0
        outcome = .complete
        spared = Spared()
        dropsResponse = false
        passingPayload = .max
        isAbandoned = false
        if isFaulted { clearFaults() }
    }

    private func clearFaults() {
        isFaulted = false
        plan = ExchangePlan()
        heldSince = .zero
        achievedDelay = .zero
        wasReleasedEarly = false
        silenceBehind = nil
        outsideEntry = AttemptRecord.none
        outsideDraw = AttemptRecord.noDraw
    }

    /// A fault of its connection, or of the zone that it is in, acts on the exchange.
    func harm(by entry: UInt16, draw: UInt64? = nil) {
        isFaulted = true
        outsideEntry = entry
        outsideDraw = draw ?? AttemptRecord.noDraw
    }

    /// The entry that ended the exchange, else the first that acted; none: no fault did.
    var blamedEntry: UInt16 {
        let isCut = outcome == .injectedReset && outsideEntry != AttemptRecord.none
        if isCut { return outsideEntry }
        if outcome.isInjected && plan.terminalEntry != AttemptRecord.none { return plan.terminalEntry }
        return plan.fired.isEmpty ? outsideEntry : plan.fired[0].entry
    }

    /// The ordinal that `blamedEntry` drew from.
    var blamedDraw: UInt64 {
        let entry = blamedEntry
        return entry == outsideEntry ? outsideDraw : plan.fired.ordinal(of: entry) ?? AttemptRecord.noDraw
    }

    /// The terminal fault, if a rule acts at all.
    var terminal: Terminal? { isFaulted ? plan.terminal : nil }

    /// The first of them.
    var delayEntry: UInt16 {
        for index in 0..<plan.fired.count where plan.fired[index].asked > .zero { return plan.fired[index].entry }
        return AttemptRecord.none
    }

    /// What the fired latencies asked for in all.
    var askedDelay: TimeSpan {
        var sum = TimeSpan.zero
        for index in 0..<plan.fired.count { sum += plan.fired[index].asked }
        return sum
    }
}
