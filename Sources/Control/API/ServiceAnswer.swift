// Services as the API shows them.

import Observation
import Proxy
import Scenario

/// One service.
struct ServiceAnswer: Codable, Sendable {
    struct EndpointAnswer: Codable, Sendable {
        var address: String
        var zone: String?
        /// A blackout of all of it is in force.
        var isDark: Bool
    }

    struct Counters: Codable, Sendable {
        var acceptedConnections: Int
        var openConnections: Int
        var inFlight: Int
        var bytesUpstream: Int
        var bytesDownstream: Int
    }

    var name: String
    /// "http" or "tcp".
    var `protocol`: String
    /// As asked for.
    var listen: String
    /// Where it can be reached: its own listener first, then those of its endpoints. Empty while it is disabled.
    var bound: [String]
    var enabled: Bool
    var endpoints: [EndpointAnswer]
    var prefer: [String]
    var counters: Counters
    /// Over the last seconds.
    var figures: SecondAnswer.ServiceFigures?

    init(_ status: ServiceStatus, figures: [SecondAnswer.ServiceFigures]) {
        name = status.name
        `protocol` = status.service.kind.rawValue
        listen = status.service.listen.label
        bound = status.bound
        enabled = status.isEnabled
        endpoints = status.endpoints.map {
            EndpointAnswer(address: $0.address, zone: $0.zone, isDark: $0.isDark)
        }
        prefer = status.service.prefer
        counters = Counters(
            acceptedConnections: status.counts.accepted, openConnections: status.counts.open,
            inFlight: status.counts.inFlight, bytesUpstream: status.counts.bytesUpstream,
            bytesDownstream: status.counts.bytesDownstream)
        self.figures = figures.first { $0.name == status.name }
    }
}

/// All services.
struct ServicesAnswer: Codable, Sendable {
    var services: [ServiceAnswer]
}

extension ControlDesk {
    func service(named name: String) throws(ControlError) -> ServiceStatus {
        guard let status = services.first(where: { $0.name == name }) else {
            throw ControlError(.notFound, "there is no service \"\(name)\"")
        }
        return status
    }

    func answer(service name: String) throws(ControlError) -> ServiceAnswer {
        ServiceAnswer(try service(named: name), figures: figures)
    }
}
