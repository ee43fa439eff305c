// Binding all listeners before anything starts: once without SO_REUSEPORT, so that a second instance on the same port
// is an error and not a silent sharer of its traffic; then once per worker with it.

package import EventLoop
package import Scenario

/// Why a listener could not be opened.
package struct ListenError: Error, CustomStringConvertible {
    /// As asked for; empty: it was not about an address.
    package let address: String
    /// Resolved, where it came so far.
    package var resolved: SocketAddress?
    package let error: SystemError

    package init(address: String, resolved: SocketAddress? = nil, error: SystemError) {
        self.address = address
        self.resolved = resolved
        self.error = error
    }

    /// As many programs know it: `listen tcp 127.0.0.1:3310: bind: address already in use`.
    package var plainText: String {
        guard let resolved else { return "listen tcp: lookup \(address): no such host" }
        let place = resolved.description
        let network = place.hasPrefix("unix:") ? "unix \(place.dropFirst(5))" : "tcp \(place)"
        return "listen \(network): \(error.call): \(error.reason.lowercased())"
    }

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

    func bound(at address: SocketAddress) -> ListenerConfiguration {
        ListenerConfiguration(index: index, service: service, address: address, endpoints: endpoints)
    }
}

/// Bound sockets by worker, and a descriptor of each for the control thread.
struct Binding {
    private(set) var listeners: [ServicePlace.OpenListener] = []
    /// By worker.
    private(set) var sockets: [[BoundListener]]

    init(_ wanted: [WantedListener], workers: Int) throws(ListenError) {
        sockets = Array(repeating: [], count: workers)
        for listener in wanted {
            var resolved: SocketAddress?
            do throws(SystemError) {
                resolved = try Self.resolve(listener.address)
                try add(listener, at: resolved, workers: workers)
            } catch {
                close()
                throw ListenError(address: listener.address.label, resolved: resolved, error: error)
            }
        }
    }

    /// The claim is held until the shared sockets are bound: between the two nobody else may be given the port.
    private mutating func add(_ listener: WantedListener, at wanted: SocketAddress?, workers: Int) throws(SystemError) {
        guard let wanted else { return }
        let claim = try Claim(wanted)
        defer { claim.end() }
        let configuration = listener.bound(at: claim.address)
        var made: [Socket] = []
        for worker in 0..<(claim.isUnix ? 1 : workers) {
            let socket = try Self.bound(claim.address, shared: !claim.isUnix)
            sockets[worker].append(BoundListener(configuration: configuration, socket: socket))
            made.append(socket)
        }
        claim.end()
        let grips = try Self.listening(made)
        listeners.append(
            ServicePlace.OpenListener(wanted: listener.address, configuration: configuration, grips: grips))
    }

    /// Before any worker takes them: whoever connects from now on waits in a queue, and is not refused.
    private static func listening(_ sockets: [Socket]) throws(SystemError) -> [Socket] {
        var grips: [Socket] = []
        do throws(SystemError) {
            for socket in sockets {
                try socket.listen(backlog: Listener.backlog)
                grips.append(try socket.duplicate())
            }
        } catch {
            for grip in grips { grip.close() }
            throw error
        }
        return grips
    }

    /// What `worker` begins with.
    func openings(
        _ services: [ServiceConfiguration], _ counters: [ServiceCounterSet], worker: Int
    ) -> [ServiceOpening] {
        zip(services, counters).map { service, counters in
            ServiceOpening(
                configuration: service, counters: counters.workers[worker],
                bound: sockets[worker].filter { $0.configuration.service == service.index })
        }
    }

    /// Closes everything that was bound.
    func close() {
        for bound in sockets.joined() { bound.socket.close() }
        for listener in listeners { listener.end() }
    }

    fileprivate static func bound(_ address: SocketAddress, shared: Bool) throws(SystemError) -> Socket {
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

    static func resolve(_ address: NetworkAddress) throws(SystemError) -> SocketAddress {
        switch address {
        case .unix(let path): return SocketAddress(.unix(path))
        case .host(let host, let port):
            let port = UInt16(truncatingIfNeeded: port)
            if let numeric = SocketAddress(numeric: host, port: port) { return numeric }
            if let listed = HostsFile.system()[host]?.first { return listed.withPort(port) }
            throw SystemError("resolve", 99)
        }
    }
}

/// Binds an address alone: it is free, and port 0 becomes a number.
private final class Claim {
    let address: SocketAddress
    private var socket: Socket?

    init(_ wanted: SocketAddress) throws(SystemError) {
        if case .unix(let path) = wanted.kind {
            try Self.removeStale(path)
            address = wanted
            return
        }
        let socket = try Binding.bound(wanted, shared: false)
        self.socket = socket
        address = wanted.withPort(socket.localAddress?.port ?? wanted.port)
    }

    deinit { end() }

    var isUnix: Bool { address.family == 1 }

    func end() {
        socket?.close()
        socket = nil
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
