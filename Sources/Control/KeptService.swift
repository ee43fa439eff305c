// A service as its keeper knows it, whether it is open or not.

import Proxy
import Scenario

/// One service of a keeper.
struct KeptService {
    /// As asked for.
    var service: Service
    /// Its number in the proxy; nil: disabled.
    var number: Int?
    /// Go on when it is disabled and enabled, or configured anew.
    let counters: ServiceCounterSet
    /// Whether SIGHUP may change and remove it.
    var isFromFile: Bool

    /// Those that a host opened.
    static func opened(by host: ProxyHost) -> [KeptService] {
        host.set.open.map { place in
            KeptService(
                service: place.service, number: place.configuration.index,
                counters: host.server.counterSet(place.configuration.index), isFromFile: true)
        }
    }

    var isEnabled: Bool { number != nil }

    /// "http at 127.0.0.1:9001 -> 10.0.1.5:8080, 10.0.2.5:8080".
    func words(bound: [String]) -> String {
        let place = bound.isEmpty ? "nowhere" : bound.joined(separator: ", ")
        return "\(service.kind.rawValue) at \(place) -> \(service.endpoints.map(\.to.label).joined(separator: ", "))"
    }
}
