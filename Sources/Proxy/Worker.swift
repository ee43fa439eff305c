// One thread, one loop, its listeners and sessions. A connection never leaves its worker; nothing here is locked.
// The control thread speaks to it by letters; it answers by counters and records that anybody may read.
//
//      letters ─► plan ─► listeners, then sessions in slices of 512
//      tick (every 100 ms) ─► lease and time to live · loop lag · descriptors free again?

import EventLoop
import Faults
import HTTP1
import Observation
import Scenario
import Units

/// What the control thread says to a worker.
enum WorkerLetter: Sendable {
    case plan(Plan)
    /// Services that come and go (ServiceLetters.swift).
    case open(ServiceOpening)
    case close(ServiceClosing)
    case cut(Int)
    /// Accept no more, finish what is open.
    case drain
    /// An exchange that stands in a queue here has its server.
    case turn(ServiceQueue.Grant)
    /// Close everything and end the thread.
    case stop
}

/// A worker's thread-bound part.
final class Worker: TimerOwner, MailboxReader {
    let loop: EventLoop
    let resolver: Resolver
    let limits: ProxyLimits
    let counters: WorkerCounters
    let fillerPorts: FillerPorts
    let room: CallerRoom
    let balancer: Balancer
    let budget: HeldBudget
    private(set) var plan: Plan
    let requests: RequestReader
    let responses: ResponseReader
    private(set) var responseHeadLength = 0
    /// A head that could not go on as it came.
    private(set) var rewritten: [UInt8] = []
    let index: Int
    private let ring: RecordRing
    private let lease: Lease
    /// By number.
    var services: [ServiceRuntime?] = []
    private let addressView = ScratchBuffer(capacity: 16)
    private(set) var listeners: [Listener] = []
    private(set) var sessions: [Session?] = []
    private var freeSlots: [Int] = []
    private var openSessions = 0
    /// Since memory was given back last.
    private var mostSessions = 0
    private var nextNumber: UInt32 = 0
    private(set) var isDraining = false
    /// Of every entry seen so far: exchanges outlive the plan that decided on them.
    private var entryStates: [UInt16: EntryState] = [:]
    private var walk: Int?
    let copies = CopyTable()
    private let peers: [Mailbox<WorkerLetter>]
    lazy var queues = QueueKeeper(worker: self, peers: peers)
    private lazy var tick = Timer(on: loop, owner: self, kind: 0)
    private lazy var walkTimer = Timer(on: loop, owner: self, kind: 1)

    private static let tickSpan = TimeSpan.milliseconds(100)
    private static let sessionsPerSlice = 512
    private static let crowd = 1_000

    init(_ setup: WorkerSetup, loop: EventLoop) {
        self.loop = loop
        index = setup.index
        limits = setup.limits
        counters = setup.counters
        fillerPorts = setup.fillerPorts
        room = setup.room
        peers = setup.peers
        ring = setup.ring
        lease = setup.lease
        resolver = Resolver(loop: loop)
        balancer = Balancer(loop: loop)
        budget = HeldBudget(limit: setup.limits.heldBytes, counter: setup.counters, loop: loop)
        plan = Plan(version: 0, services: [], phase: .max)
        let heads = HeadLimits(headBytesMaximum: setup.limits.headBytes)
        requests = RequestReader(limits: heads)
        responses = ResponseReader(limits: heads)
        super.init()
    }

    /// Begins with these services.
    func open(_ openings: [ServiceOpening]) {
        for opening in openings { take(opening) }
        tick.set(after: Self.tickSpan)
    }

    /// Takes over a bound socket and begins to accept.
    func listen(_ bound: BoundListener) {
        let listener = Listener(worker: self, configuration: bound.configuration, socket: bound.socket)
        listener.accept()
        listeners.append(listener)
    }

    func stopListening(for number: Int) {
        for listener in listeners where listener.configuration.service == number { listener.stop() }
        listeners.removeAll { $0.configuration.service == number }
    }

    // MARK: Letters

