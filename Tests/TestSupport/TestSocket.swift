// A blocking socket with a deadline on every call: what tests speak with on both sides of the proxy. Calls that get
// nothing in time say so by an error; they never hang a test.

import Glibc

/// What a test socket saw instead of what was wanted.
package enum TestSocketError: Error, Equatable {
    case timedOut
    case refused
    case reset
    case ended
    case failed(String, Int32)
}

/// A connected stream socket; closes itself.
package final class TestSocket: Sendable {
    package let descriptor: Int32

    package init(descriptor: Int32) {
        self.descriptor = descriptor
        setTimeout(seconds: 20)
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Connects to 127.0.0.1, from 127.0.0.`host`; a connect that gets no answer within `seconds` times out.
    package static func connect(port: UInt16, from host: UInt32 = 1, within seconds: Double = 10) throws -> TestSocket {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if descriptor < 0 { throw TestSocketError.failed("socket", errno) }
        let made = TestSocket(descriptor: descriptor)
        made.setTimeout(seconds: seconds)
        var own = loopback(port: 0, host: host)
        let isBound = unsafe withUnsafePointer(to: &own) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe host == 1 || bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if !isBound { throw error("bind", errno) }
        var address = loopback(port: port)
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if status != 0 { throw error("connect", errno) }
        var one: Int32 = 1
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        made.setTimeout(seconds: 20)
        return made
    }

    static func loopback(port: UInt16, host: UInt32 = 1) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0000 + host).bigEndian
        return address
    }

    /// Every later call fails with `timedOut` after this long.
    package func setTimeout(seconds: Double) {
        var time = timeval()
        time.tv_sec = Int(seconds)
        time.tv_usec = Int((seconds - Double(Int(seconds))) * 1e6)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }

    package func setReceiveBuffer(bytes: Int32) {
        var bytes = bytes
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, 4)
    }

    /// Sends all of it.
    package func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(descriptor, buffer.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0 { throw Self.error("send", errno) }
            sent += count
        }
    }

    package func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    /// What comes next, at most `limit` bytes; empty at the end of the stream.
    package func receive(limit: Int = 65_536) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = unsafe recv(descriptor, &buffer, limit, 0)
        if count < 0 { throw Self.error("recv", errno) }
        return Array(buffer.prefix(count))
    }

    /// Exactly `count` bytes.
    package func receive(exactly count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = try receive(limit: min(count - bytes.count, 1 << 20))
            if more.isEmpty { throw TestSocketError.ended }
            bytes += more
        }
        return bytes
    }

    /// Everything up to the end of the stream.
    package func receiveAll() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let more = try receive(limit: 1 << 20)
            if more.isEmpty { return bytes }
            bytes += more
        }
    }

    /// FIN.
    package func finish() {
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    /// RST: the socket must not be used any more.
    package func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        // Disconnecting with zero linger sends RST and keeps the descriptor, which deinit closes.
        var address = sockaddr()
        address.sa_family = sa_family_t(AF_UNSPEC)
        unsafe Glibc.connect(descriptor, &address, socklen_t(MemoryLayout<sockaddr>.size))
    }

    static func error(_ call: String, _ number: Int32) -> TestSocketError {
        switch number {
        case EAGAIN, ETIMEDOUT, EINPROGRESS: .timedOut
        case ECONNREFUSED: .refused
        case ECONNRESET, EPIPE: .reset
        default: .failed(call, number)
        }
    }
}
