// Binding all listeners before anything starts: once without SO_REUSEPORT, so that a second instance on the same port
// is an error and not a silent sharer of its traffic; then once per worker with it.

package import EventLoop
package import Scenario

/// Why a listener could not be opened.
package struct ListenError: Error, CustomStringConvertible {
    package let address: String
    package let error: SystemError

    /// Says what, why, and what to do.
    package var description: String {
        let hint =
            error.isAddressInUse
            ? "; another process listens there: stop it, or choose another port (port 0 picks a free one)"
            : error.isPermissionDenied ? "; ports below 1024 need privileges: choose a higher one" : ""
        return address.isEmpty ? "cannot start: \(error)" : "cannot listen on \(address): \(error.reason)\(hint)"
    }
}

/// A listener to be opened.
package struct WantedListener: Sendable {
    package let service: Int
    package let index: Int
    package let address: NetworkAddress
    package let endpoints: [Int]

    package init(service: Int, index: Int, address: NetworkAddress, endpoints: [Int]) {
        self.service = service
        self.index = index
        self.address = address
        self.endpoints = endpoints
    }
}

/// Bound sockets by worker.
struct Binding {
    private(set) var configurations: [ListenerConfiguration] = []
    /// By worker.
    private(set) var sockets: [[BoundListener]]

    init(_ wanted: [WantedListener], workers: Int) throws(ListenError) {
        sockets = Array(repeating: [], count: workers)
        for listener in wanted {
            do throws(SystemError) {
                try add(listener, workers: workers)
            } catch {
                close()
                throw ListenError(address: listener.address.label, error: error)
            }
        }
    }

    private mutating func add(_ listener: WantedListener, workers: Int) throws(SystemError) {
        let address = try Self.claim(try Self.resolve(listener.address))
        let configuration = ListenerConfiguration(
            index: listener.index, service: listener.service, address: address, endpoints: listener.endpoints)
        configurations.append(configuration)
        let isUnix = address.family == 1
        for worker in 0..<(isUnix ? 1 : workers) {
            let socket = try Self.bound(address, shared: !isUnix)
            // Listening before any worker runs: whoever connects from now on waits in the queue, and is not refused.
            try socket.listen(backlog: Listener.backlog)
            sockets[worker].append(BoundListener(configuration: configuration, socket: socket))
        }
    }

    /// Closes everything that was bound.
    func close() {
        for bound in sockets.joined() { bound.socket.close() }
    }

    /// Binds alone for a moment: the address is free, and port 0 becomes a number.
    private static func claim(_ address: SocketAddress) throws(SystemError) -> SocketAddress {
        if case .unix(let path) = address.kind {
            try removeStale(path)
            return address
        }
        let socket = try bound(address, shared: false)
        defer { socket.close() }
        return address.withPort(socket.localAddress?.port ?? address.port)
    }

    private static func bound(_ address: SocketAddress, shared: Bool) throws(SystemError) -> Socket {
        let socket = try Socket.stream(family: address.family)
        do throws(SystemError) {
            socket.allowReuseOfAddress()
            if shared { socket.sharePort() }
            if address.family == 10 { socket.acceptIPv6Only() }
            try socket.bind(to: address)
            return socket
        } catch {
            socket.close()
            throw error
        }
    }

    private static func resolve(_ address: NetworkAddress) throws(SystemError) -> SocketAddress {
        switch address {
        case .unix(let path): return SocketAddress(.unix(path))
        case .host(let host, let port):
            let port = UInt16(truncatingIfNeeded: port)
            if let numeric = SocketAddress(numeric: host, port: port) { return numeric }
            if let listed = HostsFile.system()[host]?.first { return listed.withPort(port) }
            throw SystemError("resolve", 99)
        }
    }

    /// Removes the file of a unix socket that nobody listens on any more.
    private static func removeStale(_ path: String) throws(SystemError) {
        let probe = try Socket.stream(family: 1)
        defer { probe.close() }
        let address = SocketAddress(.unix(path))
        do throws(SystemError) {
            _ = try probe.connect(to: address)
        } catch {
            if error.isRefused { SocketFile.remove(path) }
            return
        }
        throw SystemError("bind", 98)
    }
}
