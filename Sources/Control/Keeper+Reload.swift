// SIGHUP: the file again. Its services are added, changed and removed by the same operations that the APIs use; those that
// came by an API stay. A file with errors changes nothing; a service that cannot be bound is said, and the others go on.

import Scenario

extension Keeper {
    func reload() {
        guard let scenario = reread() else { return refuse("the file cannot be read") }
        for diagnostic in scenario.diagnostics { console.complain(diagnostic.description) }
        guard let file = scenario.file else { return refuse("the file has errors") }
        let wanted = Set(file.services.map(\.name))
        var changes: [String] = []
        for service in kept.map(\.service) where isObsolete(service.name, wanted) {
            attempt("\(service.name) is gone", &changes) { () throws(ControlError) in
                try removeService(service.name, by: .signal)
            }
        }
        for service in file.services { reload(service, &changes) }
        console.say("read again: " + (changes.isEmpty ? "no service has changed" : changes.joined(separator: ", ")))
    }

    private func isObsolete(_ name: String, _ wanted: Set<String>) -> Bool {
        !wanted.contains(name) && kept.contains { $0.service.name == name && $0.isFromFile }
    }

    private func reload(_ service: Service, _ changes: inout [String]) {
        guard let known = kept.first(where: { $0.service.name == service.name }) else {
            return attempt("\(service.name) is new", &changes) { () throws(ControlError) in
                try addService(service, enabled: true, isFromFile: true, by: .signal)
            }
        }
        if known.service == service { return }
        attempt("\(service.name) changed", &changes) { () throws(ControlError) in
            try changeService(service.name, to: service, by: .signal)
        }
    }

    private func attempt(_ change: String, _ changes: inout [String], _ body: () throws(ControlError) -> Void) {
        do throws(ControlError) {
            try body()
            changes.append(change)
        } catch {
            console.complain("brownout: \(error)")
        }
    }

    private func refuse(_ reason: String) {
        console.complain("brownout: services stay as they were: \(reason)")
    }
}
