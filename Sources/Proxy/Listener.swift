// A bound address of a service on one worker. All workers bind the same address with SO_REUSEPORT, and the
// kernel spreads connections over them.
//
//      open         accepts
//      refusing     bound but not listening: the kernel answers SYNs with RST, and the port stays ours
//      blackHoled   listens with a queue of one, which a filler occupies: the kernel drops SYNs (BlackHole.swift)
//      starved      out of descriptors, or only those left that callers' dependencies need: what waits stays in the queue

import EventLoop
import Units

/// What a listener does with new connections.
package enum ListenerState: Sendable, Hashable {
    case open
    case refusing(entry: Int)
    case blackHoled(entry: Int)
}

/// Accepts connections on one worker.
final class Listener: Watcher {
    private(set) var configuration: ListenerConfiguration
    private unowned let worker: Worker
    private(set) var state = ListenerState.open
    /// Whether the kernel really drops SYNs; where it cannot, connections are accepted and left to hang.
    private(set) var dropsSYNs = false
    /// Accepts again when there is room.
    private(set) var isStarved = false
    private var blackHole: BlackHole?

    /// Connections waiting in the kernel at most.
    static let backlog: Int32 = 1024
    private static let acceptsPerTurn = 64

    init(worker: Worker, configuration: ListenerConfiguration, socket: Socket) {
        self.worker = worker
        self.configuration = configuration
        super.init(loop: worker.loop, socket: socket, urgent: false)
    }

    /// Begins to accept on a socket that listens already: it may have been told to end meanwhile, and must not listen again.
    func accept() { isStarved = !watch(.read) }

    /// Listens again, and accepts.
    private func listenAgain() throws(SystemError) {
        try socket.listen(backlog: Self.backlog)
        accept()
    }

    /// Belongs to another number from the next connection on.
    func lead(_ configuration: ListenerConfiguration) { self.configuration = configuration }

    override func ready(_ readiness: Readiness) {
        for _ in 0..<Self.acceptsPerTurn {
            guard worker.room.hasPlace else { return starve(because: .noDescriptors) }
            do throws(SystemError) {
                guard let (accepted, peer) = try socket.accept() else { return }
                take(accepted, from: peer)
            } catch {
                return starve(because: error)
            }
        }
    }

    private func take(_ accepted: Socket, from peer: SocketAddress) {
        if worker.fillerPorts.contains(peer.port) {
            accepted.close()
        } else {
            worker.accepted(accepted, from: peer, on: self)
        }
    }

    // MARK: Refusing and black-holing

    /// Begins or ends what the plan asks for; open connections are not touched.
    func apply(_ wanted: ListenerState) {
        if wanted == state || isClosed { return }
        countDroppedSYNs()
        let previous = state
        state = wanted
        switch (previous, wanted) {
        case (.refusing, .refusing), (.blackHoled, .blackHoled): break
        case (_, .open): reopen()
        case (_, .refusing): refuse()
        case (_, .blackHoled): swallow()
        }
    }

    private func refuse() {
        acceptWhatWaits()
        isStarved = false
        leaveBlackHole()
        watch([])
        socket.stopListening()
    }

    private func swallow() {
        acceptWhatWaits()
        isStarved = false
        watch([])
        blackHole = BlackHole(of: socket, at: configuration.address, ports: worker.fillerPorts, loop: loop)
        dropsSYNs = blackHole != nil
        if !dropsSYNs {
            worker.counters.blackHoleFallbacks.add(1)
            reopen()
        }
    }

    private func reopen() {
        leaveBlackHole()
        do throws(SystemError) {
            try listenAgain()
        } catch {
            worker.noteExhaustion(error)
        }
    }

    private func leaveBlackHole() {
        guard let blackHole else { return }
        ready(.read)
        blackHole.end()
        self.blackHole = nil
        dropsSYNs = false
    }

    /// Attempts that the kernel dropped for us are bites of the entry that asked for it; callers try again and again.
    func countDroppedSYNs() {
        guard let blackHole, case .blackHoled(let entry) = state else { return }
        let count = blackHole.takeDroppedCount()
        if count > 0 { worker.countBite(entry: UInt16(truncatingIfNeeded: entry), times: count) }
    }

    private func acceptWhatWaits() {
        if interest.contains(.read) { ready(.read) }
    }

    // MARK: Out of descriptors

    private func starve(because error: SystemError) {
        worker.noteExhaustion(error)
        isStarved = true
        watch([])
    }

    /// Tries again, since a descriptor may have become free.
    func feed() {
        guard isStarved, worker.room.hasPlace else { return }
        isStarved = false
        if state == .open || !dropsSYNs { watch(.read) }
    }

    /// Stops accepting for good.
    func stop() {
        countDroppedSYNs()
        leaveBlackHole()
        close()
    }
}
