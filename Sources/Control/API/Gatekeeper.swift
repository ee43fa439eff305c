// Who may ask. A browser on this machine is the danger of a loopback API: any page that it shows can send requests, and a
// name of its own can be made to point here (DNS rebinding). So a request must name us as its host, must not come from
// another site, and where others can reach us it must show the token.

import EventLoop

/// Looks at requests before anybody else does. Pure.
struct Gatekeeper: Sendable {
    private let bound: SocketAddress
    private let token: ControlToken?

    init(bound: SocketAddress, token: ControlToken?) {
        self.bound = bound
        self.token = token
    }

    /// Why the request is refused; nil: it may pass. `isOpen`: a probe that needs no token.
    func refusal(of request: ServerRequest, isOpen: Bool) -> Refusal? {
        refusalOfHost(request) ?? refusalOfOrigin(request) ?? (isOpen ? nil : refusalOfToken(request))
    }

    /// A status and a sentence.
    struct Refusal: Sendable, Hashable {
        let status: Int
        let message: String
    }

    private func refusalOfHost(_ request: ServerRequest) -> Refusal? {
        let hosts = request["host"]
        guard hosts.count == 1 else { return Refusal(status: 400, message: "a request needs one Host field") }
        if isKnown(host: Self.name(in: hosts[0])) { return nil }
        return Refusal(
            status: 403,
            message: "this is not \(hosts[0]): use 127.0.0.1, localhost, or the address that --control was given")
    }

    /// With a wildcard address any name may be ours; the token, which is then needed, keeps others out.
    private func isKnown(host: String) -> Bool {
        if bound.isWildcard || host == "localhost" || host == bound.host { return true }
        return SocketAddress(numeric: host, port: 0)?.isLoopback ?? false
    }

    private func refusalOfOrigin(_ request: ServerRequest) -> Refusal? {
        let refusal = Refusal(status: 403, message: "requests of other sites are refused")
        if request["sec-fetch-site"].contains(where: { $0 != "same-origin" && $0 != "none" }) { return refusal }
        let own = "http://" + (request["host"].first ?? "")
        return request["origin"].contains { $0 != own } ? refusal : nil
    }

    private func refusalOfToken(_ request: ServerRequest) -> Refusal? {
        guard let token else { return nil }
        let shown = request["authorization"]
        if shown.count == 1, token.isShown(by: shown[0]) { return nil }
        return Refusal(status: 401, message: "this needs the token: Authorization: Bearer TOKEN")
    }

    /// The host without its port and brackets.
    private static func name(in field: String) -> String {
        if field.hasPrefix("[") { return String(field.dropFirst().prefix { $0 != "]" }).lowercased() }
        return String(field.prefix { $0 != ":" }).lowercased()
    }
}
