// What decoding must know of the moment: services and zones, as a value that may go to another thread. What was decoded
// against it is checked again by whoever acts, since the world may have moved on meanwhile.

import EventLoop
import Faults
import Scenario

/// Services and zones that scenarios, rules and services are decoded against.
struct WorldView: Sendable {
    let environment: ScenarioFile
    /// Names of faults, for conditions.
    private let faults: Set<String>

    init(_ desk: any ControlDesk) {
        var environment = ScenarioFile()
        environment.services = desk.services.map(\.service)
        environment.zones = desk.desk.services.zones.map { Zone(name: $0) }
        self.environment = environment
        faults = Set(desk.rules.map(\.name) + desk.director.production.entries.names)
    }

    /// A whole scenario. Services of the file must be open under the same name; where those lead to wins.
    func scenario(_ call: RouteCall) throws(ControlError) -> LoadedScript {
        let text = try call.text()
        let name = call["name"] ?? "scenario"
        let decoded = ScenarioDecoder.decode(
            text: text, fileName: name, catalogue: Catalogue.standard, environment: environment)
        guard let file = decoded.file else {
            throw ControlError(.invalid, "the scenario has mistakes", diagnostics: decoded.errors)
        }
        let open = Set(environment.services.map(\.name))
        let missing = file.services.map(\.name).filter { !open.contains($0) }
        guard missing.isEmpty else {
            throw ControlError(.conflict, "not open: \(missing.joined(separator: ", ")); add them first")
        }
        return LoadedScript(
            file: file, identity: ScriptIdentity(name: name, text: text), seed: call["seed"].flatMap { UInt64($0) },
            speed: call["speed"].flatMap(RouteParameter.speed) ?? 1)
    }

    /// One fault entry, in the grammar of a file; its name is empty where it gives itself none.
    func entry(text: String) throws(ControlError) -> FaultEntry {
        let decoded = ScenarioDecoder.decodeEntry(
            text: text, fileName: "fault", catalogue: Catalogue.standard, services: environment.services,
            zones: environment.zones.map(\.name), entries: faults)
        guard let entry = decoded.entry else {
            throw ControlError(.invalid, "the fault has mistakes", diagnostics: decoded.diagnostics)
        }
        return entry
    }

    /// One service, as it stands behind its name in a file.
    func service(_ call: RouteCall, named name: String) throws(ControlError) -> Service {
        try Self.service(name, text: try call.text())
    }

    static func service(_ name: String, text: String) throws(ControlError) -> Service {
        let decoded = ScenarioDecoder.decodeService(name: name, text: text, fileName: "service")
        guard let service = decoded.service else {
            throw ControlError(.invalid, "the service has mistakes", diagnostics: decoded.diagnostics)
        }
        return service
    }
}

extension RouteCall {
    /// The body as text; an error where it is none.
    func text() throws(ControlError) -> String {
        guard let text = String(validating: request.body, as: UTF8.self) else {
            throw ControlError(.invalid, "the body is no UTF-8 text")
        }
        guard text.contains(where: { !$0.isWhitespace }) else { throw ControlError(.invalid, "the body is empty") }
        return text
    }
}
