// Responses of our own: what a fault answers in the dependency's stead, and our refusals.
//
// Built off the hot path, usually once per rule. Framing is ours alone: fields that would frame the body or
// manage the connection are left out of what is given, and control bytes become spaces, so that no value can break
// out of its line.

/// Makes whole responses.
package enum HTTPResponse {
    /// The bytes of a response with `body` framed by Content-Length.
    ///
    /// `lines` are whole field lines, each with its CR LF, checked by whoever made them.
    /// 1xx, 204 and 304 have no body and no length whatever is given; with `isHead` the length is told and the body
    /// left out.
    package static func bytes(
        status: Int, reason: String? = nil, fields: [(String, String)] = [], lines: [UInt8] = [], body: [UInt8] = [],
        close: Bool = false, isHead: Bool = false
    ) -> [UInt8] {
        precondition(status >= 100 && status <= 999, "a status has three digits")
        let hasBody = status >= 200 && status != 204 && status != 304
        var output: [UInt8] = []
        output.reserveCapacity(256 + body.count)
        append(line: "HTTP/1.1 \(status) \(reason ?? standardReason(status))", to: &output)
        for (name, value) in fields where isAllowed(name) { append(line: "\(name): \(value)", to: &output) }
        output.append(contentsOf: lines)
        if hasBody { append(line: "Content-Length: \(body.count)", to: &output) }
        if close { append(line: "Connection: close", to: &output) }
        output.append(contentsOf: [ASCII.carriageReturn, ASCII.lineFeed])
        if hasBody && !isHead { output.append(contentsOf: body) }
        return output
    }

    /// The bytes that refuse a request with `error`, and close.
    package static func refusal(_ error: HTTPError, isHead: Bool = false) -> [UInt8] {
        bytes(
            status: error.status, fields: [("Content-Type", "text/plain; charset=utf-8")],
            body: Array("brownout: \(error.reason)\n".utf8), close: true, isHead: isHead)
    }

    private static func isAllowed(_ name: String) -> Bool {
        let ours = ["content-length", "transfer-encoding", "connection"]
        return !name.isEmpty && name.utf8.allSatisfy(ASCII.isToken) && !ours.contains(name.lowercased())
    }

    private static func append(line: String, to output: inout [UInt8]) {
        for byte in line.utf8 { output.append(ASCII.isControl(byte) ? ASCII.space : byte) }
        output.append(contentsOf: [ASCII.carriageReturn, ASCII.lineFeed])
    }
}
