// Copies of a request (`duplicate`): each leaves with the original, byte for byte, on a connection of its own.

import EventLoop
import Faults
import HTTP1
import Units

extension HTTPSession {
    /// Sends the copies what the original is about to be sent; its first bytes make them.
    func copyRequest(_ bytes: Bytes) {
        if exchange.bytesUp == 0, exchange.plan.copies > 0 { beginCopies() }
        for copy in copies { copy.take(bytes) }
    }

    private func beginCopies() {
        let isTunnel = !exchange.facts.isDisjoint(with: [.isConnect, .isUpgrade])
        for _ in 0..<exchange.plan.copies {
            guard !isTunnel, let copy = makeCopy() else {
                worker.count(.inapplicable, entry: exchange.plan.copyEntry)
                continue
            }
            copies.append(copy)
            service.counters.copies.add(1)
        }
    }

    /// nil: there are too many, or the dependency cannot be reached.
    private func makeCopy() -> CopySession? {
        guard worker.copies.count < worker.limits.copies,
            case .connection(let connection) = Dialer.start(for: self, endpoint: exchange.endpoint)
        else { return nil }
        let copy = CopySession(of: self, connection: connection, entry: exchange.plan.copyEntry)
        guard connection.open(for: copy) else {
            connection.shut(reset: false)
            return nil
        }
        worker.copies.add(copy)
        copy.start()
        return copy
    }

    /// The exchange is over: copies of a whole request go on by themselves, half a request is worth nothing.
    func leaveCopies() {
        if !exchange.isRequestDone {
            for copy in copies { copy.close(reset: true) }
        }
        copies.removeAll()
    }
}
