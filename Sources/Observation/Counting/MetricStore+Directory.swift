// Names that come and go while the store counts. A number that was given to a name keeps it: what is gone is still in the
// report, and a service or rule that comes back under its name goes on with its figures. Only when there are too many that
// are gone does the one that went first give its number, and its figures, up; so thousands of services that come and go
// cost no more memory than a few.

package import Scenario

/// Numbers whose names are gone, in the order in which they went.
struct GoneNames: Sendable {
    /// So many are kept; what goes first is given up first.
    static let most = 64

    private(set) var numbers: [Int] = []

    mutating func add(_ number: Int) {
        if !numbers.contains(number) { numbers.append(number) }
    }

    mutating func returned(_ number: Int) { numbers.removeAll { $0 == number } }

    /// The number to be given up; nil while there is room.
    mutating func surplus() -> Int? { numbers.count > Self.most ? numbers.removeFirst() : nil }
}

extension MetricStore {
    /// The number of the service called `name`, which from now on is this one; its endpoints come after those that it had.
    /// `endpoints`: the numbers of the endpoints given, in their order.
    package func place(_ service: Service) -> (number: Int, endpoints: [Int]) {
        let known = directory.services.firstIndex { $0.name == service.name }
        let number = known ?? freeServiceNumber
        if known == nil { directory.services[number] = ServiceDirectory.Entry(name: service.name, endpoints: []) }
        goneServices.returned(number)
        directory.services[number].isTCP = service.kind == .tcp
        return (number, service.endpoints.map { self.number(of: $0, in: number) })
    }

    /// The service is gone; its figures stay.
    package func serviceIsGone(_ number: Int) { goneServices.add(number) }

    /// The number of a rule by hand.
    package func place(_ rule: FaultEntry) -> Int {
        let fault = ServiceDirectory.Fault(byHand: rule)
        let known = directory.faults.firstIndex { $0.name == rule.name && $0.phase == nil }
        let number = known ?? freeFaultNumber
        directory.faults[number] = fault
        goneFaults.returned(number)
        return number
    }

    /// The rule is gone; its figures stay. Whoever takes its number next counts from zero.
    package func ruleIsGone(_ number: Int) { goneFaults.add(number) }

    private var freeServiceNumber: Int {
        if let number = goneServices.surplus() {
            forget(service: number)
            return number
        }
        directory.services.append(ServiceDirectory.Entry(name: "", endpoints: []))
        return directory.services.count - 1
    }

    private var freeFaultNumber: Int {
        if let number = goneFaults.surplus() {
            totals.forget(entry: number)
            pendingEntries[number] = nil
            return number
        }
        directory.faults.append(ServiceDirectory.Fault(name: "", phase: nil, kind: "", place: ""))
        return directory.faults.count - 1
    }

    private func number(of endpoint: Endpoint, in service: Int) -> Int {
        let name = ServiceDirectory.EndpointName(endpoint, zone: endpoint.zone.map(zone))
        let endpoints = directory.services[service].endpoints
        if let known = endpoints.firstIndex(of: name) { return known }
        guard endpoints.count < Self.mostEndpoints else { return Int(AttemptRecord.none) }
        directory.services[service].endpoints.append(name)
        return endpoints.count
    }

    /// A service that moves for ever: further endpoints have no name.
    private static var mostEndpoints: Int { 4_096 }

    private func zone(_ name: String) -> Int {
        if let known = directory.zones.firstIndex(of: name) { return known }
        directory.zones.append(name)
        return directory.zones.count - 1
    }

    private func forget(service: Int) {
        for slot in seriesSlots.forget(service: service) where slot < windows.count {
            windows[slot] = TieredWindow()
            openSeries[slot] = OpenSeries()
        }
        pendingSeries = pendingSeries.filter { $0.key.service != service }
        totals.forget(service: service)
    }
}
