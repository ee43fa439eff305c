// The compatible API: ten languages have clients of it, and with a changed port they work here. Beside `/v1`, on the same
// listener.
//
//      request ─► route ─► method ─► no browser ─► body ─► desk ─► reply, once all workers follow
//
// What differs from the original, and why, is in docs/decisions/toxiproxy-in-our-words.md.

import EventLoop

/// Answers what clients of Toxiproxy ask.
final class ToxiproxyAPI: RouteFamily {
    /// What clients choose their methods by; the version whose behaviour this is.
    static let version = "2.12.0"

    private let desk: ToxiproxyDesk
    private let confirmations: Confirmations
    /// First parts of the paths that are not ours.
    private let others: Set<Substring>

    init(_ desk: ToxiproxyDesk, confirmations: Confirmations) {
        self.desk = desk
        self.confirmations = confirmations
        others = Set(RouteTable.standard.routes.compactMap { $0.template.split(separator: "/").first })
    }

    func covers(_ path: Substring) -> Bool {
        path.split(separator: "/").first.map { !others.contains($0) } ?? true
    }

    func reply(to refusal: Gatekeeper.Refusal) -> ServerReply {
        .toxiproxy(ToxiproxyError(refusal.status, refusal.message))
    }

    func received(_ exchange: ServerExchange) {
        let reply = reply(to: exchange.request)
        if exchange.request.method == .get || reply.status >= 400 {
            exchange.reply(reply)
        } else {
            confirmations.reply(
                reply, to: exchange, once: desk.planVersion,
                otherwise: .toxiproxy(ToxiproxyError(503, "done, but not every worker has confirmed it yet")))
        }
    }

    // MARK: Finding the way

    func reply(to request: ServerRequest) -> ServerReply {
        guard let route = ToxiproxyRoute(request.path) else { return .plain(404, "404 page not found\n") }
        guard route.methods.contains(request.method) else { return ServerReply(status: 405) }
        var reply = matched(route, request)
        reply.add("X-Toxiproxy-Request-Id", String(UInt64.random(in: .min ... .max), radix: 36))
        return reply
    }

    private func matched(_ route: ToxiproxyRoute, _ request: ServerRequest) -> ServerReply {
        if request["user-agent"].contains(where: { $0.hasPrefix("Mozilla/") }) {
            return .plain(403, "User agent not allowed\n")
        }
        if case .populate = route { return populate(request) }
        do throws(ToxiproxyError) {
            return try act(route, request)
        } catch {
            return .toxiproxy(error)
        }
    }

    private func act(_ route: ToxiproxyRoute, _ request: ServerRequest) throws(ToxiproxyError) -> ServerReply {
        switch route {
        case .version: .toxiproxy(200, ToxiproxyText.version(Self.version))
        case .populate: populate(request)
        case .reset: try reset(request)
        case .proxies: try proxies(request)
        case .proxy(let name): try proxy(name, request)
        case .toxics(let proxy): try toxics(of: proxy, request)
        case .toxic(let name, let proxy): try toxic(name, of: proxy, request)
        }
    }

    // MARK: Proxies

    private func reset(_ request: ServerRequest) throws(ToxiproxyError) -> ServerReply {
        try desk.reset(by: request.asker)
        return ServerReply(status: 204)
    }

    private func proxies(_ request: ServerRequest) throws(ToxiproxyError) -> ServerReply {
        if request.method == .get { return .toxiproxy(200, ToxiproxyText.proxies(desk.proxies)) }
        let wanted = try ProxyRequest(try JSONInput.body(request.body))
        try desk.create(wanted, by: request.asker)
        return .toxiproxy(201, ToxiproxyText.proxy(try desk.proxy(wanted.name)))
    }

    private func populate(_ request: ServerRequest) -> ServerReply {
        do throws(ToxiproxyError) {
            let (done, failure) = desk.populate(try ProxyRequest.list(request.body), by: request.asker)
            guard let failure else { return .toxiproxy(201, ToxiproxyText.populated(done)) }
            return .toxiproxy(failure.status, ToxiproxyText.populated(done, until: failure))
        } catch {
            return .toxiproxy(error.status, ToxiproxyText.populated([], until: error))
        }
    }

    private func proxy(_ name: String, _ request: ServerRequest) throws(ToxiproxyError) -> ServerReply {
        let proxy = try desk.proxy(name)
        switch request.method {
        case .get: return .toxiproxy(200, ToxiproxyText.proxy(proxy))
        case .delete:
            try desk.remove(name, by: request.asker)
            return ServerReply(status: 204)
        default:
            try desk.update(name, try ProxyChange(try JSONInput.body(request.body)), by: request.asker)
            return .toxiproxy(200, ToxiproxyText.proxy(try desk.proxy(name)))
        }
    }

    // MARK: Toxics

    private func toxics(of name: String, _ request: ServerRequest) throws(ToxiproxyError) -> ServerReply {
        let proxy = try desk.proxy(name)
        if request.method == .get { return .toxiproxy(200, ToxiproxyText.toxics(proxy.orderedToxics)) }
        let toxic = try Toxic(try JSONInput.body(request.body), taken: Set(proxy.toxics.map(\.name)))
        try desk.add(toxic, to: name, by: request.asker)
        return .toxiproxy(200, ToxiproxyText.toxic(toxic))
    }

    private func toxic(
        _ name: String, of proxy: String, _ request: ServerRequest
    ) throws(ToxiproxyError) -> ServerReply {
        let toxic = try desk.toxic(name, of: proxy)
        switch request.method {
        case .get: return .toxiproxy(200, ToxiproxyText.toxic(toxic))
        case .delete:
            try desk.remove(name, of: proxy, by: request.asker)
            return ServerReply(status: 204)
        default:
            let changed = try toxic.changed(by: try JSONInput.body(request.body))
            try desk.change(changed, of: proxy, by: request.asker)
            return .toxiproxy(200, ToxiproxyText.toxic(changed))
        }
    }
}

extension ServerRequest {
    /// As the journal names whoever asks.
    fileprivate var asker: Requester { Requester("toxiproxy \(peer)") }
}

extension ServerReply {
    fileprivate static func toxiproxy(_ status: Int, _ json: String) -> ServerReply {
        ServerReply(
            status: status, fields: [ServerRequest.Field(name: "Content-Type", value: "application/json")],
            body: Array(json.utf8))
    }

    fileprivate static func toxiproxy(_ error: ToxiproxyError) -> ServerReply {
        plain(error.status, ToxiproxyText.error(error) + "\n")
    }

    fileprivate static func plain(_ status: Int, _ text: String) -> ServerReply {
        ServerReply(
            status: status,
            fields: [
                ServerRequest.Field(name: "Content-Type", value: "text/plain; charset=utf-8"),
                ServerRequest.Field(name: "X-Content-Type-Options", value: "nosniff"),
            ],
            body: Array(text.utf8))
    }
}
