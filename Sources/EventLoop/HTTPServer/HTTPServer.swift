// libevent's HTTP server (evhttp) on one loop, with the bounds that it lacks. For the control plane only: the data path
// has a parser of its own, which costs half.
//
//      listening socket ─► ServerConnections (counted) ─► evhttp: head, body ─► ServerExchange ─► handler
//                                                                                   └─ reply, now or later
//
// What is no HTTP, or has a head or body that is too long, evhttp answers by itself: 400 or 413 with its own page.

internal import CLibevent
import Glibc
import Units

/// Whoever answers the requests of an HTTP server.
package protocol ServerHandler: AnyObject {
    /// A whole request; it waits until it is answered, or `limits.request` is over.
    func received(_ exchange: ServerExchange)
}

/// An HTTP server; use it from its loop's thread only.
@safe
package final class HTTPServer: TimerOwner {
    package let address: SocketAddress
    package let limits: ServerLimits
    private let loop: EventLoop
    private let connections: ServerConnections
    private unowned let handler: any ServerHandler
    private var native: OpaquePointer?
    private var listener: OpaquePointer?
    private var exchanges: [ObjectIdentifier: ServerExchange] = [:]
    private lazy var patience = Timer(on: loop, owner: self)

    private static let backlog: Int32 = 128
    /// libevent's own time-out is per read and write; ours are shorter.
    private static let nativeTimeoutSeconds: Int32 = 120
    private static let patienceSpan = TimeSpan.milliseconds(250)

    /// A listening socket. Say what cannot be bound before anything else starts.
    package static func listen(on address: SocketAddress) throws(SystemError) -> Socket {
        let socket = try Socket.stream(family: address.family)
        do throws(SystemError) {
            socket.allowReuseOfAddress()
            if address.family == AF_INET6 { socket.acceptIPv6Only() }
            // What is accepted inherits it. libevent writes long answers in pieces, and the last would wait for the caller's
            // acknowledgement of the one before: 40 ms.
            socket.disableNagle()
            try socket.bind(to: address)
            try socket.listen(backlog: backlog)
            return socket
        } catch {
            socket.close()
            throw error
        }
    }

    /// Serves on `socket`, which it closes, until `close()`.
    package init(
        loop: EventLoop, socket: Socket, limits: ServerLimits = ServerLimits(), handler: any ServerHandler
    ) throws(SystemError) {
        self.loop = loop
        self.limits = limits
        self.handler = handler
        address = socket.localAddress ?? SocketAddress(.unix(""))
        connections = ServerConnections(limits: limits, loop: loop)
        guard let native = unsafe evhttp_new(loop.base) else { throw SystemError("evhttp_new", ENOMEM) }
        unsafe self.native = native
        super.init()
        // libevent writes with writev(2), which raises SIGPIPE where a caller is gone.
        ProcessSignals.ignoreBrokenPipes()
        unsafe configure(native)
        guard let bound = unsafe evhttp_accept_socket_with_handle(native, socket.descriptor) else {
            unsafe evhttp_free(native)
            unsafe self.native = nil
            throw SystemError("evhttp_accept_socket", ENOMEM)
        }
        unsafe listener = evhttp_bound_socket_get_listener(bound)
        unsafe evconnlistener_set_error_cb(listener, onAcceptError)
        patience.set(after: Self.patienceSpan)
    }

    deinit { close() }

    /// Breaks off whatever is open.
    package func close() {
        patience.cancel()
        guard let native = unsafe native else { return }
        unsafe self.native = nil
        unsafe listener = nil
        unsafe evhttp_free(native)
    }

    /// Whether somebody still waits for an answer that has an end.
    package var isAnswering: Bool { exchanges.values.contains { $0.connection?.isStreaming != true } }

    /// Connections that were refused because too many are open.
    package var refusedConnections: Int { connections.refused }

    private func configure(_ native: OpaquePointer) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe evhttp_set_max_headers_size(native, limits.headBytes)
        unsafe evhttp_set_max_body_size(native, limits.bodyBytes)
        unsafe evhttp_set_timeout(native, Self.nativeTimeoutSeconds)
        unsafe evhttp_set_allowed_methods(native, ServerRequest.Method.allNative)
        unsafe evhttp_set_bevcb(native, onConnection, context)
        unsafe evhttp_set_gencb(native, onRequest, context)
    }

    // MARK: Callbacks

    fileprivate func accepted() -> OpaquePointer? { unsafe connections.next() }

    fileprivate func received(_ request: OpaquePointer) {
        loop.beginCallback()
        let buffered = unsafe evhttp_connection_get_bufferevent(evhttp_request_get_connection(request))
        let connection = unsafe connections[buffered]
        connection?.began()
        let exchange = unsafe ServerExchange(native: request, connection: connection, server: self)
        exchanges[ObjectIdentifier(exchange)] = exchange
        handler.received(exchange)
    }

    func forget(_ exchange: ServerExchange) {
        exchanges[ObjectIdentifier(exchange)] = nil
    }

    /// Accepts again, in case that accepting had failed.
    package override func fired(_ timer: Timer) {
        guard let listener = unsafe listener else { return }
        unsafe evconnlistener_enable(listener)
        patience.set(after: Self.patienceSpan)
    }
}

private func onConnection(_ base: OpaquePointer?, _ context: UnsafeMutableRawPointer?) -> OpaquePointer? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue().accepted()
}

private func onRequest(_ request: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    guard let request = unsafe request, let context = unsafe context else { return }
    unsafe Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue().received(request)
}

/// No descriptor is left: libevent would try again at once, and again. The context is evhttp's, not ours; the server
/// switches accepting on again by itself.
private func onAcceptError(_ listener: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    if let listener = unsafe listener { unsafe evconnlistener_disable(listener) }
}
