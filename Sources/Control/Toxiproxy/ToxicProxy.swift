// A proxy of the compatible API: how it is asked for, and how it stands.

import Scenario
import Units

/// A proxy that is to be made.
package struct ProxyRequest: Sendable, Hashable {
    package let name: String
    /// As written.
    package let listen: String
    package let upstream: String
    package let isEnabled: Bool
    package let toxics: [Toxic]
    /// The TCP service that it is.
    let service: Service

    /// Reads a new proxy. What is asked first: body, name, upstream; then what the original does not know, its toxics.
    init(_ input: JSONInput) throws(ToxiproxyError) {
        let fields = try RequestFields(input)
        name = try fields.text("name") ?? ""
        upstream = try fields.text("upstream") ?? ""
        listen = try fields.text("listen") ?? ""
        isEnabled = try fields.flag("enabled") ?? true
        let given = try fields.list("toxics") ?? []
        if name.isEmpty { throw .missing("name") }
        if upstream.isEmpty { throw .missing("upstream") }
        try name.checkAsToxiproxyName()
        toxics = try Self.toxics(given)
        service = Service(
            proxy: name, listen: try .toxiproxyListener(listen), upstream: try .toxiproxyUpstream(upstream))
    }

    /// More at once would keep other requests waiting.
    private static let mostToxics = 64
    private static let mostProxies = 512

    private static func toxics(_ given: [JSONInput]) throws(ToxiproxyError) -> [Toxic] {
        if given.count > mostToxics { throw .badBody("more than \(mostToxics) toxics of one proxy") }
        var toxics: [Toxic] = []
        for input in given { toxics.append(try Toxic(input, taken: Set(toxics.map(\.name)))) }
        return toxics
    }

    /// Reads a list of new proxies, as `/populate` takes it and the start-up file holds it: all of it or nothing.
    package static func list(_ bytes: [UInt8]) throws(ToxiproxyError) -> [ProxyRequest] {
        guard case .list(let inputs) = try JSONInput.body(bytes) else { throw .badBody("a list is expected") }
        if inputs.count > mostProxies { throw .badBody("more than \(mostProxies) proxies at once") }
        var requests: [ProxyRequest] = []
        for (place, input) in inputs.enumerated() {
            do throws(ToxiproxyError) {
                requests.append(try ProxyRequest(input))
            } catch {
                throw error.at(" at proxy \(place + 1)")
            }
        }
        return requests
    }
}

/// A change of a proxy; what is nil stays. A name is ignored.
struct ProxyChange: Sendable, Hashable {
    var listen: String?
    var upstream: String?
    var isEnabled: Bool?

    /// What `request` would make of a proxy that is there; not whether it is enabled.
    init(to request: ProxyRequest) {
        listen = request.listen
        upstream = request.upstream
    }

    init(_ input: JSONInput) throws(ToxiproxyError) {
        let fields = try RequestFields(input)
        listen = try fields.text("listen")
        upstream = try fields.text("upstream")
        isEnabled = try fields.flag("enabled")
        if upstream == "" { throw .missing("upstream") }
    }
}

/// A look at a proxy.
package struct ToxicProxy: Sendable, Hashable {
    package var name: String
    /// As bound, or as asked for while nothing ever was.
    package var listen: String
    /// As written, never resolved.
    package var upstream: String
    package var isEnabled: Bool
    package var toxics: [Toxic]

    /// Those of the way to the dependency first.
    var orderedToxics: [Toxic] {
        toxics.filter { $0.direction == .upstream } + toxics.filter { $0.direction == .downstream }
    }
}

extension String {
    /// The original takes any name. Ours go into paths, events, label values and terminals, so they have a limit, the one
    /// of names in `/v1`, and no control characters.
    func checkAsToxiproxyName() throws(ToxiproxyError) {
        if utf8.count > 200 { throw .badBody("a name is longer than 200 bytes") }
        if unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw .badBody("a name has control characters in it")
        }
    }
}

extension JSONInput {
    /// Reads the body of a request.
    static func body(_ bytes: [UInt8]) throws(ToxiproxyError) -> JSONInput {
        do throws(JSONInputError) {
            return try read(bytes)
        } catch {
            throw .badBody(error.message)
        }
    }
}

extension Service {
    /// A proxy has no time-out of its own, where a service has: what its clients wait for is theirs to say.
    init(proxy name: String, listen: NetworkAddress, upstream: NetworkAddress) {
        self.init(name: name, listen: listen, kind: .tcp, endpoints: [Endpoint(to: upstream)])
        connectTimeout = .minutes(2)
        idleTimeout = .minutes(60 * 24 * 366)
    }

    /// Whether it can be shown as a proxy: one way in, one way out, and no protocol in between.
    var isProxyLike: Bool {
        guard kind == .tcp, endpoints.count == 1, endpoints[0].listen == nil, case .host = endpoints[0].to,
            case .host = listen
        else { return false }
        return true
    }
}
