// Answers that are true once every worker follows a plan: they wait for that, and nobody waits for them.

import EventLoop
import Proxy
import Units

/// Holds answers back until the workers have taken up what they speak of.
final class Confirmations: TimerOwner {
    private unowned let desk: any ControlDesk
    private var waiting: [Waiting] = []
    private lazy var timer = Timer(on: desk.loop, owner: self)

    private struct Waiting {
        let version: UInt64
        let exchange: ServerExchange
        let reply: ServerReply
        let otherwise: ServerReply
        let deadline: Instant
    }

    /// How often workers are looked at, and for how long, before it is said that they do not follow.
    private static let glance = TimeSpan.milliseconds(1)
    private static let patience = TimeSpan.seconds(2)

    init(_ desk: any ControlDesk) {
        self.desk = desk
    }

    func close() { timer.cancel() }

    /// Answers `reply` once every worker follows `version`; `otherwise`, when one does not in time.
    func reply(
        _ reply: ServerReply, to exchange: ServerExchange, once version: UInt64, otherwise: ServerReply
    ) {
        waiting.append(
            Waiting(
                version: version, exchange: exchange, reply: reply, otherwise: otherwise,
                deadline: desk.loop.now + Self.patience))
        look()
    }

    override func fired(_ timer: Timer) { look() }

    private func look() {
        let now = desk.loop.now
        waiting.removeAll { entry in
            if desk.server.follows(entry.version) {
                entry.exchange.reply(entry.reply)
            } else if now >= entry.deadline {
                entry.exchange.reply(entry.otherwise)
            } else {
                return false
            }
            return true
        }
        if !waiting.isEmpty { timer.set(after: Self.glance) }
    }
}