    func read(_ letter: WorkerLetter) {
        switch letter {
        case .plan(let plan): install(plan)
        case .open(let opening): take(opening)
        case .close(let closing): take(closing)
        case .cut(let number): cut(number)
        case .drain: drain()
        case .turn(let grant): queues.pass(grant)
        case .stop: stop()
        }
    }

    private func install(_ plan: Plan) {
        if plan.version < self.plan.version { return }
        self.plan = plan
        for case let service? in services { follow(plan.service(service.index), service) }
        for listener in listeners {
            let configuration = listener.configuration
            listener.apply(plan.service(configuration.service).listener(configuration.index))
        }
        walk = 0
        walkSessions()
    }

    func follow(_ plan: ServicePlan, _ service: ServiceRuntime) {
        service.follow(plan)
        for rule in plan.chain.rules { entryStates[rule.index] = rule.state }
    }

    /// Tells sessions of the plan, a slice at a time, so that nobody else waits for thousands of them. The plan is followed
    /// once all of them know.
    private func walkSessions() {
        guard let start = walk else { return }
        let end = min(start + Self.sessionsPerSlice, sessions.count)
        for slot in start..<end { sessions[slot]?.planChanged() }
        walk = end < sessions.count ? end : nil
        if walk != nil { return walkTimer.set(after: .zero) }
        counters.planVersion.set(Int(truncatingIfNeeded: plan.version))
    }

    private func drain() {
        isDraining = true
        for listener in listeners { listener.stop() }
        listeners.removeAll()
        for session in sessions { session?.drain() }
        if openSessions == 0 { stop() }
    }

    private func stop() {
        for listener in listeners { listener.stop() }
        listeners.removeAll()
        for session in sessions { session?.close() }
        copies.close()
        queues.close()
        tick.cancel()
        walkTimer.cancel()
        budget.close()
        resolver.close()
        loop.stop()
    }

    // MARK: Time

    override func fired(_ timer: Timer) {
        if timer === walkTimer { walkSessions() } else { onTick() }
    }

    private func onTick() {
        let now = loop.now
        counters.loopLagMicroseconds.set(Int((now - tick.deadline).nanoseconds / 1000))
        if !plan.isClear && (lease.isOver(at: now) || plan.expires <= now) {
            counters.expiredPlans.add(1)
            install(Plan(version: plan.version, services: [], phase: plan.phase))
        }
        fillerPorts.purge(at: now)
        for listener in listeners {
            listener.feed()
            listener.countDroppedSYNs()
        }
        giveBackMemory()
        countBytesOfOpenSessions()
        if isDraining && openSessions == 0 { return stop() }
        tick.set(after: Self.tickSpan)
    }

    /// Once most of a crowd has left, its memory goes back to the system.
    private func giveBackMemory() {
        mostSessions = max(mostSessions, openSessions)
        if mostSessions < Self.crowd || openSessions * 4 > mostSessions { return }
        mostSessions = openSessions
        SystemMemory.giveBack()
    }

    // MARK: Sessions

    func accepted(_ socket: Socket, from peer: SocketAddress, on listener: Listener) {
        if peer.family != 1 {
            socket.disableNagle()
            socket.keepAlive()
        }
        let configuration = listener.configuration
        guard let service = runtime(configuration.service) else { return socket.close() }
        let connection = Connection(loop: loop, socket: socket, side: .downstream, isConnecting: false)
        let session = makeSession(service, configuration, connection, peer)
        seat(session)
        if connection.open(for: session) { session.start() } else { session.close(reset: true) }
    }

    private func makeSession(
        _ service: ServiceRuntime, _ listener: ListenerConfiguration, _ connection: Connection, _ peer: SocketAddress
    ) -> Session {
        nextNumber &+= 1
        switch service.configuration.kind {
        case .tcp:
            return TCPSession(
                worker: self, service: service, listener: listener, downstream: connection, peer: peer,
                number: nextNumber)
        case .http:
            return HTTPSession(
                worker: self, service: service, listener: listener, downstream: connection, peer: peer,
                number: nextNumber)
        }
    }

