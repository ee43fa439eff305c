// Exchanges, entries and rules for these tests: tables instead of sockets, and time as a number.

import Dispatch
@testable import Faults
import Scenario
import Testing
import Units

/// Bytes that live as long as the object.
@safe
final class OwnedBytes {
    private let memory: UnsafeMutableRawBufferPointer

    init(_ bytes: [UInt8]) {
        unsafe memory = .allocate(byteCount: max(bytes.count, 1), alignment: 1)
        unsafe memory.copyBytes(from: bytes)
        count = bytes.count
    }

    let count: Int

    deinit { unsafe memory.deallocate() }

    /// Valid while the object lives.
    var bytes: Bytes {
        guard let base = unsafe memory.baseAddress else { preconditionFailure("allocated with a byte at least") }
        return unsafe Bytes(pointer: UnsafeRawPointer(base), count: count)
    }
}

/// An exchange as a table.
struct TableFacts: ExchangeFacts {
    private let parts: [OwnedBytes]
    private let headers: [String: OwnedBytes]
    private let cookies: [String: OwnedBytes]
    let declaredBodyLength: Int64?

    init(
        _ method: String = "GET", _ path: String = "/", query: String = "", headers: [String: String] = [:],
        cookies: [String: String] = [:], client: [UInt8] = [127, 0, 0, 1], body: Int64? = nil
    ) {
        parts = [Array(method.utf8), Array(path.utf8), Array(query.utf8), client].map(OwnedBytes.init)
        self.headers = headers.mapValues { OwnedBytes(Array($0.utf8)) }
        self.cookies = cookies.mapValues { OwnedBytes(Array($0.utf8)) }
        declaredBodyLength = body
    }

    var method: Bytes { parts[0].bytes }
    var path: Bytes { parts[1].bytes }
    var query: Bytes { parts[2].bytes }
    var clientAddress: Bytes { parts[3].bytes }
    func header(_ name: [UInt8]) -> Bytes? { headers[String(decoding: name, as: UTF8.self)]?.bytes }
    func cookie(_ name: [UInt8]) -> Bytes? { cookies[String(decoding: name, as: UTF8.self)]?.bytes }
}

extension Service {
    /// `payments` with endpoints a (zone az-a) and b (zone az-b).
    static func forTests(_ kind: Kind = .http) -> Service {
        Service(
            name: "payments", listen: .host("127.0.0.1", port: 9001), kind: kind,
            endpoints: [
                Endpoint(to: .host("a", port: 80), zone: "az-a"), Endpoint(to: .host("b", port: 80), zone: "az-b"),
            ])
    }
}

/// A fault as a file has it: `fault("error", "{status: 503}")`.
func fault(
    _ name: String, _ text: String = "", sourceLocation: SourceLocation = #_sourceLocation
) throws -> FaultValue {
    let decoded = ScenarioDecoder.decodeFault(name: name, text: text, fileName: "test.yaml", catalogue: .standard)
    return try #require(
        decoded.fault, "\(decoded.diagnostics.map(\.message).joined(separator: "; "))", sourceLocation: sourceLocation)
}

/// What the decoder and the fault's own checks say about `text`.
func complaints(_ name: String, _ text: String) -> [String] {
    ScenarioDecoder.decodeFault(name: name, text: text, fileName: "test.yaml", catalogue: .standard)
        .diagnostics.map(\.message)
}

/// An entry named `name` with `fault`, changed by `configure`.
func entry(
    _ fault: FaultValue, name: String = "entry", _ configure: (inout FaultEntry) -> Void = { _ in }
) -> FaultEntry {
    var entry = FaultEntry(name: name, phase: "storm", fault: fault, position: Position(line: 1, column: 1))
    configure(&entry)
    return entry
}

/// A rule of `service` that is live from 0 s for ten minutes.
func rule(
    _ fault: FaultValue, name: String = "entry", index: Int = 0, service: Service = .forTests(),
    state: EntryState? = nil, seed: UInt64 = 42, clock: RuleClock = .forTests, baseline: Baseline? = nil,
    _ configure: (inout FaultEntry) -> Void = { _ in }
) throws -> Rule {
    try Rule(
        entry: entry(fault, name: name, configure), index: index, service: service,
        state: state ?? EntryState(name: name), seed: seed, clock: clock, baseline: baseline,
        zones: [
            Zone(name: "az-a", callers: [AddressBlock(network: [10, 1, 0, 0], prefixLength: 16)]), Zone(name: "az-b"),
        ])
}

extension RuleClock {
    static let forTests = RuleClock(began: .zero, length: .minutes(10))
}

extension Instant {
    static func at(_ seconds: Double) -> Instant { .zero + TimeSpan(seconds: seconds) }
}

extension Chain {
    /// The plan of one more exchange; of a new connection to endpoint a unless said otherwise.
    func plan(
        _ facts: TableFacts = TableFacts(), at seconds: Double = 1, endpoint: Int = 0,
        connection: ConnectionFacts = ConnectionFacts(born: .at(0.5)), limits: LimitState? = nil
    ) -> ExchangePlan {
        plan(facts, connection: connection, target: Target(endpoint: endpoint), now: .at(seconds), limits: limits)
    }

    /// The plan of a connection from `client`.
    func connectionPlan(
        draws: inout ConnectionDraws, born: Double = 0.5, at seconds: Double = 1, exchangesBefore: Int = 0,
        endpoint: Int = 0, client: [UInt8] = [127, 0, 0, 1], limits: LimitState? = nil
    ) -> ConnectionPlan {
        client.withBytes {
            connectionPlan(
                client: $0, connection: ConnectionFacts(born: .at(born), exchangesBefore: exchangesBefore),
                target: Target(endpoint: endpoint), now: .at(seconds), draws: &draws, limits: limits)
        }
    }
}

extension Streams {
    /// The paces of a direction, in file order.
    var upstreamPaces: [Pace] { Self.paces(upstream) }
    var downstreamPaces: [Pace] { Self.paces(downstream) }
    var downstreamDelays: [DelayLine] { Self.delays(downstream) }
    var upstreamDelays: [DelayLine] { Self.delays(upstream) }

    private static func paces(_ stages: [StreamStage]) -> [Pace] {
        stages.compactMap { if case .pace(let pace) = $0.kind { pace } else { nil } }
    }

    private static func delays(_ stages: [StreamStage]) -> [DelayLine] {
        stages.compactMap { if case .delay(let line) = $0.kind { line } else { nil } }
    }
}

extension ExchangePlan {
    /// Indices of the entries that acted.
    var entries: [Int] { (0..<fired.count).map { Int(fired[$0].entry) } }
}

/// How far `hits` of `trials` is from `share`, in standard deviations.
func deviations(_ hits: Int, of trials: Int, share: Double) -> Double {
    abs(Double(hits) - Double(trials) * share) / (Double(trials) * share * (1 - share)).squareRoot()
}

/// Runs `body` on that many threads at once and adds up what they return, place by place.
func inParallel(_ threads: Int, _ body: @Sendable (Int) -> [Int64]) -> [Int64] {
    let results = Lock<[[Int64]]>([])
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
        let result = body(thread)
        results.withLock { $0.append(result) }
    }
    return results.withLock { results in
        results.dropFirst().reduce(results.first ?? []) { sum, result in zip(sum, result).map { $0 + $1 } }
    }
}

extension Match {
    /// Responses of this status.
    static func status(_ pattern: StatusPattern) -> Match {
        var match = Match()
        match.statuses = [pattern]
        return match
    }
}
