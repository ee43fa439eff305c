// Services as the API shows them.

import Observation
import Proxy
import Scenario

/// One service.
package struct ServiceAnswer: Codable, Sendable {
    package struct EndpointAnswer: Codable, Sendable {
        package var address: String
        package var zone: String?
        /// A blackout of all of it is in force.
        package var isDark: Bool
    }

    package struct Counters: Codable, Sendable {
        package var acceptedConnections: Int
        package var openConnections: Int
        package var inFlight: Int
        package var bytesUpstream: Int
        package var bytesDownstream: Int
    }

    package var name: String
    /// "http" or "tcp".
    package var `protocol`: String
    /// As asked for.
    package var listen: String
    /// Where it can be reached: its own listener first, then those of its endpoints. Empty while it is disabled.
    package var bound: [String]
    package var enabled: Bool
    package var endpoints: [EndpointAnswer]
    package var prefer: [String]
    package var counters: Counters
    /// Over the last seconds.
    package var figures: SecondAnswer.ServiceFigures?

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
package struct ServicesAnswer: Codable, Sendable {
    package var services: [ServiceAnswer]
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
