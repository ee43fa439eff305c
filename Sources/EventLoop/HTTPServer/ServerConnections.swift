// All connections of a server, counted: libevent's server accepts whatever comes.
//
// libevent asks for a bufferevent before it has given it the descriptor; `settle`, an event that we activate ourselves,
// runs behind that callback and before any byte of the connection is looked at, and finds the descriptor there.

internal import CLibevent
import Glibc

/// Counts connections and closes those that are too many.
@safe
final class ServerConnections {
    /// By descriptor; what libevent has closed meanwhile is found and removed by the next one that comes.
    private var open: [Int32: ServerConnection] = [:]
    private var fresh: [OpaquePointer] = unsafe []
    private let limits: ServerLimits
    private unowned let loop: EventLoop
    private let event: UnsafeMutablePointer<event>
    /// Those that were refused.
    private(set) var refused = 0

    init(limits: ServerLimits, loop: EventLoop) {
        self.limits = limits
        self.loop = loop
        unsafe event = UnsafeMutablePointer<event>.allocate(capacity: 1)
        unsafe event.initialize(to: CLibevent.event())
        unsafe event_assign(event, loop.base, -1, 0, onFresh, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        unsafe event_del(event)
        unsafe event.deallocate()
    }

    /// What libevent reads and writes the next connection through.
    func next() -> OpaquePointer? {
        guard let buffered = unsafe bufferevent_socket_new(loop.base, -1, 0) else { return nil }
        // libevent goes on reading while it answers, to see the caller go: what is sent meanwhile must not pile up.
        unsafe bufferevent_setwatermark(buffered, Int16(EV_READ), 0, limits.bodyBytes + 4 * limits.headBytes)
        unsafe fresh.append(buffered)
        unsafe event_active(event, Int32(EV_TIMEOUT), 1)
        return unsafe buffered
    }

    /// The connection behind a request.
    subscript(buffered: OpaquePointer?) -> ServerConnection? {
        unsafe buffered.flatMap { unsafe open[bufferevent_getfd($0)] }
    }

    fileprivate func settle() {
        loop.beginCallback()
        unsafe fresh.forEach { unsafe settle($0) }
        unsafe fresh.removeAll()
    }

    private func settle(_ buffered: OpaquePointer) {
        let descriptor = unsafe bufferevent_getfd(buffered)
        guard descriptor >= 0 else { return }
        let socket = Socket(descriptor: descriptor)
        open = open.filter { $0.value.isOpen && $0.key != descriptor }
        let connection = ServerConnection(socket, limits: limits, loop: loop)
        open[descriptor] = connection
        guard open.count <= limits.connections else {
            refused += 1
            return refuse(connection)
        }
        unsafe connection.watch(bufferevent_get_input(buffered))
    }

    /// As far as the kernel takes it at once; then the end.
    private func refuse(_ connection: ServerConnection) {
        let text =
            "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 1\r\n\r\n"
        connection.socket.send(text)
        connection.cut()
    }
}

private func onFresh(_ descriptor: Int32, _ flags: Int16, _ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    unsafe Unmanaged<ServerConnections>.fromOpaque(context).takeUnretainedValue().settle()
}
