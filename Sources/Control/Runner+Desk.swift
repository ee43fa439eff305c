// `brownout run --control`: its one run can be watched and steered; what it plays, and against what, is its file's.

import EventLoop
import Observation
import Proxy
import Scenario
import Units

extension Runner: ControlDesk {
    var server: ProxyServer { host.server }
    var rules: [RuleStatus] { [] }
    func service(_ name: String) -> ServiceStatus? { services.first { $0.name == name } }
    func rule(_ name: String) -> RuleStatus? { nil }

    var services: [ServiceStatus] {
        desk.services.open.map { place in
            let number = place.configuration.index
            let dark = desk.posted.flatMap { $0.services.indices.contains(number) ? $0.services[number] : nil }?
                .darkSince
            return ServiceStatus(
                service: place.service, isEnabled: true, bound: server.listeners(of: number).map(\.address.description),
                endpoints: place.service.endpoints.enumerated().map { index, endpoint in
                    let isDark = dark.map { $0.indices.contains(index) && $0[index] != nil } ?? false
                    return ServiceStatus.EndpointStatus(
                        address: endpoint.to.label, zone: endpoint.zone, isDark: isDark)
                }, counts: server.counts(number))
        }
    }

    func addService(_ service: Service, enabled: Bool, by requester: Requester) throws(ControlError) { throw fixed }
    func changeService(_ name: String, to service: Service, by requester: Requester) throws(ControlError) {
        throw fixed
    }
    func removeService(_ name: String, by requester: Requester) throws(ControlError) { throw fixed }
    func setEnabled(_ name: String, _ isEnabled: Bool, by requester: Requester) throws(ControlError) { throw fixed }
    func addRule(_ entry: FaultEntry, ttl: TimeSpan, by requester: Requester) throws(ControlError) { throw fixed }
    func changeRule(
        _ name: String, to entry: FaultEntry, ttl: TimeSpan, by requester: Requester
    ) throws(ControlError) { throw fixed }
    func removeRule(_ name: String, by requester: Requester) throws(ControlError) { throw fixed }
    func loadRun(_ script: LoadedScript, by requester: Requester) throws(ControlError) -> Run { throw fixed }
    func startRun(_ run: Run, force: Bool, by requester: Requester) throws(ControlError) { throw fixed }
    func removeRun(_ run: Run, by requester: Requester) throws(ControlError) { throw fixed }

    /// The all-clear ends the run.
    func clearFaults(by requester: Requester) {
        note(Change(by: "\(requester)", .faultsCleared))
        director.end(.stopped)
    }

    private var fixed: ControlError {
        ControlError(
            .conflict, "this is brownout run: services, faults and scenario are its file's (see brownout serve)")
    }
}
