// What the built-in origin and the built-in caller have in common: a connection that sends whole messages and gathers
// what comes. Nothing here is fast or clever; the proxy between the two is what the demo is about.
//
//     transmit ──► send at once ──► tail in `outgoing`, sent when there is room
//     recv ──► `incoming` ──► received()     bounded: what is full is not read until something was taken

import EventLoop
import Units

/// One connection of the demo; subclasses say what its messages mean.
class MessageConnection: Watcher {
    /// Above a head's limit, so that a head always fits.
    static let incomingMaximum = 128 * 1024

    final var incoming = ByteQueue()
    private final var outgoing = ByteQueue()
    private final var closesWhenSent = false

    init(loop: EventLoop, socket: Socket) {
        super.init(loop: loop, socket: socket, urgent: false)
        socket.disableNagle()
    }

    /// More bytes are in `incoming`.
    func received() {}

    /// The peer has ended or broken the connection, which is closed.
    func ended(_ error: SystemError?) {}

    /// Sends `message`, now or when the peer takes it.
    final func transmit(_ message: [UInt8]) {
        message.withBytes { outgoing.append($0) }
        flush()
    }

    /// Closes once everything is sent.
    final func closeWhenSent() {
        closesWhenSent = true
        if outgoing.isEmpty { end(nil) }
    }

    /// Closes and tells the subclass.
    final func end(_ error: SystemError?) {
        if isClosed { return }
        close()
        ended(error)
    }

    final override func ready(_ readiness: Readiness) {
        if readiness.contains(.write) { flush() }
        if !isClosed, readiness.contains(.read) { fill() }
        if !isClosed, readiness.contains(.closed) { end(nil) }
    }

    private func flush() {
        switch outgoing.isEmpty ? .sent(0) : outgoing.withBytes({ socket.send($0) }) {
        case .sent(let count): outgoing.removeFirst(count)
        case .failed(let error): return end(error)
        }
        if outgoing.isEmpty, closesWhenSent { return end(nil) }
        settleInterest()
    }

    private func fill() {
        switch socket.receive(into: loop.scratch) {
        case .received(let count):
            incoming.append(loop.scratch.bytes(count))
            received()
            if !isClosed { settleInterest() }
        case .wouldBlock: break
        case .ended: end(nil)
        case .failed(let error): end(error)
        }
    }

    /// Waits for what can be used: bytes while there is room for them, else the peer's end.
    final func settleInterest() {
        var interest: Interest = incoming.count < Self.incomingMaximum ? .read : .closing
        if !outgoing.isEmpty { interest.insert(.write) }
        if !watch(interest) { end(SystemError("epoll_ctl", 0)) }
    }
}
