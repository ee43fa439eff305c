// A request as a value: copied out of libevent's, so that it can go to another thread and outlive its connection.

internal import CLibevent

/// One whole request.
package struct ServerRequest: Sendable {
    /// The methods that an API has, and one for all others, whose names libevent does not keep.
    package enum Method: String, Sendable, Hashable, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
        case options = "OPTIONS"
        case trace = "TRACE"
        case patch = "PATCH"
        case other = "this method"
    }

    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package var method: Method
    /// As it came: path and query, still encoded.
    package var target: String
    package var fields: [Field]
    package var body: [UInt8]
    /// "127.0.0.1:52311".
    package var peer: String

    package init(method: Method, target: String, fields: [Field] = [], body: [UInt8] = [], peer: String = "") {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
        self.peer = peer
    }

    /// The values of the fields of this name, in order.
    package subscript(name: String) -> [String] {
        let wanted = name.lowercased()
        return fields.filter { $0.name.lowercased() == wanted }.map(\.value)
    }

    /// libevent reads a body for some methods only; for others it stays in the connection.
    var hasUnreadBody: Bool {
        guard body.isEmpty else { return false }
        return !self["transfer-encoding"].isEmpty || self["content-length"].contains { $0 != "0" }
    }

    /// The target up to its query.
    package var path: Substring { target.prefix { $0 != "?" && $0 != "#" } }

    /// What stands behind the question mark.
    package var query: Substring { target.dropFirst(path.count + 1).prefix { $0 != "#" } }
}

extension ServerRequest.Method {
    var native: evhttp_cmd_type {
        switch self {
        case .get: EVHTTP_REQ_GET
        case .head: EVHTTP_REQ_HEAD
        case .post: EVHTTP_REQ_POST
        case .put: EVHTTP_REQ_PUT
        case .delete: EVHTTP_REQ_DELETE
        case .options: EVHTTP_REQ_OPTIONS
        case .trace: EVHTTP_REQ_TRACE
        case .patch: EVHTTP_REQ_PATCH
        case .other: EVHTTP_REQ_CONNECT
        }
    }

    /// As a set for evhttp_set_allowed_methods: methods that it does not know have the highest bit, and come to us, too.
    static var allNative: UInt16 { .max }
}

extension ServerRequest {
    /// Copies what libevent has read.
    @unsafe init(native: OpaquePointer) {
        let command = unsafe evhttp_request_get_command(native)
        method = Method.allCases.first { $0.native == command } ?? .other
        unsafe target = Self.text(evhttp_request_get_uri(native))
        fields = unsafe Self.fields(evhttp_request_get_input_headers(native))
        body = unsafe Self.bytes(evhttp_request_get_input_buffer(native))
        peer = unsafe Self.peer(evhttp_request_get_connection(native))
    }

    private static func text(_ string: UnsafePointer<CChar>?) -> String {
        unsafe string.map { unsafe String(cString: $0) } ?? ""
    }

    private static func fields(_ headers: UnsafeMutablePointer<evkeyvalq>?) -> [Field] {
        var fields: [Field] = []
        var next = unsafe headers?.pointee.tqh_first
        while let field = unsafe next {
            unsafe fields.append(Field(name: text(field.pointee.key), value: text(field.pointee.value)))
            unsafe next = field.pointee.next.tqe_next
        }
        return fields
    }

    private static func bytes(_ buffer: OpaquePointer?) -> [UInt8] {
        guard let buffer = unsafe buffer else { return [] }
        let count = unsafe evbuffer_get_length(buffer)
        var bytes = [UInt8](repeating: 0, count: count)
        let copied = unsafe evbuffer_remove(buffer, &bytes, count)
        return copied == count ? bytes : []
    }

    private static func peer(_ connection: OpaquePointer?) -> String {
        guard let connection = unsafe connection else { return "" }
        var address: UnsafeMutablePointer<CChar>?
        var port: UInt16 = 0
        unsafe evhttp_connection_get_peer(connection, &address, &port)
        let host = unsafe text(address)
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
