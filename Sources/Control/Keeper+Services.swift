// Services at run time, for whoever asks: the APIs, SIGHUP. Call on the control thread. When a call returns, listeners are
// as asked for; connections that are to be closed are closed by their workers a moment later.
//
//      added ⇄ disabled     nothing is bound, rules stay
//      changed              another number in the proxy: the listeners are handed over, what is open stays where it is;
//                           with another `protocol` or `listen` it is closed

import EventLoop
import Observation
import Proxy
package import Scenario

extension Keeper {
    /// Every service, in the order in which they came.
    package var services: [ServiceStatus] { kept.map(status) }

    /// The service called `name`.
    package func service(_ name: String) -> ServiceStatus? { kept.first { $0.service.name == name }.map(status) }

    /// Opens a service; port 0 picks a port. Not enabled: nothing is bound yet.
    package func addService(_ service: Service, enabled: Bool = true, by requester: Requester) throws(ControlError) {
        try addService(service, enabled: enabled, isFromFile: false, by: requester)
    }

    func addService(
        _ service: Service, enabled: Bool, isFromFile: Bool, by requester: Requester
    ) throws(ControlError) {
        try refuseWhileDraining()
        guard !kept.contains(where: { $0.service.name == service.name }) else {
            throw ControlError(.conflict, "there is a service \"\(service.name)\" already")
        }
        guard kept.count < ProxyServer.mostServices else { throw ControlError(.busy, "there are too many services") }
        var added = KeptService(
            service: service, number: nil, counters: ServiceCounterSet(workers: server.counters.count),
            isFromFile: isFromFile)
        if enabled { try open(&added) }
        kept.append(added)
        tell(.serviceAdded, added, requester)
    }

    /// Configures a service anew; its name stays. With another `protocol` or `listen` its connections are closed and it is
    /// bound anew; where that fails it is left disabled. Else nothing is cut: new connections follow what is new.
    package func changeService(_ name: String, to service: Service, by requester: Requester) throws(ControlError) {
        try refuseWhileDraining()
        let place = try place(of: name)
        guard service.name == name else { throw ControlError(.invalid, "a service keeps its name") }
        guard service != kept[place].service else { return }
        if let number = kept[place].number {
            kept[place].number = try replace(number, kept[place], by: service)
        }
        kept[place].service = service
        tell(.serviceChanged, kept[place], requester)
    }

    /// Closes its listeners and connections at once. Rules that name it stay until their time is over.
    package func removeService(_ name: String, by requester: Requester) throws(ControlError) {
        let place = try place(of: name)
        close(place)
        let removed = kept.remove(at: place)
        tell(.serviceRemoved, removed, requester)
    }

    /// Disabling closes listeners and connections at once; rules stay.
    package func setEnabled(_ name: String, _ isEnabled: Bool, by requester: Requester) throws(ControlError) {
        let place = try place(of: name)
        guard kept[place].isEnabled != isEnabled else { return }
        if isEnabled {
            try refuseWhileDraining()
            try open(&kept[place])
        } else {
            close(place)
        }
        tell(isEnabled ? .serviceEnabled : .serviceDisabled, kept[place], requester)
    }

    // MARK: Opening and closing

    /// The rules are in force before the first connection is.
    private func open(_ service: inout KeptService) throws(ControlError) {
        let number = try freeNumber()
        desk.services.place(service.service, at: number)
        director.replan()
        do throws(ListenError) {
            guard let place = desk.services[number] else { return }
            try server.open(place.configuration, listeners: place.listeners, counters: service.counters)
            service.number = number
        } catch {
            desk.services.release(number)
            director.replan()
            throw ControlError(.failed, error.plainText)
        }
    }

    /// The number under which `service` goes on.
    private func replace(_ old: Int, _ former: KeptService, by service: Service) throws(ControlError) -> Int {
        let number = try freeNumber()
        desk.services.place(service, at: number)
        director.replan()
        do throws(ListenError) {
            guard let place = desk.services[number] else { return old }
            let cutting = service.kind != former.service.kind || !server.isBound(old, exactly: place.listeners)
            try server.replace(old, by: place.configuration, listeners: place.listeners, cutting: cutting)
            if cutting { cutFormerNumbers(of: service.name) }
            desk.services.leave(old)
            director.replan()
            return number
        } catch {
            desk.services.release(number)
            if let place = kept.firstIndex(where: { $0.service.name == service.name }) {
                kept[place].service = service
                close(place)
                tell(.serviceDisabled, kept[place], Requester("brownout"))
            }
            throw ControlError(
                .failed, "\(error.plainText); service \"\(service.name)\" is disabled", cause: error.plainText)
        }
    }

    private func close(_ place: Int) {
        cutFormerNumbers(of: kept[place].service.name)
        guard let number = kept[place].number else { return }
        server.close(number)
        desk.services.leave(number)
        kept[place].number = nil
        director.replan()
    }

    /// Connections that were left where they were when the service changed.
    private func cutFormerNumbers(of name: String) {
        for case let place? in desk.services.places where place.isLeaving && place.service.name == name {
            server.cut(place.configuration.index)
        }
    }

    private func freeNumber() throws(ControlError) -> Int {
        guard let number = server.freeNumber else {
            throw ControlError(.busy, "too many services are open, or still closing: try again later")
        }
        return number
    }

    private func place(of name: String) throws(ControlError) -> Int {
        guard let place = kept.firstIndex(where: { $0.service.name == name }) else {
            throw ControlError(.notFound, "there is no service \"\(name)\"")
        }
        return place
    }

    func refuseWhileDraining() throws(ControlError) {
        if isDraining { throw ControlError(.busy, "brownout is ending") }
    }

    // MARK: Looking

    private func status(_ kept: KeptService) -> ServiceStatus {
        let dark = kept.number.flatMap { desk.posted?.services[safely: $0]?.darkSince } ?? []
        return ServiceStatus(
            service: kept.service, isEnabled: kept.isEnabled, bound: bound(kept),
            endpoints: kept.service.endpoints.enumerated().map { number, endpoint in
                ServiceStatus.EndpointStatus(
                    address: endpoint.to.label, zone: endpoint.zone, isDark: (dark[safely: number] ?? nil) != nil)
            },
            counts: kept.counters.counts)
    }

    private func bound(_ kept: KeptService) -> [String] {
        kept.number.map { server.listeners(of: $0).map(\.address.description) } ?? []
    }

    private func tell(_ action: Change.Action, _ service: KeptService, _ requester: Requester) {
        tell(action, service.service.name, service.words(bound: bound(service)), by: requester)
    }
}

extension Array {
    fileprivate subscript(safely index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
