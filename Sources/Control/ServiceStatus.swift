// How a service stands, as a value: what was asked for, what is bound, what was counted.

package import Proxy
package import Scenario

/// A look at one service.
package struct ServiceStatus: Sendable, Hashable {
    package struct EndpointStatus: Sendable, Hashable {
        /// "10.0.1.5:8080", as written.
        package var address: String
        package var zone: String?
        /// A blackout of all of it is in force.
        package var isDark: Bool
    }

    /// As asked for: name, kind, `listen`, endpoints, prefer, time-outs.
    package var service: Service
    package var isEnabled: Bool
    /// What is bound, by listener: the service's own first, then those of its endpoints. Empty while it is disabled.
    package var bound: [String]
    package var endpoints: [EndpointStatus]
    package var counts: ServiceCounts

    package var name: String { service.name }
}
