// Names for the numbers in records. Numbers are those of the file: services and endpoints in its order, phases depth
// first (a phase, then those of its lanes), entries phase by phase in the same order.
//
// `AttemptRecord.phase` is the number of a *stage*: the set of phases that were live at once. Stage n is phase n alone;
// further stages stand for phases in lanes, which are live together, and are made as they are met (`stage(of:)`).

package import Scenario
import Units

/// What the numbers in records mean.
package struct ServiceDirectory: Sendable, Hashable, Codable {
    /// A service with its endpoints.
    package struct Entry: Sendable, Hashable, Codable {
        package var name: String
        package var isTCP: Bool
        /// Labels and zone numbers of its endpoints, by number.
        package var endpoints: [EndpointName]

        package init(name: String, isTCP: Bool = false, endpoints: [EndpointName]) {
            self.name = name
            self.isTCP = isTCP
            self.endpoints = endpoints
        }
    }

    package struct EndpointName: Sendable, Hashable, Codable {
        package var label: String
        package var zone: Int?

        package init(label: String, zone: Int? = nil) {
            self.label = label
            self.zone = zone
        }
    }

    /// A fault entry of a phase.
    package struct Fault: Sendable, Hashable, Codable {
        package var name: String
        /// nil: of no phase, given by hand.
        package var phase: Int?
        /// The fault's name in the catalogue.
        package var kind: String
        /// The services, zone or endpoint that it acts on, in words.
        package var place: String
        package var isOptional: Bool

        package init(name: String, phase: Int?, kind: String, place: String, isOptional: Bool = false) {
            self.name = name
            self.phase = phase
            self.kind = kind
            self.place = place
            self.isOptional = isOptional
        }

        /// What a refused connect did cannot be seen from here, so it can neither bite nor fail to.
        package var canBeSeen: Bool { kind != "refuse" }
    }

    package var services: [Entry]
    package var zones: [String]
    package var phases: [String]
    /// In seconds of the script; by phase, all passes together.
    package var plannedSeconds: [Double]
    package var faults: [Fault]
    package private(set) var stages: [[Int]]

    package init(
        services: [Entry], zones: [String] = [], phases: [String] = [], plannedSeconds: [Double] = [],
        faults: [Fault] = []
    ) {
        self.services = services
        self.zones = zones
        self.phases = phases
        self.plannedSeconds = plannedSeconds
        self.faults = faults
        stages = phases.indices.map { [$0] }
    }

    /// The phase called `name`.
    package func phase(named name: String) -> Int? { phases.firstIndex(of: name) }

    /// The phases of stage number `stage`; none between phases.
    package func phases(ofStage stage: Int?) -> [Int] {
        stage.flatMap { stages.indices.contains($0) ? stages[$0] : nil } ?? []
    }

    /// The number to write into records while `phases` are live; none while none is.
    package mutating func stage(of phases: [Int]) -> UInt16 {
        let phases = Set(phases).sorted()
        if phases.isEmpty { return AttemptRecord.none }
        if let known = stages.firstIndex(of: phases) { return UInt16(known) }
        guard stages.count < Int(AttemptRecord.none) else { return UInt16(phases[0]) }
        stages.append(phases)
        return UInt16(stages.count - 1)
    }
}

// MARK: - From a file

extension ServiceDirectory {
    /// The names in `file`; `zones` in the order in which the proxy numbers them.
    package init(_ file: ScenarioFile, zones: [String]) {
        let phases = file.timeline.flatMap(Self.flattened)
        self.init(
            services: file.services.map { Entry($0, zones: zones) }, zones: zones, phases: phases.map(\.name),
            plannedSeconds: phases.map { $0.length.seconds * Double($0.repeats) },
            faults: phases.enumerated().flatMap { index, phase in phase.faults.map { Fault($0, phase: index) } })
    }

    /// A phase and those of its lanes.
    private static func flattened(_ phase: Phase) -> [Phase] {
        [phase] + phase.together.joined().flatMap(flattened)
    }
}

extension ServiceDirectory.Entry {
    init(_ service: Service, zones: [String]) {
        self.init(
            name: service.name, isTCP: service.kind == .tcp,
            endpoints: service.endpoints.map { endpoint in
                ServiceDirectory.EndpointName(endpoint, zone: endpoint.zone.flatMap { zones.firstIndex(of: $0) })
            })
    }
}

extension ServiceDirectory.EndpointName {
    init(_ endpoint: Endpoint, zone: Int?) {
        self.init(label: endpoint.to.words, zone: zone)
    }
}

extension ServiceDirectory.Fault {
    package init(_ entry: FaultEntry, phase: Int?) {
        self.init(
            name: entry.name, phase: phase, kind: entry.fault.name, place: Self.place(of: entry),
            isOptional: entry.optional)
    }

    /// A rule by hand: nobody promised that it would bite.
    init(byHand entry: FaultEntry) {
        self.init(entry, phase: nil)
        isOptional = true
    }

    private static func place(of entry: FaultEntry) -> String {
        let parts: [String] = [
            entry.services.words, entry.zone.map { "zone \($0)" }, entry.endpoint.map { "endpoint \($0.words)" },
        ].compactMap { $0 }
        return parts.isEmpty ? "every service" : parts.joined(separator: ", ")
    }
}

extension FaultEntry.Services {
    fileprivate var words: String? {
        switch self {
        case .all: nil
        case .named(let names): names.joined(separator: ", ")
        }
    }
}

extension NetworkAddress {
    fileprivate var words: String {
        switch self {
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
