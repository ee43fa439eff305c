// A descriptor's readiness (libevent's struct event). The event is allocated once and never moves, since epoll's
// table points at it; the subclass is told what is ready.
//
//      reading          level-triggered: fires while bytes, FIN or RST wait
//      paused           edge-triggered with EV_CLOSED: a direction that takes no bytes must still see FIN and RST,
//                       and must not spin on what it leaves in the queue. On resuming, look at once: an edge may be gone.
//      writing          added while a tail waits for room
//
// Invariant: `event` is registered only while the watcher lives (deinit removes it), so the context pointer that
// libevent hands back is never dangling; the callback holds the watcher while it runs.

internal import CLibevent

/// What a watcher waits for.
public struct Interest: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static var read: Interest { Interest(rawValue: 1) }
    public static var write: Interest { Interest(rawValue: 2) }
    /// Not reading, but told of FIN and RST.
    public static var closing: Interest { Interest(rawValue: 4) }
}

/// What is ready: `read` covers bytes, FIN, RST and errors; `closed` says that FIN or RST was seen while paused.
/// The bits are libevent's EV_READ, EV_WRITE and EV_CLOSED.
public struct Readiness: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static var read: Readiness { Readiness(rawValue: 0x02) }
    public static var write: Readiness { Readiness(rawValue: 0x04) }
    public static var closed: Readiness { Readiness(rawValue: 0x80) }
}

/// Watches one descriptor; subclass it and override `ready`.
@safe
open class Watcher: TimerOwner {
    package let loop: EventLoop
    package let socket: Socket
    // Private storage behind plain getters: the optimiser then proves that no access overlaps and drops its checks.
    private var currentInterest: Interest = []
    private var closed = false
    private let event: UnsafeMutablePointer<event>
    private let priority: Int32

    package init(loop: EventLoop, socket: Socket, urgent: Bool) {
        self.loop = loop
        self.socket = socket
        unsafe event = UnsafeMutablePointer<event>.allocate(capacity: 1)
        unsafe event.initialize(to: CLibevent.event())
        priority = urgent ? 0 : 1
    }

    deinit {
        if !currentInterest.isEmpty { unsafe event_del(event) }
        unsafe event.deallocate()
        if !closed { socket.close() }
    }

    package var interest: Interest { currentInterest }
    package var isClosed: Bool { closed }

    /// Override to act on readiness.
    open func ready(_ readiness: Readiness) {}

    /// Changes what is waited for; nothing happens when it is the same. False when the kernel refuses.
    @discardableResult
    package func watch(_ wanted: Interest) -> Bool {
        if wanted == currentInterest || closed { return true }
        if !currentInterest.isEmpty { unsafe event_del(event) }
        currentInterest = wanted
        if wanted.isEmpty { return true }
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe event_assign(event, loop.base, socket.descriptor, Self.flags(wanted), onReady, context)
        unsafe event_priority_set(event, priority)
        if unsafe event_add(event, nil) == 0 { return true }
        currentInterest = []
        return false
    }

    /// Stops watching and closes the descriptor; `ready` is not called any more.
    package func close() {
        if closed { return }
        watch([])
        closed = true
        socket.close()
    }

    private static func flags(_ interest: Interest) -> Int16 {
        var flags = Int16(EV_PERSIST)
        if interest.contains(.read) { flags |= Int16(EV_READ) }
        if interest.contains(.write) { flags |= Int16(EV_WRITE) }
        if interest.contains(.closing) { flags |= Int16(EV_READ) | Int16(EV_CLOSED) | Int16(EV_ET) }
        return flags
    }

    fileprivate func dispatch(_ flags: Int16) {
        loop.beginCallback()
        ready(Readiness(rawValue: UInt8(truncatingIfNeeded: flags)))
    }
}

private func onReady(_ descriptor: Int32, _ flags: Int16, _ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    unsafe Unmanaged<Watcher>.fromOpaque(context).takeUnretainedValue().dispatch(flags)
}
