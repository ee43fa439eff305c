// The control plane's listener: lets in who may, and hands each request to the family of routes that it belongs to.
//
//      exchange ─► family by path ─► gatekeeper ─► family answers
//
// Families share the listener and its limits; each has its own routes and its own form of errors.

import EventLoop
import Units

/// Routes that belong together.
protocol RouteFamily: AnyObject {
    /// Whether a request for `path` is this family's.
    func covers(_ path: Substring) -> Bool
    /// Whether it needs no token: probes.
    func isOpen(_ path: Substring) -> Bool
    /// Answers, now or later.
    func received(_ exchange: ServerExchange)
    /// A refusal in the family's own form.
    func reply(to refusal: Gatekeeper.Refusal) -> ServerReply
    /// The listener closes.
    func close()
}

extension RouteFamily {
    func isOpen(_ path: Substring) -> Bool { false }
    func close() {}
}

/// Serves one door.
final class ControlPlane: ServerHandler {
    let address: SocketAddress
    private let loop: EventLoop
    private let gatekeeper: Gatekeeper
    private let api: ControlAPI
    let confirmations: Confirmations
    private var families: [any RouteFamily] = []
    private var server: HTTPServer?

    /// Serves from now on; `desk` outlives it.
    init(
        _ door: ControlDoor, desk: any ControlDesk, limits: ServerLimits = ServerLimits()
    ) throws(SystemError) {
        address = door.address
        loop = desk.loop
        gatekeeper = Gatekeeper(bound: door.address, token: door.token)
        confirmations = Confirmations(desk)
        api = try ControlAPI(desk, confirmations: confirmations)
        server = try HTTPServer(loop: desk.loop, socket: door.socket, limits: limits, handler: self)
    }

    /// Adds a family, which is asked before those of before; what no family covers is the API's.
    func add(_ family: any RouteFamily) { families.insert(family, at: 0) }

    /// Told of what happens, to pass it on to whoever listens.
    var audience: any ControlAudience { api }

    /// The loop has stopped: lets those who were asked something last have their answers, for a moment.
    func finishAnswers() {
        let deadline = loop.freshNow + .milliseconds(250)
        while server?.isAnswering == true, loop.freshNow < deadline { loop.runOnce() }
    }

    /// Breaks off what is open.
    func close() {
        api.close()
        for family in families { family.close() }
        confirmations.close()
        server?.close()
        server = nil
    }

    func received(_ exchange: ServerExchange) {
        let path = exchange.request.path
        let family = families.first { $0.covers(path) } ?? api
        if let refusal = gatekeeper.refusal(of: exchange.request, isOpen: family.isOpen(path)) {
            return exchange.reply(family.reply(to: refusal))
        }
        family.received(exchange)
    }
}
