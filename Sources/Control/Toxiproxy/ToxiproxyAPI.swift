// The compatible API: ten languages have clients of it, and with a changed port they work here. Beside `/v1`, on the same
// listener.
//
//      request ─► route ─► method ─► no browser ─► body: composer's thread ─► mailbox ─► desk ─► reply, once all workers follow
//
// What differs from the original, and why, is in docs/decisions/toxiproxy-in-our-words.md.

import EventLoop

/// The body of a request, decoded.
enum ToxiproxyBody: Sendable {
    /// Of a request that has none.
    case none
    case input(Result<JSONInput, ToxiproxyError>)
    /// Of `/populate`.
    case list(Result<[ProxyRequest], ToxiproxyError>)

    init(_ bytes: [UInt8], of route: ToxiproxyRoute) {
        if case .populate = route {
            self = .list(Result { () throws(ToxiproxyError) in try ProxyRequest.list(bytes) })
        } else {
            self = .input(Result { () throws(ToxiproxyError) in try JSONInput.body(bytes) })
        }
    }

    /// The value of any body but that of `/populate`.
    var value: JSONInput {
        get throws(ToxiproxyError) {
            guard case .input(let result) = self else { throw .badBody("it is empty") }
            return try result.get()
        }
    }
}

/// Answers what clients of Toxiproxy ask.
final class ToxiproxyAPI: RouteFamily, MailboxReader {
    /// What clients choose their methods by; the version whose behaviour this is.
    static let version = "2.12.0"

    private let desk: ToxiproxyDesk
    private let confirmations: Confirmations
    /// First parts of the paths that are not ours.
    private let others: Set<Substring>
    private let composer: Composer<ToxiproxyBody>
    private var wakeUp: WakeUp<ToxiproxyAPI>?
    private var waiting: [Int: (exchange: ServerExchange, route: ToxiproxyRoute)] = [:]
    private var count = 0

    init(_ desk: ToxiproxyDesk, loop: EventLoop, confirmations: Confirmations) throws(SystemError) {
        self.desk = desk
        self.confirmations = confirmations
        others = Set(RouteTable.standard.routes.compactMap { $0.template.split(separator: "/").first })
        composer = try Composer()
        wakeUp = try WakeUp(loop: loop, mailbox: composer.mailbox, reader: self)
    }

    func close() {
        composer.close()
        wakeUp?.close()
        wakeUp = nil
    }

    func covers(_ path: Substring) -> Bool {
        path.split(separator: "/").first.map { !others.contains($0) } ?? true
    }

    func reply(to refusal: Gatekeeper.Refusal) -> ServerReply {
        .toxiproxy(ToxiproxyError(refusal.status, refusal.message))
    }

    // MARK: Finding the way

    func received(_ exchange: ServerExchange) {
        let request = exchange.request
        guard let route = ToxiproxyRoute(request.path) else {
            return exchange.reply(.plain(404, "404 page not found\n"))
        }
        guard route.methods.contains(request.method) else { return exchange.reply(ServerReply(status: 405)) }
        if request["user-agent"].contains(where: { $0.hasPrefix("Mozilla/") }) {
            return finish(exchange, .plain(403, "User agent not allowed\n"))
        }
        guard route.takesBody(request.method) else { return answer(exchange, route, .none) }
        count += 1
        let bytes = request.body
        guard composer.hand(count, { ToxiproxyBody(bytes, of: route) }) else {
            return finish(exchange, .toxiproxy(ToxiproxyError(503, "too many requests at once; try again")))
        }
        waiting[count] = (exchange, route)
    }

    func read(_ letter: ComposedWork<ToxiproxyBody>) {
        guard let (exchange, route) = waiting.removeValue(forKey: letter.number) else { return }
        answer(exchange, route, letter.work)
    }

    private func answer(_ exchange: ServerExchange, _ route: ToxiproxyRoute, _ body: ToxiproxyBody) {
        do throws(ToxiproxyError) {
            finish(exchange, try act(route, exchange.request, body))
        } catch {
            finish(exchange, .toxiproxy(error))
        }
    }

