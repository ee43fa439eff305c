// The answer of the chain for one connection: stream faults of tcp services and connection faults of both kinds. It is
// asked when it is accepted, whenever a new plan arrives (so open and idle connections are reached), and after its first
// exchange where `Chain.touchesReusedConnections`; a connection draws once per entry and remembers its ordinal.

package import Scenario
package import Units

/// Close the connection with RST on both sides.
package struct ResetOrder: Sendable, Hashable {
    package var entry: UInt16
    /// At this instant; nil: by bytes.
    package var at: Instant?
    /// When this many bytes passed in `direction` since the order came.
    package var afterBytes: Int64?
    package var direction: FaultEntry.Direction
}

/// What happens to one connection.
package struct ConnectionPlan: Sendable {
    package var hang: HangOrder?
    /// The entry of `hang`.
    package var hangEntry: UInt16 = .max
    package var reset: ResetOrder?
    package var blackout: BlackoutOrder?
    package var streams = Streams()
    /// Neither side is read.
    package var isHalfOpen = false
    package var lifetime: LifetimeOrder?
    package var fired = FiredList()
    package init() {}

    /// Nothing acts on the connection: the direct path.
    package var isClear: Bool { fired.isEmpty }
}

/// What a connection drew so far, and the places that it holds under `cap` and `limits`: it lives in the session, longer
/// than any plan. Empty, it owns no memory. `release` it when the connection closes.
package struct ConnectionDraws: Sendable {
    /// By entry name: the state object stands for the name.
    struct Draw: Sendable {
        let state: EntryState
        let ordinal: UInt64
        let passesNth: Bool
        var holdsPlace = false
        /// What was counted last.
        var counted: Outcome?
        /// Still in force after the latest evaluation.
        var isInForce = false
    }

    /// What became of the connection in one stretch of an entry.
    struct Outcome: Sendable, Equatable {
        var event: EntryState.Event
        var wentLive: Instant
    }

    var draws: [Draw] = []
    /// The last entry whose draw let the connection go.
    package internal(set) var spared = Spared()
    var limits: LimitState?

    package init() {}

    /// Gives back every place that the connection holds. Once more does nothing.
    package mutating func release() {
        for index in draws.indices { releasePlace(index) }
        limits?.leave()
        limits = nil
    }

    mutating func releasePlace(_ index: Int) {
        guard draws[index].holdsPlace else { return }
        draws[index].holdsPlace = false
        draws[index].state.leave()
    }
}
