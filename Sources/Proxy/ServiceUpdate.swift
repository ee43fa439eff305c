// Services that change while their listeners stay: where they lead to, how they prefer, how long they wait. New connections
// follow the new configuration; those that are open keep the one that they began with, and still follow every plan.

/// The same services and listeners, configured anew.
package struct ServiceUpdate: Sendable {
    /// In the order of the services that are open: same count, names and kinds.
    package let services: [ServiceConfiguration]
    /// For each of these services, what each of its listeners leads to.
    package let endpoints: [[[Int]]]

    package init(services: [ServiceConfiguration], endpoints: [[[Int]]]) {
        self.services = services
        self.endpoints = endpoints
    }
}

extension ProxyServer {
    /// Applies `update` to connections from now on.
    package func reconfigure(_ update: ServiceUpdate) {
        guard update.services.count == services.count else { return }
        post(.services(update))
    }
}

extension Worker {
    func take(_ update: ServiceUpdate) {
        guard update.services.count == services.count else { return }
        let former = services
        services = zip(update.services, former).map { configuration, former in
            let service = ServiceRuntime(configuration, counters: former.counters)
            service.follow(former.plan)
            return service
        }
        formerServices += former
        for listener in listeners {
            let endpoints = update.endpoints[listener.configuration.service]
            if endpoints.indices.contains(listener.configuration.index) {
                listener.lead(to: endpoints[listener.configuration.index])
            }
        }
    }

    /// Lets go of configurations that no session uses any more.
    func forgetFormerServices() {
        var kept: [ServiceRuntime] = []
        while var service = formerServices.popLast() {
            if !isKnownUniquelyReferenced(&service) { kept.append(service) }
        }
        formerServices = kept
    }
}
