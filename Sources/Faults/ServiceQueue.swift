// A dependency of limited capacity: servers that work on one exchange each, and places for those that wait. It takes time
// as an argument and draws nothing, so that a test can play years of it and a proxy can play it live.
//
//     arrive ─► a server is free? ── yes ──► begins now
//                     └── no ─► a place is free? ── yes ─► waits (fifo or lifo) ─► a grant when a server ends
//                                      └── no ──► full
//
// Ends of service are worked off in order, at the instants at which they were due and not when somebody looked: waits
// are exact however late the timers are. Whoever left and is kept still takes its turn: the grant finds nobody.

package import Units

/// The queue of one `capacity` entry.
package struct ServiceQueue: Sendable {
    /// In which order those who wait get their turn.
    package enum Order: String, Sendable, Hashable, CaseIterable, BitwiseCopyable { case fifo, lifo }

    /// What an arrival finds; parameters may move, so each arrival brings them.
    package struct Terms: Sendable {
        package var servers: Int
        /// Places for those who wait.
        package var places: Int
        package var order: Order
        /// How long work takes that begins now.
        package var service: Distribution

        package init(servers: Int, places: Int, order: Order = .fifo, service: Distribution) {
            (self.servers, self.places, self.order, self.service) = (servers, places, order, service)
        }
    }

    /// What became of an arrival.
    package enum Arrival: Sendable, Hashable, BitwiseCopyable {
        case begins(id: UInt64, ends: Instant)
        case waits(id: UInt64)
        case full
    }

    /// The turn of one that waited.
    package struct Grant: Sendable, Hashable, BitwiseCopyable {
        /// As given at its arrival.
        package var owner: UInt64
        package var id: UInt64
        package var begins: Instant
        package var ends: Instant
    }

    private struct Busy: BitwiseCopyable {
        var ends: Int64
        var id: UInt64
    }

    /// A heap by end of service.
    private var busy: [Busy] = []
    private var line = WaitingLine()
    private var terms = Terms(servers: 1, places: 0, service: Distribution(.fixed(0)))
    private var nextID: UInt64 = 1
    private var grants: [Grant] = []

    package init() {}

    package var busyServers: Int { busy.count }
    package var waiting: Int { line.count }

    /// When somebody who waits can get a turn at the earliest; `distantFuture`: nobody waits.
    package var nextTurn: Instant {
        line.isEmpty || busy.isEmpty ? .distantFuture : Instant(nanoseconds: busy[0].ends)
    }

    /// One more, with `draw` (between 0 and 1) for its service time: drawn by the exchange, long or short as the
    /// dependency is when the work begins; O(log servers).
    package mutating func arrive(owner: UInt64, draw: Double, now: Instant, terms: Terms) -> Arrival {
        advance(to: now)
        follow(terms, now)
        let hasServer = busy.count < terms.servers
        guard hasServer || line.count < terms.places else { return .full }
        let id = nextID
        nextID += 1
        if hasServer { return .begins(id: id, ends: begin(id, draw, at: now.nanoseconds)) }
        line.append(WaitingLine.Item(owner: owner, id: id, draw: draw))
        return .waits(id: id)
    }

    /// Ends every service that is due by `now` and gives the servers to those who wait.
    package mutating func advance(to now: Instant) {
        while !busy.isEmpty, busy[0].ends <= now.nanoseconds {
            let instant = busy[0].ends
            removeBusy(0)
            fill(at: instant)
        }
    }

    /// The caller left and its work is dropped: its server or its place is free. Nothing when its service is over.
    package mutating func leave(_ id: UInt64, now: Instant) {
        advance(to: now)
        if let index = busy.firstIndex(where: { $0.id == id }) {
            removeBusy(index)
            fill(at: now.nanoseconds)
        } else {
            line.remove(id)
        }
    }

    /// The fault is over: nobody works, nobody waits.
    package mutating func open() {
        busy.removeAll()
        line = WaitingLine()
        grants.removeAll()
    }

    /// The turns that came since the last call.
    package mutating func takeGrants() -> [Grant] {
        if grants.isEmpty { return [] }
        defer { grants.removeAll(keepingCapacity: true) }
        return grants
    }

    private mutating func follow(_ terms: Terms, _ now: Instant) {
        let grows = terms.servers > self.terms.servers
        self.terms = terms
        if grows { fill(at: now.nanoseconds) }
    }

    private mutating func fill(at instant: Int64) {
        while busy.count < terms.servers, let item = line.next(terms.order) {
            let ends = begin(item.id, item.draw, at: instant)
            grants.append(
                Grant(owner: item.owner, id: item.id, begins: Instant(nanoseconds: instant), ends: ends))
        }
    }

    private mutating func begin(_ id: UInt64, _ draw: Double, at instant: Int64) -> Instant {
        let service = min(terms.service.quantile(draw), Latency.longest)
        let ends = Instant(nanoseconds: instant) + TimeSpan(seconds: service)
        busy.append(Busy(ends: ends.nanoseconds, id: id))
        rise(busy.count - 1)
        return ends
    }

    // MARK: The heap

    private mutating func removeBusy(_ index: Int) {
        let last = busy.removeLast()
        if index == busy.count { return }
        busy[index] = last
        sink(index)
        rise(index)
    }

    private mutating func rise(_ start: Int) {
        var index = start
        let item = busy[index]
        while index > 0 {
            let parent = (index - 1) / 2
            if busy[parent].ends <= item.ends { break }
            busy[index] = busy[parent]
            index = parent
        }
        if index != start { busy[index] = item }
    }

    private mutating func sink(_ start: Int) {
        var index = start
        let item = busy[index]
        while true {
            var child = 2 * index + 1
            if child >= busy.count { break }
            if child + 1 < busy.count, busy[child + 1].ends < busy[child].ends { child += 1 }
            if item.ends <= busy[child].ends { break }
            busy[index] = busy[child]
            index = child
        }
        if index != start { busy[index] = item }
    }
}
