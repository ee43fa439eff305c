// The services of a file, open: the proxy's workers and where they can be reached.

package import Proxy
import Scenario

/// A running proxy for one set of services.
package final class ProxyHost: Sendable {
    package let set: ServiceSet
    package let server: ProxyServer
    package let addresses: [ServiceAddress]

    /// Binds every listener and starts the workers; nothing is left open when it throws.
    package init(_ set: ServiceSet, workers: Int, limits: ProxyLimits = ProxyLimits()) throws(ListenError) {
        self.set = set
        server = try ProxyServer(
            services: set.configurations, listeners: set.listeners, workers: workers, limits: limits)
        addresses = set.addresses(server.listeners)
    }

    /// "payments at http://127.0.0.1:9001 -> 10.0.1.5:8080, 10.0.2.5:8080", one line per listener.
    package var announcement: [String] {
        zip(server.listeners, addresses).map { listener, address in
            let endpoints = set[listener.service]?.service.endpoints ?? []
            let leads = listener.endpoints.map { endpoints[$0].to.label }.joined(separator: ", ")
            let name = address.endpoint.map { "\(address.service) (\($0))" } ?? address.service
            return "\(name) at \(address.url) -> \(leads)"
        }
    }
}
