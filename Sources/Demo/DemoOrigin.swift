// A dependency for those who have none at hand: an HTTP/1.1 origin on a thread of its own, which says its zone in every
// answer. The socket is bound before the thread starts, so a port in use is an error of the initialiser.

package import EventLoop
import Synchronization

/// How a built-in origin behaves.
package struct OriginOptions: Sendable {
    package var zone: String
    package var seed: UInt64
    package var serviceTime: ServiceTime
    package var connectionsMaximum = 4_096

    package init(zone: String, seed: UInt64 = 1, serviceTime: ServiceTime = ServiceTime()) {
        self.zone = zone
        self.seed = seed
        self.serviceTime = serviceTime
    }
}

/// What may be said to a thread of the demo.
enum DemoLetter: Sendable { case stop }

/// A built-in origin.
package final class DemoOrigin: Sendable {
    package let zone: String
    package let address: SocketAddress
    private let counts = OriginCounts()
    private let mailbox: Mailbox<DemoLetter>
    private let thread: LoopThread

    /// Listens on a free port of the loopback address and starts to answer.
    package init(_ options: OriginOptions) throws(SystemError) {
        let mailbox = try Mailbox<DemoLetter>()
        let socket = try Self.listeningSocket()
        guard let address = socket.localAddress else { throw SystemError("getsockname", 0) }
        let counts = counts
        do throws(SystemError) {
            thread = try LoopThread(name: "origin-\(options.zone)") {
                Self.run(socket, options, counts, mailbox)
            }
        } catch {
            socket.close()
            throw error
        }
        (zone, self.address, self.mailbox) = (options.zone, address, mailbox)
    }

    /// How many requests were answered.
    package var answers: Int { counts.answers }

    /// Closes every connection and waits for the thread; call once.
    package func stop() {
        mailbox.post(.stop)
        thread.join()
    }

    private static func listeningSocket() throws(SystemError) -> Socket {
        let wanted = SocketAddress.loopback(port: 0)
        let socket = try Socket.stream(family: wanted.family)
        do throws(SystemError) {
            try socket.bind(to: wanted)
            try socket.listen(backlog: 1_024)
        } catch {
            socket.close()
            throw error
        }
        return socket
    }

    private static func run(
        _ socket: Socket, _ options: OriginOptions, _ counts: OriginCounts, _ mailbox: Mailbox<DemoLetter>
    ) {
        guard let loop = try? EventLoop() else { return socket.close() }
        let server = OriginServer(loop: loop, listening: socket, options: options, counts: counts)
        if let wakeUp = try? WakeUp(loop: loop, mailbox: mailbox, reader: server) {
            loop.run()
            wakeUp.close()
        }
        server.close()
        loop.close()
    }
}

/// Counters that other threads may read.
final class OriginCounts: Sendable {
    private let answered = Atomic<Int>(0)

    var answers: Int { answered.load(ordering: .relaxed) }

    /// The number of this answer, from 1.
    func countAnswer() -> Int { answered.wrappingAdd(1, ordering: .relaxed).newValue }
}
