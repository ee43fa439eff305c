import TestSupport
import Units

@testable import EventLoop

/// Runs a loop until a condition holds.
final class Turning: TimerOwner {
    let loop: EventLoop
    private var condition: () -> Bool = { true }
    private var end = 0.0
    private lazy var timer = Timer(on: loop, owner: self)

    init(_ loop: EventLoop) {
        self.loop = loop
        super.init()
    }

    /// False when it does not hold within 20 s.
    func run(until condition: @escaping () -> Bool) -> Bool {
        self.condition = condition
        end = secondsNow() + 20
        timer.set(after: .milliseconds(1))
        loop.run()
        return condition()
    }

    override func fired(_ timer: Timer) {
        if condition() || secondsNow() > end { loop.stop() } else { timer.set(after: .milliseconds(2)) }
    }
}
