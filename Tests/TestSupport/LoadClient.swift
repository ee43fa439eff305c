// Many keep-alive connections at once, closed loop: each sends its next request when its last answer is whole. One thread
// and poll(2), so that the client's own waiting adds little to what it measures.

import Glibc

/// What one request met.
package struct LoadSample: Sendable {
    /// 0: the connection broke.
    package let status: Int
    package let seconds: Double
}

/// A closed-loop HTTP client.
package enum LoadClient {
    /// Sends `requests` requests over `connections` connections to 127.0.0.1; `head` makes the head of the n-th.
    package static func run(
        port: UInt16, requests: Int, connections: Int,
        head: (Int) -> String = { _ in "GET / HTTP/1.1\r\nHost: a\r\n\r\n" }
    ) throws -> [LoadSample] {
        var lanes: [Lane] = []
        for _ in 0..<connections { lanes.append(Lane(socket: try TestSocket.connect(port: port))) }
        var samples: [LoadSample] = []
        samples.reserveCapacity(requests)
        var sent = 0
        for index in lanes.indices where sent < requests {
            try lanes[index].send(head(sent), sent)
            sent += 1
        }
        while samples.count < requests {
            for index in try readable(lanes) {
                guard let sample = try lanes[index].receive() else { continue }
                samples.append(sample)
                if sample.status == 0 { lanes[index] = Lane(socket: try TestSocket.connect(port: port)) }
                if sent < requests {
                    try lanes[index].send(head(sent), sent)
                    sent += 1
                }
            }
        }
        return samples
    }

    private static func readable(_ lanes: [Lane]) throws -> [Int] {
        var waiting = lanes.map { lane in
            pollfd(fd: lane.isBusy ? lane.socket.descriptor : -1, events: Int16(POLLIN), revents: 0)
        }
        let count = unsafe poll(&waiting, nfds_t(waiting.count), 30_000)
        if count <= 0 { throw TestSocketError.timedOut }
        return waiting.indices.filter { waiting[$0].revents != 0 }
    }

    private struct Lane {
        let socket: TestSocket
        var isBusy = false
        private var startedAt = 0.0
        private var answer: [UInt8] = []

        init(socket: TestSocket) {
            self.socket = socket
        }

        mutating func send(_ head: String, _ number: Int) throws {
            startedAt = secondsNow()
            isBusy = true
            answer = []
            try socket.send(head)
        }

        /// The sample once the answer is whole.
        mutating func receive() throws -> LoadSample? {
            let bytes = (try? socket.receive()) ?? []
            answer += bytes
            let seconds = secondsNow() - startedAt
            if bytes.isEmpty {
                isBusy = false
                return LoadSample(status: 0, seconds: seconds)
            }
            guard let status = wholeStatus else { return nil }
            isBusy = false
            return LoadSample(status: status, seconds: seconds)
        }

        /// The status of an answer with Content-Length that has come whole.
        private var wholeStatus: Int? {
            guard let end = Lane.endOfHead(answer) else { return nil }
            let lines = String(decoding: answer[..<end], as: UTF8.self).lowercased().split(separator: "\r\n")
            let prefix = "content-length:"
            let length = lines.first { $0.hasPrefix(prefix) }.flatMap { Int($0.dropFirst(prefix.count + 1)) }
            guard let length, answer.count >= end + 4 + length else { return nil }
            return lines.first.flatMap { Int($0.dropFirst(9).prefix(3)) }
        }

        private static func endOfHead(_ bytes: [UInt8]) -> Int? {
            var index = 0
            while index + 3 < bytes.count {
                if bytes[index] == 13, bytes[index + 2] == 13, bytes[index + 1] == 10, bytes[index + 3] == 10 {
                    return index
                }
                index += 1
            }
            return nil
        }
    }
}
