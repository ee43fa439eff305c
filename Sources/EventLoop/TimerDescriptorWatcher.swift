// The one timerfd of a loop, armed with absolute deadlines of the monotonic clock.

internal import CLibevent
import Glibc
import Units

/// Wakes the loop at the earliest deadline.
package final class TimerDescriptorWatcher: Watcher {
    private var armed = Instant.distantFuture

    init(loop: EventLoop) throws(SystemError) {
        let descriptor = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK) | Int32(TFD_CLOEXEC))
        if descriptor < 0 { throw SystemError("timerfd_create", errno) }
        super.init(loop: loop, socket: Socket(descriptor: descriptor), urgent: true)
        watch(.read)
    }

    /// Fires at `deadline`, at once when it is past. Leaves an equal deadline alone.
    func arm(at deadline: Instant) {
        if deadline == armed { return }
        armed = deadline
        var setting = itimerspec()
        // Zero would disarm: a deadline in the past becomes the first nanosecond of the clock.
        let nanoseconds = max(deadline.nanoseconds, 1)
        setting.it_value.tv_sec = Int(nanoseconds / 1_000_000_000)
        setting.it_value.tv_nsec = Int(nanoseconds % 1_000_000_000)
        unsafe timerfd_settime(socket.descriptor, Int32(TFD_TIMER_ABSTIME), &setting, nil)
    }

    package override func ready(_ readiness: Readiness) {
        var expirations: UInt64 = 0
        _ = unsafe read(socket.descriptor, &expirations, 8)
        armed = .distantFuture
        loop.fireDueTimers()
    }
}
