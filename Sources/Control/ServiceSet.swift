// The services of one moment as the proxy has them: by number, with the listeners that lead to them. A service that is
// configured anew gets another number; the old one stays here, leaving, for as long as a connection is open on it, so that
// rules go on meaning the endpoints that the connection knows.
//
//      service ─ main listener ──► every endpoint, those of preferred zones first
//              └ endpoint with `listen` ──► that endpoint alone, for callers that fail over themselves

package import Proxy
package import Scenario

/// Services, zones and wanted listeners by number.
package struct ServiceSet: Sendable {
    /// One number.
    package struct Place: Sendable {
        package let service: Service
        package let configuration: ServiceConfiguration
        package let listeners: [WantedListener]
        /// The service has another number by now, or none.
        package fileprivate(set) var isLeaving = false
    }

    /// By number; nil: free.
    package private(set) var places: [Place?] = []
    /// Every zone that was named, in the order in which it was.
    package private(set) var zones: [String]
    /// Zones that say who calls from them.
    package let callers: [Zone]
    /// Counts the changes.
    package private(set) var revision = 0
    /// The command's default for services that say nothing.
    let mark: Bool

    package init(_ file: ScenarioFile, mark: Bool) {
        self.mark = mark
        callers = file.zones
        zones = Self.zones(of: file)
        for (number, service) in file.services.enumerated() { place(service, at: number) }
    }

    // MARK: Looking

    package subscript(number: Int) -> Place? { places.indices.contains(number) ? places[number] : nil }

    /// Those that are open, in the order of their numbers.
    package var open: [Place] { places.compactMap { $0 }.filter { !$0.isLeaving } }
    package var services: [Service] { open.map(\.service) }
    package var configurations: [ServiceConfiguration] { open.map(\.configuration) }
    package var listeners: [WantedListener] { open.flatMap(\.listeners) }

    // MARK: Changing

    /// `service` as it would be under `number`.
    package func place(for service: Service, at number: Int) -> Place {
        Place(
            service: service,
            configuration: ServiceConfiguration(service, index: number, zones: zones, mark: mark),
            listeners: Self.listeners(of: service, index: number))
    }

    /// Opens `number`.
    package mutating func place(_ service: Service, at number: Int) {
        for zone in service.endpoints.compactMap(\.zone) where !zones.contains(zone) { zones.append(zone) }
        while places.count <= number { places.append(nil) }
        places[number] = place(for: service, at: number)
        revision += 1
    }

    /// The number is not the service's any more; connections may still be open on it.
    package mutating func leave(_ number: Int) {
        places[number]?.isLeaving = true
        revision += 1
    }

    /// Nothing uses the number any more.
    package mutating func release(_ number: Int) {
        guard places.indices.contains(number) else { return }
        places[number] = nil
        while let last = places.last, last == nil { places.removeLast() }
        revision += 1
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
