// Just enough HTTP/1 for tests to read what they are sent: heads, and bodies by length, by chunks or to the end.

/// A request or response as it came.
package struct TestMessage: Sendable, Equatable {
    package var startLine: String
    package var fields: [String]
    package var body: [UInt8]

    /// The status of a response; 0 for requests.
    package var status: Int { Int(startLine.split(separator: " ").dropFirst().first ?? "") ?? 0 }
    package var bodyText: String { String(decoding: body, as: UTF8.self) }

    /// The value of the first field of this name.
    package subscript(name: String) -> String? {
        for field in fields {
            let parts = field.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == name.lowercased() {
                return parts[1].drop { $0 == " " }.description
            }
        }
        return nil
    }
}

/// Reads messages off a socket, keeping what belongs to the next one.
package final class TestReader {
    private let socket: TestSocket
    private var buffer: [UInt8] = []

    package init(_ socket: TestSocket) {
        self.socket = socket
    }

    /// The next message; nil at an orderly end between messages. `headOnly`: a response to HEAD.
    package func message(headOnly: Bool = false) throws -> TestMessage? {
        guard let head = try readHead() else { return nil }
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
        var message = TestMessage(startLine: lines[0], fields: Array(lines.dropFirst()), body: [])
        if headOnly || message.status == 204 || message.status == 304 || (100..<200).contains(message.status) {
            return message
        }
        if let length = message["content-length"].flatMap({ Int($0) }) {
            message.body = try take(length)
        } else if message["transfer-encoding"]?.lowercased() == "chunked" {
            message.body = try readChunks()
        } else if message.startLine.hasPrefix("HTTP/") {
            message.body = buffer + (try socket.receiveAll())
            buffer = []
        }
        return message
    }

    private func readHead() throws -> String? {
        while true {
            if let end = endOfHead() {
                let head = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeFirst(end + 4)
                return head
            }
            let more = try socket.receive()
            if more.isEmpty {
                if buffer.isEmpty { return nil }
                throw TestSocketError.ended
            }
            buffer += more
        }
    }

    private func endOfHead() -> Int? {
        guard buffer.count >= 4 else { return nil }
        return (0...(buffer.count - 4)).first { buffer[$0..<$0 + 4].elementsEqual([13, 10, 13, 10]) }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        if buffer.count < count { buffer += try socket.receive(exactly: count - buffer.count) }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    private func line() throws -> String {
        var line: [UInt8] = []
        while !line.suffix(2).elementsEqual([13, 10]) { line += try take(1) }
        return String(decoding: line.dropLast(2), as: UTF8.self)
    }

    private func readChunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let size = Int(try line().prefix { $0 != ";" }, radix: 16) ?? 0
            if size == 0 { break }
            body += try take(size)
            _ = try take(2)
        }
        while try !line().isEmpty {}
        return body
    }
}

extension TestOrigin {
    /// An HTTP origin: `answer` makes the bytes of the whole response to each request.
    package static func http(_ answer: @escaping @Sendable (TestMessage) throws -> String) throws -> TestOrigin {
        try TestOrigin { socket in
            let reader = TestReader(socket)
            while let request = try reader.message() { try socket.send(answer(request)) }
        }
    }

    /// Sends back whatever it gets, half-closes included.
    package static func echo() throws -> TestOrigin {
        try TestOrigin { socket in
            while true {
                let bytes = try socket.receive()
                if bytes.isEmpty { return socket.finish() }
                try socket.send(bytes)
            }
        }
    }
}

/// "HTTP/1.1 200 OK" with a body of known length.
package func ok(_ body: String = "hello") -> String {
    "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
}
