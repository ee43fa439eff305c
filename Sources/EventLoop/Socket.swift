// Non-blocking sockets: one function per system call, errno read where it is set.
// A `Socket` is a plain number; the watcher that holds it owns and closes it.

internal import CLibevent
import Glibc
package import Units

/// A socket's descriptor; does not close itself.
package struct Socket: Sendable, Hashable {
    package let descriptor: Int32

    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    // MARK: Making

    /// A non-blocking stream socket for `family` (socket(2)).
    package static func stream(family: Int32) throws(SystemError) -> Socket {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, type, 0)
        if descriptor < 0 { throw SystemError("socket", errno) }
        return Socket(descriptor: descriptor)
    }

    /// The next waiting connection and its peer, nil when none waits (accept4(2)).
    package func accept() throws(SystemError) -> (socket: Socket, peer: SocketAddress)? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let accepted = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe accept4(descriptor, $0, &length, flags)
            }
        }
        if accepted < 0 {
            let number = errno
            if number == EAGAIN || number == ECONNABORTED || number == EINTR { return nil }
            throw SystemError("accept", number)
        }
        let peer = SocketAddress(storage: storage) ?? SocketAddress(.unix(""))
        return (Socket(descriptor: accepted), peer)
    }

    /// Begins to connect; true when already connected (connect(2)).
    package func connect(to address: SocketAddress) throws(SystemError) -> Bool {
        let status = unsafe address.withSocketAddress { unsafe Glibc.connect(descriptor, $0, $1) }
        if status == 0 { return true }
        let number = errno
        if number == EINPROGRESS || number == EINTR { return false }
        throw SystemError("connect", number)
    }

    package func bind(to address: SocketAddress) throws(SystemError) {
        let status = unsafe address.withSocketAddress { unsafe Glibc.bind(descriptor, $0, $1) }
        if status != 0 { throw SystemError("bind", errno) }
    }

    /// Also changes the backlog of a socket that listens already; a listening socket keeps its queue.
    package func listen(backlog: Int32) throws(SystemError) {
        if Glibc.listen(descriptor, backlog) != 0 { throw SystemError("listen", errno) }
    }

    package func close() {
        _ = Glibc.close(descriptor)
    }

    /// Another descriptor of the same socket, which stays open until both are closed (fcntl(2)).
    package func duplicate() throws(SystemError) -> Socket {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        if copy < 0 { throw SystemError("dup", errno) }
        return Socket(descriptor: copy)
    }

    // MARK: Bytes

    package enum ReceiveResult {
        case received(Int)
        case wouldBlock
        case ended
        case failed(SystemError)
    }

    /// One recv(2) into `scratch`.
    package func receive(into scratch: ScratchBuffer) -> ReceiveResult {
        let count = unsafe receiveUncancelled(descriptor, scratch.memory, scratch.capacity)
        if count > 0 { return .received(count) }
        if count == 0 { return .ended }
        let number = errno
        return number == EAGAIN || number == EINTR ? .wouldBlock : .failed(SystemError("recv", number))
    }

    package enum SendResult {
        /// How many bytes the kernel took: possibly none.
        case sent(Int)
        case failed(SystemError)
    }

    /// One send(2); never raises SIGPIPE.
    package func send(_ bytes: Bytes) -> SendResult {
        let count = unsafe sendUncancelled(descriptor, bytes.pointer, bytes.count)
        if count >= 0 { return .sent(count) }
        let number = errno
        return number == EAGAIN || number == EINTR ? .sent(0) : .failed(SystemError("send", number))
    }

    /// How the peer stands without taking any byte from the queue (recv(2) with MSG_PEEK).
    package func peek() -> ReceiveResult {
        var byte: UInt8 = 0
        let count = unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        if count > 0 { return .received(count) }
        if count == 0 { return .ended }
        let number = errno
        return number == EAGAIN || number == EINTR ? .wouldBlock : .failed(SystemError("recv", number))
    }

    /// Stops listening but stays bound, so that connects are refused and nobody else gets the port;
    /// `listen` begins again (shutdown(2) on a listening socket).
    package func stopListening() {
        _ = shutdown(descriptor, Int32(SHUT_RD))
    }

    /// Whether a listening socket's queue is full, so that the kernel drops further SYNs. For a listening socket
    /// TCP_INFO gives the length of the queue as unacked, its limit as sacked.
    package var isQueueFull: Bool {
        guard let info = tcpInfo else { return false }
        return info.tcpi_unacked > info.tcpi_sacked
    }

    /// How many packets the kernel dropped at this socket: on a listening socket, SYNs (SO_MEMINFO, SK_MEMINFO_DROPS).
    package var droppedCount: UInt32 {
        var counts = [UInt32](repeating: 0, count: 9)
        var length = socklen_t(counts.count * 4)
        return unsafe getsockopt(descriptor, SOL_SOCKET, 55, &counts, &length) == 0 ? counts[8] : 0
    }

    /// Whether the three-way handshake is done.
    package var isEstablished: Bool { tcpInfo.map { $0.tcpi_state == 1 } ?? false }

    /// Whether the peer has not yet answered our SYN.
    package var isHandshaking: Bool { tcpInfo.map { $0.tcpi_state == 2 } ?? false }

    /// Whether the peer's kernel has not yet acknowledged all that was sent (SIOCOUTQ): a RST now could overtake it.
    package var hasUndelivered: Bool {
        var count: Int32 = 0
        return unsafe ioctl(descriptor, UInt(TIOCOUTQ), &count) == 0 && count > 0
    }

    /// Sends FIN: no more from us (shutdown(2)).
    package func finishSending() {
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    // MARK: Options and state

    /// The pending error, which it clears (SO_ERROR); nil when there is none.
    package func takeError() -> SystemError? {
        let number = option(SOL_SOCKET, SO_ERROR) ?? 0
        return number == 0 ? nil : SystemError("connect", number)
    }

    /// Close will send RST instead of FIN (SO_LINGER with zero).
    package func resetOnClose() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    }

    package func disableNagle() { set(Int32(IPPROTO_TCP), TCP_NODELAY, 1) }
    package func allowReuseOfAddress() { set(SOL_SOCKET, SO_REUSEADDR, 1) }
    package func sharePort() { set(SOL_SOCKET, SO_REUSEPORT, 1) }
    package func acceptIPv6Only() { set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }

    /// Finds dead peers: probes after 60 s of silence, four of them 15 s apart.
    package func keepAlive() {
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, 60)
        set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 15)
        set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 4)
    }

    package func set(_ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        _ = unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    package func option(_ level: Int32, _ name: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(descriptor, level, name, &value, &length) == 0 ? value : nil
    }

    /// The address the socket is bound to (getsockname(2)).
    package var localAddress: SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        return status == 0 ? SocketAddress(storage: storage) : nil
    }

    /// The kernel's view of the connection (TCP_INFO); nil for unix sockets.
    var tcpInfo: tcp_info? {
        var info = tcp_info()
        var length = socklen_t(MemoryLayout<tcp_info>.size)
        return unsafe getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &info, &length) == 0 ? info : nil
    }
}
