// The API under /v1, with the metrics and the probes: finds the route, decodes, acts, answers.
//
//      exchange ─► route ─► act ────────────────────────────────► outcome ─► reply
//                    └─ body: composer's thread ─► mailbox ─► act ─┘   └─ once all workers follow ─► reply
//
// Runs on the control thread; nothing here waits.

import EventLoop
import struct Foundation.Date
import Observation
import Proxy
import Scenario
import Units

/// What a route is to do once its body is decoded.
struct ComposedRoute: Sendable {
    let act: RouteAct

    init(
        _ compose: @Sendable (RouteCall, WorldView) throws(ControlError) -> RouteAct, _ call: RouteCall,
        _ world: WorldView
    ) {
        do throws(ControlError) {
            act = try compose(call, world)
        } catch {
            let refusal = error
            act = { (_, _) throws(ControlError) in throw refusal }
        }
    }
}

/// Answers the API's requests.
final class ControlAPI: RouteFamily, MailboxReader, ControlAudience {
    unowned let desk: any ControlDesk
    let events: EventFeed
    let startedAt = Date()
    private let table = RouteTable.standard
    private let composer: Composer<ComposedRoute>
    private var wakeUp: WakeUp<ControlAPI>?
    private var waiting: [Int: (exchange: ServerExchange, call: RouteCall)] = [:]
    private let confirmations: Confirmations
    private var count = 0

    init(_ desk: any ControlDesk, confirmations: Confirmations) throws(SystemError) {
        self.desk = desk
        self.confirmations = confirmations
        events = EventFeed()
        composer = try Composer()
        wakeUp = try WakeUp(loop: desk.loop, mailbox: composer.mailbox, reader: self)
    }

    func close() {
        events.close()
        composer.close()
        wakeUp?.close()
        wakeUp = nil
    }

    // MARK: Requests

    func covers(_ path: Substring) -> Bool { true }

    func isOpen(_ path: Substring) -> Bool {
        if case .route(let route, _) = table.find(.get, path) { route.isOpen } else { false }
    }

    func reply(to refusal: Gatekeeper.Refusal) -> ServerReply {
        var reply = ServerReply.error(refusal.status, refusal.message)
        if refusal.status == 401 { reply.add("WWW-Authenticate", "Bearer") }
        return reply
    }

    func received(_ exchange: ServerExchange) {
        let request = exchange.request
        switch table.find(request.method, request.path) {
        case .nothing: exchange.reply(.error(404, "there is no \(request.path.prefix(200)); see /v1/openapi.json"))
        case .methods(let methods): exchange.reply(.wrongMethod(request.method, methods))
        case .route(let route, let parts): answer(exchange, by: route, parts)
        }
    }

    private func answer(_ exchange: ServerExchange, by route: Route, _ parts: [String: String]) {
        do throws(ControlError) {
            let call = try route.call(exchange.request, parts: parts)
            guard let compose = route.compose else { return finish(exchange, try route.act(self, call)) }
            hand(exchange, call, compose)
        } catch {
            exchange.reply(.error(error))
        }
    }

    private func hand(
        _ exchange: ServerExchange, _ call: RouteCall,
        _ compose: @escaping @Sendable (RouteCall, WorldView) throws(ControlError) -> RouteAct
    ) {
        count += 1
        let world = WorldView(desk)
        let isTaken = composer.hand(count) { ComposedRoute(compose, call, world) }
        guard isTaken else { return exchange.reply(.error(503, "too many requests at once; try again")) }
        waiting[count] = (exchange, call)
    }

    func read(_ letter: ComposedWork<ComposedRoute>) {
        guard let (exchange, call) = waiting.removeValue(forKey: letter.number) else { return }
        do throws(ControlError) {
            finish(exchange, try letter.work.act(self, call))
        } catch {
            exchange.reply(.error(error))
        }
    }

    private func finish(_ exchange: ServerExchange, _ outcome: RouteOutcome) {
        switch outcome {
        case .answer(let reply): exchange.reply(reply)
        case .events(let last): events.attach(exchange, after: last)
        case .answerOnce(let version, let reply):
            confirmations.reply(
                reply, to: exchange, once: version,
                otherwise: .error(503, "done, but not every worker has confirmed it yet"))
        }
    }

    // MARK: Events

    func happened(_ event: JournalEvent, at now: Instant) { events.happened(event) }

    func ticked(at now: Instant) { events.ticked(desk, at: now) }
}
