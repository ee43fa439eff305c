// A deadline with an owner. Never fires early; fires once per `set`.

package import Units

/// Whoever owns timers: told which of them fired.
open class TimerOwner {
    public init() {}

    /// Override to act; `timer` is already unset and may be set again.
    open func fired(_ timer: Timer) {}
}

/// One deadline on a loop. The owner keeps the timer; the timer does not keep its owner.
public final class Timer {
    /// Kept alive, so that a timer can always leave its heap; the heap does not keep its timers.
    private let loop: EventLoop
    /// Never dangling: the owner keeps its timers, and a timer leaves the loop when it is released.
    private unowned let owner: TimerOwner
    /// Tells an owner's timers apart.
    package let kind: Int
    package internal(set) var deadline = Instant.distantFuture
    /// Place in the heap, -1 when not set.
    var index = -1
    /// Breaks ties: earlier set fires earlier.
    var order: UInt64 = 0

    package init(on loop: EventLoop, owner: TimerOwner, kind: Int = 0) {
        self.loop = loop
        self.owner = owner
        self.kind = kind
    }

    deinit {
        if isSet { loop.remove(self) }
    }

    package var isSet: Bool { index >= 0 }

    /// Fires at `deadline` (at once when past, but never inside this call); replaces an earlier deadline.
    package func set(at deadline: Instant) {
        if isSet { loop.remove(self) }
        self.deadline = deadline
        loop.insert(self)
    }

    package func set(after span: TimeSpan) {
        set(at: loop.now + span)
    }

    package func cancel() {
        if isSet { loop.remove(self) }
    }

    func fire() {
        owner.fired(self)
    }
}
