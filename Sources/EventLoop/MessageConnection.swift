// A connection that sends whole messages and gathers what comes: what the demo's origin and caller, and the commands'
// client, have in common. Nothing here is fast or clever; the data path has its own.
//
//     transmit ──► send at once ──► tail in `outgoing`, sent when there is room
//     recv ──► `incoming` ──► received()     bounded: what is full is not read until something was taken

import Units

/// A connection of messages; subclasses say what they mean.
open class MessageConnection: Watcher {
    /// Above a head's limit, so that a head always fits.
    package static let incomingMaximum = 128 * 1024

    package final let incoming = ByteQueue()
    private final var outgoing = ByteQueue()
    private final var closesWhenSent = false

    package init(loop: EventLoop, socket: Socket) {
        super.init(loop: loop, socket: socket, urgent: false)
        socket.disableNagle()
    }

    /// More bytes are in `incoming`.
    open func received() {}

    /// The peer has ended or broken the connection, which is closed.
    open func ended(_ error: SystemError?) {}

    /// Sends `message`, now or when the peer takes it.
    package final func transmit(_ message: [UInt8]) {
        message.withBytes { outgoing.append($0) }
        flush()
    }

    /// Closes once everything is sent.
    package final func closeWhenSent() {
        closesWhenSent = true
        if outgoing.isEmpty { end(nil) }
    }

    /// Closes and tells the subclass.
    package final func end(_ error: SystemError?) {
        if isClosed { return }
        close()
        ended(error)
    }

    public final override func ready(_ readiness: Readiness) {
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
    package final func settleInterest() {
        var interest: Interest = incoming.count < Self.incomingMaximum ? .read : .closing
        if !outgoing.isEmpty { interest.insert(.write) }
        if !watch(interest) { end(SystemError("epoll_ctl", 0)) }
    }
}
