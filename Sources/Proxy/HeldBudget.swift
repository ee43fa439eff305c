// What faults hold on one worker, in all, and who waits for it to become less. A connection whose bytes would have to be held
// asks before it reads, so the budget is passed by one read at most; whoever finds no room stops reading and is told once an
// eighth of the budget is free.

import EventLoop
import Units

/// The bytes that one worker's pipes hold.
final class HeldBudget: TimerOwner {
    private let limit: Int
    private let counter: WorkerCounters
    private var held = 0
    private var starved: [Session] = []
    private let loop: EventLoop
    private lazy var timer = Timer(on: loop, owner: self)

    init(limit: Int, counter: WorkerCounters, loop: EventLoop) {
        self.limit = limit
        self.counter = counter
        self.loop = loop
    }

    var isSpent: Bool { held >= limit }

    /// Counts bytes in, or out.
    func add(_ change: Int) {
        held += change
        counter.heldBytes.set(held)
        if change < 0, !starved.isEmpty, held < limit - limit / 8 { timer.set(after: .zero) }
    }

    /// `session` is told when there is room again.
    func awaitRoom(_ session: Session) {
        if session.isStarved { return }
        session.isStarved = true
        starved.append(session)
    }

    override func fired(_ timer: Timer) {
        let waiting = starved
        starved.removeAll()
        for session in waiting {
            session.isStarved = false
            if session.isOpen { session.roomIsBack() }
        }
    }

    func close() {
        timer.cancel()
        starved.removeAll()
    }
}
