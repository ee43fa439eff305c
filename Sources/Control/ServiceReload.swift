// What a re-read file changes about services that are open. Where they lead to and how they behave can change at once;
// what is bound (services, their protocol, their addresses) needs a restart, and is named.

import EventLoop
package import Proxy
package import Scenario

/// The difference between the services that are open and those of a file.
package enum ServiceReload: Sendable {
    case unchanged
    /// May be applied now: the new services, in the order of the open ones, and their names that changed.
    case applicable(ServiceSet, changed: [String])
    /// Why not, one line for each change.
    case needsRestart([String])

    /// `open`: what is bound now. `mark` is the command's default.
    package init(from open: ServiceSet, to file: ScenarioFile, mark: Bool) {
        let obstacles = Self.obstacles(open.services, file.services)
        guard obstacles.isEmpty else {
            self = .needsRestart(obstacles)
            return
        }
        var ordered = file
        ordered.services = open.services.compactMap { old in file.services.first { $0.name == old.name } }
        let changed = zip(open.services, ordered.services).filter { $0 != $1 }.map { $1.name }
        self = changed.isEmpty ? .unchanged : .applicable(ServiceSet(ordered, mark: mark), changed: changed)
    }

    private static func obstacles(_ old: [Service], _ new: [Service]) -> [String] {
        let oldNames = old.map(\.name)
        let newNames = new.map(\.name)
        return newNames.filter { !oldNames.contains($0) }.map { "service \($0) is new" }
            + oldNames.filter { !newNames.contains($0) }.map { "service \($0) is gone" }
            + old.flatMap { service in
                new.first { $0.name == service.name }.map { obstacles(service, $0) } ?? []
            }
    }

    private static func obstacles(_ old: Service, _ new: Service) -> [String] {
        var obstacles: [String] = []
        if old.listen != new.listen { obstacles.append("\(old.name) listens on \(new.listen.label)") }
        if old.kind != new.kind { obstacles.append("\(old.name) speaks \(new.kind.rawValue)") }
        if old.endpoints.compactMap(\.listen) != new.endpoints.compactMap(\.listen) {
            obstacles.append("listeners of \(old.name)'s endpoints")
        }
        return obstacles
    }
}

extension ServiceSet {
    /// What workers need to know of these services when their listeners stay.
    package var update: ServiceUpdate {
        ServiceUpdate(
            services: configurations,
            endpoints: services.indices.map { service in
                listeners.filter { $0.service == service }.map(\.endpoints)
            })
    }
}
