// One caller's connection, beside libevent's own record of it: there to bound what libevent does not.
//
//      accepted ─► idle ─ first byte ─► busy ─ answered ─► idle …          busy ─ stream ─► neither
//                  60 s                 10 s, however it trickles                            bounded by what it leaves unread
//
// libevent tells nobody when it closes a connection that has no request. The kernel does: a socket has a cookie of its
// own, so as long as the descriptor has ours the connection is open (SO_COOKIE).

internal import CLibevent
import Units

/// A connection of an HTTP server.
@safe
final class ServerConnection: TimerOwner {
    let socket: Socket
    var isStreaming = false { didSet { if isStreaming { deadline.cancel() } } }
    private let cookie: UInt64?
    private let limits: ServerLimits
    private let loop: EventLoop
    private var isBusy = false
    private lazy var deadline = Timer(on: loop, owner: self)

    init(_ socket: Socket, limits: ServerLimits, loop: EventLoop) {
        self.socket = socket
        self.limits = limits
        self.loop = loop
        cookie = socket.cookie
        super.init()
        deadline.set(after: limits.idle)
    }

    /// Whether the descriptor is still this connection's.
    var isOpen: Bool { cookie != nil && socket.cookie == cookie }

    /// Bytes came: what has begun must end in time.
    func began() {
        guard !isBusy, !isStreaming else { return }
        isBusy = true
        deadline.set(after: limits.request)
    }

    func answered() {
        isBusy = false
        deadline.set(after: limits.idle)
    }

    /// Ends it for both sides; libevent sees that and closes it.
    func cut() {
        if isOpen { socket.shutDown() }
    }

    override func fired(_ timer: Timer) { cut() }

    /// Told of each byte that libevent reads, for as long as its buffer lives: shorter than the descriptor, which is
    /// looked at before this is let go of.
    func watch(_ input: OpaquePointer?) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe evbuffer_add_cb(input, onInput, context)
    }
}

private func onInput(
    _ buffer: OpaquePointer?, _ change: UnsafePointer<evbuffer_cb_info>?, _ context: UnsafeMutableRawPointer?
) {
    guard let context = unsafe context, let change = unsafe change, unsafe change.pointee.n_added > 0 else { return }
    unsafe Unmanaged<ServerConnection>.fromOpaque(context).takeUnretainedValue().began()
}
