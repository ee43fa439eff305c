// A service as the workers see it: everything looked up, indexed and immutable for as long as it is open.

package import EventLoop
package import Scenario
package import Units

/// One address of a service.
package struct EndpointConfiguration: Sendable {
    package let address: NetworkAddress
    /// Index into the run's zones.
    package let zone: Int?
    package let zoneName: String?
    /// "10.0.1.5:8080": for rewritten Host headers and for reports.
    package let label: String
}

/// One bound address of a service.
package struct ListenerConfiguration: Sendable {
    /// Index among the service's listeners.
    package let index: Int
    package let service: Int
    /// Where it is bound, the port filled in.
    package let address: SocketAddress
    /// The endpoints that it leads to, in the order of `prefer`, then of the file.
    package let endpoints: [Int]
}

/// One service.
package struct ServiceConfiguration: Sendable {
    package let index: Int
    package let name: String
    package let kind: Service.Kind
    package let endpoints: [EndpointConfiguration]
    /// Rank of each endpoint's zone in `prefer`; equal ranks share by round robin.
    package let ranks: [Int]
    package let failoverAfter: TimeSpan
    package let host: Service.HostHeader
    package let connectTimeout: TimeSpan
    package let idleTimeout: TimeSpan
    package let mark: Bool
    package let halfClose: Bool

    /// `zones`: the run's zone names in order. `mark` is the command's default.
    package init(_ service: Service, index: Int, zones: [String], mark: Bool) {
        self.index = index
        name = service.name
        kind = service.kind
        endpoints = service.endpoints.map { endpoint in
            EndpointConfiguration(
                address: endpoint.to, zone: endpoint.zone.flatMap { zones.firstIndex(of: $0) },
                zoneName: endpoint.zone, label: endpoint.to.label)
        }
        ranks = service.endpoints.map { endpoint in
            endpoint.zone.flatMap { service.prefer.firstIndex(of: $0) } ?? service.prefer.count
        }
        failoverAfter = service.failoverAfter
        host = service.host
        connectTimeout = service.connectTimeout
        idleTimeout = service.idleTimeout
        self.mark = service.mark ?? mark
        halfClose = service.halfClose
    }
}

extension NetworkAddress {
    /// As written in a file.
    package var label: String {
        switch self {
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}

/// A service on one worker: its configuration and what is precomputed from it.
final class ServiceRuntime {
    let configuration: ServiceConfiguration
    /// Endpoints that need no lookup.
    let numericAddresses: [SocketAddress?]
    let counters: ServiceCounters
    /// The Host header goes on as it came.
    let keepsHost: Bool
    private var turn = 0
    /// The rules of the moment.
    private(set) var plan = ServicePlan()
    /// Nothing acts on this service: `plan.isClear`, kept here because every exchange asks.
    private(set) var isClear = true
    var openSessions = 0
    /// Set when the number is closed: to be told when no session uses it any more.
    var departure: Departure?

    var index: Int { configuration.index }

    init(_ configuration: ServiceConfiguration, counters: ServiceCounters) {
        self.configuration = configuration
        self.counters = counters
        keepsHost = configuration.host == .keep
        numericAddresses = configuration.endpoints.map { endpoint in
            guard case .host(let host, let port) = endpoint.address else { return nil }
            return SocketAddress(numeric: host, port: UInt16(truncatingIfNeeded: port))
        }
    }

    func follow(_ plan: ServicePlan) {
        self.plan = plan
        isClear = plan.isClear
    }

    /// Counts up for round robin.
    func nextTurn() -> Int {
        turn &+= 1
        return turn
    }
}
