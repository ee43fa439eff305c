// Services at run time, for whoever asks: the APIs, SIGHUP. Call on the control thread.

import EventLoop
import Proxy
package import Scenario

extension Keeper {
    /// Every service, in the order in which they came.
    package var services: [ServiceStatus] {
        serviceSet.services.enumerated().map { number, service in
            ServiceStatus(
                service: service, isEnabled: true,
                bound: server.listeners.filter { $0.service == number }.map(\.address.description),
                endpoints: service.endpoints.map {
                    ServiceStatus.EndpointStatus(address: $0.to.label, zone: $0.zone, isDark: false)
                }, counts: server.counts(number))
        }
    }

    /// Opens a service; port 0 picks a port. Disabled: nothing is bound yet.
    package func addService(_ service: Service, enabled: Bool = true, by requester: Requester) throws(ControlError) {
        throw ControlError(.busy, "services cannot change yet")
    }

    /// `listen`, `protocol` or listeners of endpoints changed: connections are dropped and everything is bound anew; else
    /// nothing is cut. The name stays.
    package func changeService(_ name: String, to service: Service, by requester: Requester) throws(ControlError) {
        throw ControlError(.busy, "services cannot change yet")
    }

    /// Closes its listeners and connections at once.
    package func removeService(_ name: String, by requester: Requester) throws(ControlError) {
        throw ControlError(.busy, "services cannot change yet")
    }

    /// Disabling closes listeners and connections at once; rules stay.
    package func setEnabled(_ name: String, _ isEnabled: Bool, by requester: Requester) throws(ControlError) {
        throw ControlError(.busy, "services cannot change yet")
    }
}
