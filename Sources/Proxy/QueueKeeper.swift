// Who has the next turn in the queues of `capacity` entries, as one worker sees it. All workers share a queue; whoever
// touches it hands out the turns that have come: to its own sessions at once, to those of others by letter, as values (slot and
// number, never a pointer). A worker that has seen somebody wait looks again when the next server ends.
//
//      arrival, departure, timer ─► queue.turns ─┬─► own session
//                                                 └─► letter ─► the other worker ─► its session

import EventLoop
import Faults
import Units

/// Passes turns on.
final class QueueKeeper {
    private unowned let worker: Worker
    private let peers: [Mailbox<WorkerLetter>]
    private var watches: [QueueWatch] = []

    init(worker: Worker, peers: [Mailbox<WorkerLetter>]) {
        self.worker = worker
        self.peers = peers
    }

    /// How a session is found again: the worker and its slot.
    static func owner(worker: Int, slot: Int) -> UInt64 { UInt64(worker) << 48 | UInt64(slot) }

    /// Hands out every turn that has come.
    func serve(_ queue: CapacityQueue) {
        let turns = queue.turns(at: worker.loop.now)
        for grant in turns.grants { pass(grant) }
        watch(queue, turns.next)
    }

    /// The session may have gone, or be busy with another exchange by now: then nobody takes the turn.
    func pass(_ grant: ServiceQueue.Grant) {
        let index = Int(grant.owner >> 48)
        if index == worker.index {
            (worker.session(at: Int(grant.owner & 0xFFFF_FFFF_FFFF)) as? HTTPSession)?.turnCame(grant)
        } else if peers.indices.contains(index) {
            peers[index].post(.turn(grant))
        }
    }

    private func watch(_ queue: CapacityQueue, _ next: Instant) {
        let index = watches.firstIndex { $0.queue === queue }
        guard next < .distantFuture else {
            if let index { watches.remove(at: index) }
            return
        }
        if index == nil { watches.append(QueueWatch(queue, keeper: self, loop: worker.loop)) }
        watches[index ?? watches.count - 1].timer.set(at: next)
    }

    func close() { watches.removeAll() }
}

/// Looks into one queue when its next server ends.
private final class QueueWatch: TimerOwner {
    let queue: CapacityQueue
    private unowned let keeper: QueueKeeper
    private let loop: EventLoop
    lazy var timer = Timer(on: loop, owner: self)

    init(_ queue: CapacityQueue, keeper: QueueKeeper, loop: EventLoop) {
        self.queue = queue
        self.keeper = keeper
        self.loop = loop
    }

    override func fired(_ timer: Timer) { keeper.serve(queue) }
}
