// One thread's loop over libevent. Everything that a loop owns lives and dies on its thread; the only
// way in from another thread is a `WakeUp`.
//
// Order inside one turn: epoll reports what is ready; wake-ups and the timerfd (priority 0) run first, then
// sockets (priority 1), at most 512 before the loop looks at priority 0 again. Which of two ready sockets
// comes first is not promised. Timers due at the same instant fire in the order in which they were set.
//
// libevent's own timers are not used: they fire several milliseconds early or late. Deadlines wait in a
// 4-ary heap behind one timerfd, which is re-armed only when the earliest deadline changes.

internal import CLibevent
import Glibc
package import Units

/// An event loop; use it from one thread only.
@safe
public final class EventLoop {
    /// Where the time comes from.
    package enum Clock: Sendable {
        case system
        /// Stands still until `advance(by:)`: for tests.
        case virtual
    }

    let base: OpaquePointer
    package let scratch: ScratchBuffer
    let timers = TimerHeap()
    private let clock: Clock
    private var virtualNow = Instant.zero
    private var cachedNow: Instant?
    private var timerWatcher: TimerDescriptorWatcher?
    private var isStopping = false

    /// Throws when the kernel refuses an epoll or timer descriptor.
    package init(clock: Clock = .system, scratchCapacity: Int = ScratchBuffer.defaultCapacity) throws(SystemError) {
        precondition(LibeventMemory.isOurs, "libevent's allocator is set before its first use")
        guard let configuration = unsafe event_config_new() else { throw SystemError("event_config_new", ENOMEM) }
        defer { unsafe event_config_free(configuration) }
        unsafe event_config_set_flag(configuration, Int32(EVENT_BASE_FLAG_NOLOCK.rawValue))
        unsafe event_config_set_max_dispatch_interval(configuration, nil, 512, 1)
        guard let base = unsafe event_base_new_with_config(configuration) else {
            throw SystemError("event_base_new", errno)
        }
        unsafe event_base_priority_init(base, 2)
        unsafe self.base = base
        self.clock = clock
        scratch = ScratchBuffer(capacity: scratchCapacity)
        if case .system = clock { timerWatcher = try TimerDescriptorWatcher(loop: self) }
    }

    /// Lets go of the timer's descriptor, which refers back to the loop. Call when the loop will not run again.
    package func close() {
        timerWatcher?.close()
        timerWatcher = nil
    }

    /// No watcher is left, each would hold the loop. libevent may still have callbacks to make, for queries of a resolver that is
    /// gone: they let go of what they were made with.
    deinit {
        unsafe event_base_loop(base, EVLOOP_NONBLOCK)
        unsafe event_base_free(base)
    }

    // MARK: Time

    /// The time of the current callback: read once per callback, then kept.
    package var now: Instant {
        if let cachedNow { return cachedNow }
        let now = freshNow
        cachedNow = now
        return now
    }

    /// The clock read anew.
    package var freshNow: Instant {
        if case .virtual = clock { return virtualNow }
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// Forgets the cached time: every callback starts with this.
    func beginCallback() {
        cachedNow = nil
    }

    // MARK: Running

    /// Runs until `stop()`.
    package func run() {
        isStopping = false
        while !isStopping {
            cachedNow = nil
            if unsafe event_base_loop(base, EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY) < 0 { return }
        }
    }

    /// One turn: what is ready now, without waiting.
    package func runOnce() {
        cachedNow = nil
        _ = unsafe event_base_loop(base, EVLOOP_NONBLOCK)
    }

    /// Ends `run()` after the current callback.
    package func stop() {
        isStopping = true
        unsafe event_base_loopbreak(base)
    }

    /// Virtual time only: moves the clock on, firing each timer at its own instant, with a turn of I/O between.
    package func advance(by span: TimeSpan) {
        precondition(clock == .virtual, "only virtual time can be moved")
        let target = virtualNow + span
        runOnce()
        while let deadline = timers.earliest, deadline <= target {
            virtualNow = max(virtualNow, deadline)
            fireDueTimers()
            runOnce()
        }
        virtualNow = target
        cachedNow = nil
    }

    // MARK: Timers

    func insert(_ timer: Timer) {
        timers.insert(timer)
        armIfFirst(timer)
    }

    func remove(_ timer: Timer) {
        timers.remove(timer)
    }

    private func armIfFirst(_ timer: Timer) {
        if timers.first === timer { timerWatcher?.arm(at: timer.deadline) }
    }

    /// Fires everything due, in order of deadline; a timer set meanwhile waits for the next pass.
    func fireDueTimers() {
        beginCallback()
        let due = now
        while let timer = timers.popFirst(notAfter: due) {
            beginCallback()
            timer.fire()
        }
        if let next = timers.earliest { timerWatcher?.arm(at: next) }
    }
}
