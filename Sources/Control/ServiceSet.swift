// The services of a file as the proxy wants them: numbered, with the listeners that lead to them.
//
//      service ─ main listener ──► every endpoint, those of preferred zones first
//              └ endpoint with `listen` ──► that endpoint alone, for callers that fail over themselves

package import Proxy
package import Scenario

/// Services, zones and wanted listeners of one run.
package struct ServiceSet: Sendable {
    package let services: [Service]
    /// Every zone that the file names, in the order in which it does.
    package let zones: [String]
    package let configurations: [ServiceConfiguration]
    package let listeners: [WantedListener]

    /// `mark` is the command's default for services that say nothing.
    package init(_ file: ScenarioFile, mark: Bool) {
        services = file.services
        let zones = Self.zones(of: file)
        self.zones = zones
        configurations = file.services.enumerated().map { index, service in
            ServiceConfiguration(service, index: index, zones: zones, mark: mark)
        }
        listeners = file.services.enumerated().flatMap { Self.listeners(of: $1, index: $0) }
    }

    private static func zones(of file: ScenarioFile) -> [String] {
        let named = file.zones.map(\.name) + file.services.flatMap { $0.endpoints.compactMap(\.zone) }
        var seen: Set<String> = []
        return named.filter { seen.insert($0).inserted }
    }

    private static func listeners(of service: Service, index: Int) -> [WantedListener] {
        let main = WantedListener(
            service: index, index: 0, address: service.listen, endpoints: byPreference(service))
        let own = service.endpoints.indices.filter { service.endpoints[$0].listen != nil }
        return [main]
            + own.enumerated().compactMap { place, endpoint in
                service.endpoints[endpoint].listen.map {
                    WantedListener(service: index, index: place + 1, address: $0, endpoints: [endpoint])
                }
            }
    }

    /// Endpoints by the rank of their zone in `prefer`, then in the order of the file.
    private static func byPreference(_ service: Service) -> [Int] {
        let rank = { (endpoint: Int) in
            service.endpoints[endpoint].zone.flatMap { service.prefer.firstIndex(of: $0) } ?? service.prefer.count
        }
        return service.endpoints.indices.sorted { (rank($0), $0) < (rank($1), $1) }
    }
}
