// What a command finds in its environment:
//
//      BROWNOUT_PAYMENTS_ADDR=127.0.0.1:9001        BROWNOUT_PAYMENTS_URL=http://127.0.0.1:9001
//      BROWNOUT_PAYMENTS_AZ_A_ADDR=127.0.0.1:9003   (an endpoint's own listener: its zone, else its number from 1)

import EventLoop
package import Proxy
import Scenario

/// One bound listener in words.
package struct ServiceAddress: Sendable, Hashable {
    package let service: String
    /// The zone (or number) of the endpoint that it leads to alone; nil for the service's main listener.
    package let endpoint: String?
    /// "127.0.0.1:9001", with an address that can be connected to.
    package let address: String
    package let url: String

    /// `BROWNOUT_PAYMENTS_AZ_A`, to be followed by `_ADDR` or `_URL`.
    package var variable: String {
        (["brownout", service] + (endpoint.map { [$0] } ?? [])).map(Self.word).joined(separator: "_")
    }

    private static func word(_ name: String) -> String {
        String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
}

extension ServiceSet {
    /// Where each listener was bound, in the order of the file.
    package func addresses(_ listeners: [ListenerConfiguration]) -> [ServiceAddress] {
        var taken: Set<String> = []
        return listeners.compactMap { listener in
            guard let service = self[listener.service]?.service else { return nil }
            let endpoint = listener.index == 0 ? nil : label(of: listener, in: service, &taken)
            let address = Self.reachable(listener.address)
            let scheme = service.kind == .http ? "http" : "tcp"
            let url = listener.address.family == SocketAddress(.unix("")).family ? address : "\(scheme)://\(address)"
            return ServiceAddress(service: service.name, endpoint: endpoint, address: address, url: url)
        }
    }

    private func label(of listener: ListenerConfiguration, in service: Service, _ taken: inout Set<String>) -> String {
        let number = listener.endpoints[0]
        guard let zone = service.endpoints[number].zone, taken.insert("\(service.name)/\(zone)").inserted else {
            return "\(number + 1)"
        }
        return zone
    }

    /// A listener on every address is reached by the loopback one.
    private static func reachable(_ address: SocketAddress) -> String {
        switch address.kind {
        case .v4(0, let port): "127.0.0.1:\(port)"
        case .v6(0, 0, let port, _): "[::1]:\(port)"
        default: address.description
        }
    }
}

extension [ServiceAddress] {
    /// Variables for a command's environment.
    package var environment: [String: String] {
        reduce(into: [:]) { variables, address in
            variables[address.variable + "_ADDR"] = address.address
            variables[address.variable + "_URL"] = address.url
        }
    }
}