    private func seat(_ session: Session) {
        if let slot = freeSlots.popLast() {
            session.slot = slot
            sessions[slot] = session
        } else {
            session.slot = sessions.count
            sessions.append(session)
        }
        openSessions += 1
        room.enter()
        counters.openConnections.set(openSessions)
        session.service.openSessions += 1
        session.service.counters.accepted.add(1)
        session.service.counters.open.add(1)
    }

    func session(at slot: Int) -> Session? { sessions.indices.contains(slot) ? sessions[slot] : nil }

    func forget(_ session: Session) {
        if session.slot < 0 { return copies.remove(session) }
        sessions[session.slot] = nil
        freeSlots.append(session.slot)
        openSessions -= 1
        room.leave()
        counters.openConnections.set(openSessions)
        session.service.openSessions -= 1
        session.service.counters.open.add(-1)
        departIfUnused(session.service)
        for listener in listeners where listener.isStarved { listener.feed() }
        if openSessions == 0 && isDraining { tick.set(after: .zero) }
    }

    /// Where a connection or exchange goes. That it would have gone to where it cannot is what the blackout did.
    func chooseEndpoint(for session: Session) -> Int {
        let choice = balancer.choose(for: session)
        if let avoided = choice.avoided, let order = session.darkness(of: avoided)?.order {
            countBite(entry: order.entry)
        }
        return choice.endpoint
    }

    // MARK: Heads

    // What the heads that were parsed last say. By way of the worker, because `worker.requests.summary` in a session would
    // count a reference to the reader.
    var request: RequestSummary { requests.summary }
    var response: ResponseSummary { responses.summary }

    func parseRequest(_ bytes: Bytes, scanned: inout Int) -> ParseResult {
        requests.parse(bytes, scanned: &scanned)
    }

    func parseResponse(_ bytes: Bytes, scanned: inout Int, answering facts: RequestFacts) -> ParseResult {
        let result = responses.parse(bytes, scanned: &scanned, answering: facts)
        if case .complete(let length) = result { responseHeadLength = length }
        return result
    }

    /// Puts the head without its cuts, and what follows it, into `rewritten`.
    func rewriteRequest(_ bytes: Bytes, headLength: Int, host: [UInt8]?) {
        rewritten.removeAll(keepingCapacity: true)
        requests.head.rewrite(bytes, headLength: headLength, host: host, to: &rewritten)
        rewritten += bytes.dropFirst(headLength).array
    }

    func rewriteResponse(_ bytes: Bytes, headLength: Int, body: Int) {
        rewritten.removeAll(keepingCapacity: true)
        responses.head.rewrite(bytes, headLength: headLength, to: &rewritten)
        rewritten += bytes[headLength..<headLength + body].array
    }

    /// The peer's address in network order; valid until the next call.
    func view(of peer: SocketAddress) -> Bytes {
        let bytes = peer.addressBytes
        bytes.withBytes { addressView.copyIn($0) }
        return addressView.bytes(bytes.count)
    }

    // MARK: Records

    func newRecord(for session: Session) -> AttemptRecord {
        var record = AttemptRecord()
        record.service = UInt16(truncatingIfNeeded: session.service.index)
        record.worker = UInt16(truncatingIfNeeded: index)
        record.phase = plan.phase
        record.connection = session.number
        return record
    }

    @inline(__always)
    func write(_ record: AttemptRecord) {
        ring.write(record)
        guard !record.flags.contains(.tcp), let counters = runtime(Int(record.service))?.counters else { return }
        counters.bytesUpstream.add(Int(truncatingIfNeeded: record.bytesUp))
        counters.bytesDownstream.add(Int(truncatingIfNeeded: record.bytesDown))
    }

    /// The same for an exchange whose bytes were counted before it.
    func writeCounted(_ record: AttemptRecord) { ring.write(record) }

    /// An entry acted on what takes no ordinal of it.
    func countBite(entry: UInt16, times: Int = 1) {
        entryStates[entry]?.bite(times: times)
    }

    /// Counts an event of an entry, whether or not it is still part of the plan.
    func count(_ event: EntryState.Event, entry: UInt16) {
        entryStates[entry]?.count(event)
    }
}