    private func finish(_ exchange: ServerExchange, _ answer: ServerReply) {
        var reply = answer
        reply.add("X-Toxiproxy-Request-Id", String(UInt64.random(in: .min ... .max), radix: 36))
        if exchange.request.method == .get || reply.status >= 400 { return exchange.reply(reply) }
        confirmations.reply(
            reply, to: exchange, once: desk.planVersion,
            otherwise: .toxiproxy(ToxiproxyError(503, "done, but not every worker has confirmed it yet")))
    }

    private func act(
        _ route: ToxiproxyRoute, _ request: ServerRequest, _ body: ToxiproxyBody
    ) throws(ToxiproxyError) -> ServerReply {
        switch route {
        case .version: .toxiproxy(200, ToxiproxyText.version(Self.version))
        case .populate: populate(request, body)
        case .reset: try reset(request)
        case .proxies: try proxies(request, body)
        case .proxy(let name): try proxy(name, request, body)
        case .toxics(let proxy): try toxics(of: proxy, request, body)
        case .toxic(let name, let proxy): try toxic(name, of: proxy, request, body)
        }
    }

    // MARK: Proxies

    private func reset(_ request: ServerRequest) throws(ToxiproxyError) -> ServerReply {
        try desk.reset(by: request.asker)
        return ServerReply(status: 204)
    }

    private func proxies(
        _ request: ServerRequest, _ body: ToxiproxyBody
    ) throws(ToxiproxyError) -> ServerReply {
        if request.method == .get { return .toxiproxy(200, ToxiproxyText.proxies(desk.proxies)) }
        let wanted = try ProxyRequest(try body.value)
        try desk.create(wanted, by: request.asker)
        return .toxiproxy(201, ToxiproxyText.proxy(try desk.proxy(wanted.name)))
    }

    private func populate(_ request: ServerRequest, _ body: ToxiproxyBody) -> ServerReply {
        guard case .list(let wanted) = body else { return .toxiproxy(.badBody("it is empty")) }
        do throws(ToxiproxyError) {
            let (done, failure) = desk.populate(try wanted.get(), by: request.asker)
            guard let failure else { return .toxiproxy(201, ToxiproxyText.populated(done)) }
            return .toxiproxy(failure.status, ToxiproxyText.populated(done, until: failure))
        } catch {
            return .toxiproxy(error.status, ToxiproxyText.populated([], until: error))
        }
    }

    private func proxy(
        _ name: String, _ request: ServerRequest, _ body: ToxiproxyBody
    ) throws(ToxiproxyError) -> ServerReply {
        let proxy = try desk.proxy(name)
        switch request.method {
        case .get: return .toxiproxy(200, ToxiproxyText.proxy(proxy))
        case .delete:
            try desk.remove(name, by: request.asker)
            return ServerReply(status: 204)
        default:
            try desk.update(name, try ProxyChange(try body.value), by: request.asker)
            return .toxiproxy(200, ToxiproxyText.proxy(try desk.proxy(name)))
        }
    }

    // MARK: Toxics

    private func toxics(
        of name: String, _ request: ServerRequest, _ body: ToxiproxyBody
    ) throws(ToxiproxyError) -> ServerReply {
        let proxy = try desk.proxy(name)
        if request.method == .get { return .toxiproxy(200, ToxiproxyText.toxics(proxy.orderedToxics)) }
        let toxic = try Toxic(try body.value, taken: Set(proxy.toxics.map(\.name)))
        try desk.add(toxic, to: name, by: request.asker)
        return .toxiproxy(200, ToxiproxyText.toxic(toxic))
    }

    private func toxic(
        _ name: String, of proxy: String, _ request: ServerRequest, _ body: ToxiproxyBody
    ) throws(ToxiproxyError) -> ServerReply {
        let toxic = try desk.toxic(name, of: proxy)
        switch request.method {
        case .get: return .toxiproxy(200, ToxiproxyText.toxic(toxic))
        case .delete:
            try desk.remove(name, of: proxy, by: request.asker)
            return ServerReply(status: 204)
        default:
            let changed = try toxic.changed(by: try body.value)
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
