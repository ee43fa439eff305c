// A proxy of one service for tests, and plans for it written as in a scenario file.

import EventLoop
import Faults
import Observation
import Scenario
import Synchronization
import TestSupport
import Units

@testable import Proxy

/// A running proxy with one service over the given origins; the first is in zone `a`, the second in `b`.
final class Harness: Sendable {
    let server: ProxyServer
    let service: Service
    /// As they were opened: a draining server has none any more.
    private let ports: [UInt16]
    private let states = Lock<[String: EntryState]>([:])
    private let version = Atomic<UInt64>(0)

    init(
        _ kind: Service.Kind, origins: [UInt16], ownListeners: Bool = false, prefer: [String] = [],
        workers: Int = 1, limits: ProxyLimits = ProxyLimits(), adjust: (inout Service) -> Void = { _ in }
    ) throws {
        let zones = ["a", "b", "c"]
        let endpoints = origins.enumerated().map { index, port in
            Endpoint(to: .host("127.0.0.1", port: Int(port)), zone: zones[index])
        }
        var service = Service(name: "svc", listen: .host("127.0.0.1", port: 0), kind: kind, endpoints: endpoints)
        service.prefer = prefer
        adjust(&service)
        self.service = service
        let all = Array(origins.indices)
        var listeners = [WantedListener(service: 0, index: 0, address: service.listen, endpoints: all)]
        if ownListeners {
            for index in all {
                listeners.append(
                    WantedListener(service: 0, index: index + 1, address: service.listen, endpoints: [index]))
            }
        }
        server = try ProxyServer(
            services: [ServiceConfiguration(service, index: 0, zones: zones, mark: true)], listeners: listeners,
            workers: workers, limits: limits)
        ports = server.listeners.map(\.address.port)
    }

    deinit {
        server.stop()
    }

    /// The port of the service's own listener, or of an endpoint's.
    func port(_ listener: Int = 0) -> UInt16 { ports[listener] }

    /// A caller at 127.0.0.`host`: 1 lives in zone `a`, 2 in `b`.
    func connect(_ listener: Int = 0, from host: UInt32 = 1) throws -> TestSocket {
        try TestSocket.connect(port: port(listener), from: host)
    }

    private static let zones = [1, 2].map { host in
        Zone(
            name: host == 1 ? "a" : "b",
            callers: [AddressBlock(network: [127, 0, 0, UInt8(host)], prefixLength: 32)])
    }

    // MARK: Plans

    /// Puts `faults` (a YAML flow list of entries) into force on all workers and waits until they follow.
    func play(_ faults: String, seed: UInt64 = 1, edition: Int = 0) throws {
        try play(decode(faults), seed: seed, edition: edition)
    }

    /// The same with entries of a scenario file.
    func play(_ entries: [FaultEntry], seed: UInt64 = 1, edition: Int = 0) throws {
        let now = monotonicNow()
        let rules = try entries.enumerated().map { index, entry in
            try Rule(
                entry: entry, index: index, service: service, state: state(entry.name), seed: seed,
                clock: RuleClock(began: now, length: .seconds(3600)), edition: edition, zones: Self.zones)
        }
        let chain = Chain(rules)
        let dark = service.endpoints.indices.map { chain.blackout(endpoint: $0, now: now) == nil ? nil : now }
        let listeners = server.listeners.map { state(of: $0, chain, dark, now) }
        post([ServicePlan(chain: chain, darkSince: dark, listeners: listeners)], names: entries.map(\.name))
    }

    /// Lifts every fault and waits until all workers follow.
    func clear() { post([ServicePlan()], names: []) }

    private func post(_ services: [ServicePlan], names: [String]) {
        let number = version.add(1, ordering: .relaxed).newValue
        server.post(Plan(version: number, services: services, phase: 0, entryNames: names))
        _ = eventually { server.follows(number) }
    }

    private func state(
        of listener: ListenerConfiguration, _ chain: Chain, _ dark: [Instant?], _ now: Instant
    ) -> ListenerState {
        let range = listener.endpoints.first!..<listener.endpoints.last! + 1
        if let fault = chain.listenerFault(endpoints: range, now: now) {
            return fault.kind == .refuse
                ? .refusing(entry: Int(fault.entry)) : .blackHoled(entry: Int(fault.entry))
        }
        guard listener.endpoints.allSatisfy({ dark[$0] != nil }),
            let order = chain.blackout(endpoint: listener.endpoints[0], now: now)
        else { return .open }
        switch order.blackout.new {
        case .blackhole: return .blackHoled(entry: Int(order.entry))
        case .refuse: return .refusing(entry: Int(order.entry))
        case .hang, .reset: return .open
        }
    }

    func state(_ name: String) -> EntryState {
        states.withLock { states in
            if let known = states[name] { return known }
            let made = EntryState(name: name)
            states[name] = made
            return made
        }
    }

    private func decode(_ faults: String) throws -> [FaultEntry] {
        let endpoints = service.endpoints.map { "{ to: \"\($0.to.label)\", zone: \($0.zone ?? "a") }" }
        let text = """
            brownout: 1
            services: { svc: { listen: "127.0.0.1:0", protocol: \(service.kind.rawValue), endpoints: [\(endpoints.joined(separator: ", "))] } }
            timeline: [ { phase: p, for: 1h, faults: \(faults) } ]
            """
        let decoded = ScenarioDecoder.decode(text: text, fileName: "test", catalogue: .standard)
        guard let file = decoded.file else { throw HarnessError(text: "\(decoded.diagnostics)") }
        return file.timeline[0].faults
    }

    // MARK: Records

    /// Everything recorded since the last call.
    func records() -> [AttemptRecord] {
        var records: [AttemptRecord] = []
        for ring in server.rings {
            ring.drain { run in
                for index in run.indices { records.append(run[index]) }
            }
        }
        return records
    }

    /// The first record that `isWanted`, waited for: it is written a moment after the caller has its answer.
    func record(where isWanted: (AttemptRecord) -> Bool) throws -> AttemptRecord {
        var found: AttemptRecord?
        _ = eventually {
            found = found ?? records().first(where: isWanted)
            return found != nil
        }
        guard let found else { throw HarnessError(text: "no such record") }
        return found
    }

    var open: Int { server.openConnections(0) }
}

struct HarnessError: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
}

func monotonicNow() -> Instant {
    Instant(nanoseconds: Int64(secondsNow() * 1e9))
}
