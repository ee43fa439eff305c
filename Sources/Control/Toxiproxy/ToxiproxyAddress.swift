// Addresses as clients of the compatible API write them: `HOST:PORT`, where no host stands for every address and no port, or
// 0, for any.

import EventLoop
import Proxy
import Scenario

extension NetworkAddress {
    /// Reads `listen`; empty is any port on every address. What is no address is refused as a listener that cannot be opened.
    static func toxiproxyListener(_ text: String) throws(ToxiproxyError) -> NetworkAddress {
        if text.isEmpty { return .host(everyHost, port: 0) }
        guard let (host, port) = split(text) else {
            throw ToxiproxyError(500, "listen tcp: address \(text): \(problem(text))")
        }
        return .host(host.isEmpty ? everyHost : host, port: port)
    }

    /// Reads `upstream`, whose name is resolved at each connection.
    static func toxiproxyUpstream(_ text: String) throws(ToxiproxyError) -> NetworkAddress {
        guard let (host, port) = split(text), port > 0 else {
            throw .badBody("upstream \(text): \(problem(text))")
        }
        return .host(host.isEmpty ? "127.0.0.1" : host, port: port)
    }

    private static let everyHost = "0.0.0.0"

    private static func split(_ text: String) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let host = text[..<colon]
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host
        let digits = text[text.index(after: colon)...]
        guard bare.contains(":") == (bare != host), !digits.hasPrefix("+"), let port = UInt16(digits) else {
            return nil
        }
        return (String(bare), Int(port))
    }

    private static func problem(_ text: String) -> String {
        text.contains(":") ? "invalid host or port" : "missing port in address"
    }

    /// With the name of this machine's hosts file resolved: where a listener would be bound.
    var resolvedText: String {
        guard case .host(let host, let port) = self else { return label }
        let number = UInt16(clamping: port)
        let address = SocketAddress(numeric: host, port: number) ?? HostsFile.system()[host]?.first?.withPort(number)
        return address?.description ?? label
    }
}
