// One request and its answer. The answer may come later: until then libevent reads nothing more of the connection.
//
//      received ─► reply ─► sent, or broken off                 received ─► stream ─► send … ─► finish, or broken off
//
// Whose is libevent's request? Its connection's, and freed with it, but for one case: when the connection breaks before a
// reply was begun or while a stream goes on, libevent lets go of the request, says so by taking its connection away, and
// the request is ours to free. `brokenOff` is where both cases meet, and where the pointer is forgotten.

internal import CLibevent

/// A request that waits for its answer, or is being answered.
@safe
package final class ServerExchange {
    package let request: ServerRequest
    /// nil once libevent's request is gone.
    private var native: OpaquePointer?
    private var hasBegun = false
    private unowned let server: HTTPServer
    let connection: ServerConnection?

    init(native: OpaquePointer, connection: ServerConnection?, server: HTTPServer) {
        request = unsafe ServerRequest(native: native)
        unsafe self.native = native
        self.connection = connection
        self.server = server
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe evhttp_request_set_on_complete_cb(native, onSent, context)
        unsafe evhttp_connection_set_closecb(evhttp_request_get_connection(native), onBroken, context)
    }

    /// Whether an answer can still reach the caller.
    package var isOpen: Bool { unsafe native != nil }

    /// Answers; once. Does nothing when the caller is gone.
    package func reply(_ reply: ServerReply) {
        guard let native = unsafe native, !hasBegun else { return }
        hasBegun = true
        unsafe add(reply.fields, to: native)
        // What follows would be taken for the next request.
        if request.hasUnreadBody { unsafe add([.init(name: "Connection", value: "close")], to: native) }
        guard let body = unsafe evbuffer_new() else { return connection?.cut() ?? () }
        defer { unsafe evbuffer_free(body) }
        if request.method == .head {
            unsafe evhttp_add_header(evhttp_request_get_output_headers(native), "Content-Length", "\(reply.body.count)")
        } else {
            unsafe evbuffer_add(body, reply.body, reply.body.count)
        }
        unsafe evhttp_send_reply(native, Int32(truncatingIfNeeded: reply.status), nil, body)
    }

    /// Begins an answer without an end.
    package func stream(_ fields: [ServerRequest.Field]) -> ServerStream? {
        guard let native = unsafe native, !hasBegun else { return nil }
        hasBegun = true
        connection?.isStreaming = true
        unsafe add(fields, to: native)
        unsafe evhttp_send_reply_start(native, 200, nil)
        return ServerStream(self, limit: server.limits.streamBytes)
    }

    private func add(_ fields: [ServerRequest.Field], to native: OpaquePointer) {
        let headers = unsafe evhttp_request_get_output_headers(native)
        for field in fields { unsafe evhttp_add_header(headers, field.name, field.value) }
    }

    // MARK: For its stream

    /// Bytes that the caller has not taken yet.
    var pendingBytes: Int {
        guard let native = unsafe native, let connection = unsafe evhttp_request_get_connection(native),
            let buffered = unsafe evhttp_connection_get_bufferevent(connection)
        else { return 0 }
        return unsafe evbuffer_get_length(bufferevent_get_output(buffered))
    }

    func send(_ bytes: [UInt8]) {
        guard let native = unsafe native, let chunk = unsafe evbuffer_new() else { return }
        defer { unsafe evbuffer_free(chunk) }
        unsafe evbuffer_add(chunk, bytes, bytes.count)
        unsafe evhttp_send_reply_chunk(native, chunk)
    }

    func finish() {
        guard let native = unsafe native else { return }
        unsafe evhttp_send_reply_end(native)
    }

    // MARK: Its end

    fileprivate func sent() {
        if let native = unsafe native, let connection = unsafe evhttp_request_get_connection(native) {
            unsafe evhttp_connection_set_closecb(connection, nil, nil)
        }
        forget()
        connection?.answered()
    }

    fileprivate func brokenOff() {
        if let native = unsafe native, unsafe evhttp_request_get_connection(native) == nil {
            unsafe evhttp_request_free(native)
        }
        forget()
    }

    private func forget() {
        unsafe native = nil
        server.forget(self)
    }
}

private func onSent(_ request: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    unsafe Unmanaged<ServerExchange>.fromOpaque(context).takeUnretainedValue().sent()
}

private func onBroken(_ connection: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    unsafe Unmanaged<ServerExchange>.fromOpaque(context).takeUnretainedValue().brokenOff()
}
