// A port on which connect() never completes, without root (FAULTS.md, "Refusing and black-holing without root").
//
//      listen(fd, 0)            the accept queue now holds one connection
//      fillers connect          until TCP_INFO of the listening socket shows that its queue is full
//      further SYNs             are dropped by the kernel; the caller waits and sends them again
//      listen(fd, 1024)         ends it; the fillers' connections are taken from the queue and thrown away
//
// With SO_REUSEPORT the kernel spreads SYNs by hash over all workers' sockets of the port, so each worker fills
// until its own socket is full. A filler that meets a full queue stays in SYN_SENT and is closed. Fillers are
// known by their source port: a worker that accepts one throws it away, uncounted.

import EventLoop
import Synchronization
import Units

/// The source ports of all fillers of this process. A port is kept for a second after its filler has gone: by then
/// every worker has taken the filler's connection from its queue, and sooner the kernel gives the port to nobody.
package final class FillerPorts: Sendable {
    private let ports = Lock<[UInt16: Instant]>([:])
    private let count = Atomic<Int>(0)

    package init() {}

    /// One atomic load while there are no fillers.
    func contains(_ port: UInt16) -> Bool {
        if count.load(ordering: .acquiring) == 0 { return false }
        return ports.withLock { $0[port] != nil }
    }

    func insert(_ port: UInt16) {
        change { $0[port] = .distantFuture }
    }

    func retire(_ port: UInt16, at now: Instant) {
        change { $0[port] = now + .seconds(1) }
    }

    /// Forgets the ports whose second is over.
    func purge(at now: Instant) {
        if count.load(ordering: .relaxed) == 0 { return }
        change { ports in ports = ports.filter { $0.value > now } }
    }

    private func change(_ body: (inout sending [UInt16: Instant]) -> Void) {
        ports.withLock { ports in
            body(&ports)
            count.store(ports.count, ordering: .releasing)
        }
    }
}

/// Keeps one listening socket's queue full.
final class BlackHole {
    private let listening: Socket
    private let ports: FillerPorts
    private let loop: EventLoop
    private var droppedBefore: UInt32 = 0
    private var fillers: [(socket: Socket, port: UInt16)] = []

    /// Each try lands on this socket with a chance of one in the number of workers.
    private static let triesMaximum = 512

    /// nil when the kernel cannot be made to drop SYNs here (unix sockets, tcp_abort_on_overflow).
    init?(of listening: Socket, at address: SocketAddress, ports: FillerPorts, loop: EventLoop) {
        self.listening = listening
        self.ports = ports
        self.loop = loop
        guard let target = address.reachable, fill(listening, target) else {
            end()
            return nil
        }
        droppedBefore = listening.droppedCount
    }

    /// How many SYNs the kernel has dropped since the last call: one for each try of each caller.
    func takeDroppedCount() -> Int {
        let now = listening.droppedCount
        defer { droppedBefore = now }
        return Int(now &- droppedBefore)
    }

    private func fill(_ listening: Socket, _ target: SocketAddress) -> Bool {
        do throws(SystemError) {
            try listening.listen(backlog: 0)
            for _ in 0..<Self.triesMaximum where !listening.isQueueFull {
                try addFiller(target)
            }
        } catch {
            return false
        }
        return listening.isQueueFull
    }

    private func addFiller(_ target: SocketAddress) throws(SystemError) {
        let socket = try Socket.stream(family: target.family)
        do throws(SystemError) {
            try socket.bind(to: target.withPort(0))
            let port = socket.localAddress?.port ?? 0
            ports.insert(port)
            fillers.append((socket, port))
            _ = try socket.connect(to: target)
        } catch {
            if fillers.last?.socket != socket { socket.close() }
            throw error
        }
        if socket.isHandshaking { dropLast() }
    }

    private func dropLast() {
        let (socket, port) = fillers.removeLast()
        socket.close()
        ports.retire(port, at: loop.now)
    }

    /// Lets go of all fillers.
    func end() {
        while !fillers.isEmpty { dropLast() }
    }
}

extension SocketAddress {
    /// Where the listener can be reached from this machine; nil for unix sockets.
    fileprivate var reachable: SocketAddress? {
        switch kind {
        case .v4(0, let port): SocketAddress(.v4(0x7F00_0001, port: port))
        case .v6(0, 0, let port, _): SocketAddress(.v6(0, 1, port: port, scope: 0))
        case .unix: nil
        default: self
        }
    }
}
