// Who plays in the demo: an origin for each endpoint of the file, and a caller for each service. The file is redirected
// in memory: endpoints lead to the origins, listeners take free ports, entries that name an endpoint still mean it.

import ArgumentParser
import Control
import Demo
import EventLoop
import Foundation
import Proxy
import Scenario

/// The origins and callers of one demo.
final class DemoCast: RunLoad {
    private static let originsMaximum = 64

    /// The scenario, led to the origins.
    let file: ScenarioFile
    private let seed: UInt64
    private let origins: [DemoOrigin]
    private var callers: [(service: String, caller: DemoCaller)] = []

    init(_ file: ScenarioFile, seed: UInt64) throws {
        try Self.check(file)
        var redirection = Redirection()
        var origins: [DemoOrigin] = []
        for endpoint in file.services.flatMap(\.endpoints) where redirection[endpoint.to] == nil {
            let number = UInt64(origins.count)
            let options = OriginOptions(zone: endpoint.zone ?? "no-zone", seed: seed &+ 1_000 &+ number)
            origins.append(try Self.starting { () throws(SystemError) in try DemoOrigin(options) })
            redirection[endpoint.to] = .host("127.0.0.1", port: Int(origins[origins.count - 1].address.port))
        }
        self.file = redirection.applied(to: file)
        self.seed = seed
        self.origins = origins
    }

    /// A caller for the main listener of each service.
    func begin(on host: ProxyHost) throws {
        for listener in host.server.listeners where listener.index == 0 {
            let options = CallerOptions(address: listener.address, seed: seed &+ UInt64(listener.service))
            let caller = try Self.starting { () throws(SystemError) in try DemoCaller(options) }
            callers.append((host.set[listener.service]?.service.name ?? "", caller))
        }
    }

    func end() {
        for (service, caller) in callers {
            let title = callers.count > 1 ? "\nCaller of \(service)\n" : "\n"
            Console().say(title + caller.stop().text(caller.options))
        }
        callers = []
    }

    /// Ends callers that are still there, then the origins.
    func stop() {
        for (_, caller) in callers { _ = caller.stop() }
        callers = []
        for origin in origins { origin.stop() }
    }

    private static func check(_ file: ScenarioFile) throws {
        if let service = file.services.first(where: { $0.kind != .http }) {
            throw ValidationError("the demo's caller speaks HTTP, and \(service.name) is \(service.kind.rawValue)")
        }
        if file.services.flatMap(\.endpoints).count > originsMaximum {
            throw ValidationError("the demo has origins for \(originsMaximum) endpoints at most")
        }
    }

    private static func starting<Part>(_ start: () throws(SystemError) -> Part) throws -> Part {
        do throws(SystemError) {
            return try start()
        } catch {
            throw Failure.internal("cannot start: \(error)", Console())
        }
    }
}

/// Where endpoints really are, in the demo.
struct Redirection {
    private var places: [NetworkAddress: NetworkAddress] = [:]

    subscript(endpoint: NetworkAddress) -> NetworkAddress? {
        get { places[endpoint] }
        set { places[endpoint] = newValue }
    }

    func applied(to file: ScenarioFile) -> ScenarioFile {
        var file = file
        file.services = file.services.map(service)
        file.timeline = file.timeline.map(phase)
        return file
    }

    private func service(_ service: Service) -> Service {
        var service = service
        service.listen = Self.freePort
        for index in service.endpoints.indices {
            service.endpoints[index].to = places[service.endpoints[index].to] ?? service.endpoints[index].to
            if service.endpoints[index].listen != nil { service.endpoints[index].listen = Self.freePort }
        }
        return service
    }

    private func phase(_ phase: Phase) -> Phase {
        var phase = phase
        for index in phase.faults.indices {
            phase.faults[index].endpoint = phase.faults[index].endpoint.map { places[$0] ?? $0 }
        }
        phase.together = phase.together.map { $0.map(self.phase) }
        return phase
    }

    private static let freePort = NetworkAddress.host("127.0.0.1", port: 0)
}
