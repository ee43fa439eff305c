// A small world to observe: two services, two zones, three phases, four entries, and records made by the hundred.

@testable import Observation
import Scenario
import Units

/// Names for the tests.
enum World {
    static let directory = ServiceDirectory(
        services: [
            .init(
                name: "payments",
                endpoints: [.init(label: "10.0.1.5:8080", zone: 0), .init(label: "10.0.2.5:8080", zone: 1)]),
            .init(name: "redis", isTCP: true, endpoints: [.init(label: "127.0.0.1:6379")]),
        ],
        zones: ["az-a", "az-b"], phases: ["calm", "storm", "after"], plannedSeconds: [60, 120, 60],
        faults: [
            .init(name: "slow", phase: 1, kind: "latency", place: "payments"),
            .init(name: "storm/2", phase: 1, kind: "error", place: "payments"),
            .init(name: "slow", phase: 2, kind: "latency", place: "payments"),
            .init(name: "closed", phase: 2, kind: "refuse", place: "redis"),
        ])

    static let start = RunStart(
        scenario: "A storm", scenarioHash: "c0ffee", seed: 18_446_744_073_709_551_615, speed: 1, version: "0.1.0",
        startedAt: 1_790_000_000, directory: directory)

    static func store(at began: Instant = .zero) -> MetricStore {
        MetricStore(directory: directory, began: began)
    }

    /// A rule by hand.
    static func rule(_ name: String) -> FaultEntry {
        FaultEntry(
            name: name, phase: "", fault: FaultValue(name: "hang", attributes: [:]),
            position: Position(line: 1, column: 1))
    }

    static func expectation(_ text: String, name: String? = nil, in phase: String? = nil) throws -> Scenario.Expectation
    {
        let that = LocatedCondition(
            condition: try Condition.parse(text), text: text, position: Position(line: 1, column: 1))
        return Scenario.Expectation(name: name ?? text, phase: phase, that: that)
    }
}

extension AttemptRecord {
    /// An answered exchange of `payments`, unless said otherwise.
    static func exchange(
        _ duration: TimeSpan = .milliseconds(10), status: UInt16 = 200, outcome: Outcome = .complete,
        service: UInt16 = 0, endpoint: UInt16 = 0, phase: UInt16 = AttemptRecord.none, flags: Flags = []
    ) -> AttemptRecord {
        var record = AttemptRecord()
        record.duration = duration.nanoseconds
        record.status = status
        record.outcome = outcome
        record.service = service
        record.endpoint = endpoint
        record.phase = phase
        record.flags = flags
        return record
    }

    /// The same, delayed by entry 0.
    func delayed(_ asked: TimeSpan, by entry: UInt16 = 0, achieved: TimeSpan? = nil) -> AttemptRecord {
        var record = self
        record.flags.formUnion([.injected, .delayMeasured])
        record.entry = entry
        record.askedDelay = asked.nanoseconds
        record.achievedDelay = (achieved ?? asked).nanoseconds
        return record
    }
}

extension MetricStore {
    func consume(_ record: AttemptRecord) {
        consume([record].span)
    }

    func consume(_ count: Int, _ record: AttemptRecord) {
        consume(Array(repeating: record, count: count).span)
    }

    /// The metric of payments.
    func payments(_ name: MetricName, zone: String? = nil, over window: TimeSpan? = .seconds(10)) -> Double? {
        measure(.service("payments", zone: zone, name), window: window, connections: nil)?.value
    }
}

extension InjectionCounts {
    init(met: UInt64, injected: UInt64) {
        self.init()
        self.met = met
        self.injected = injected
    }
}

/// Seconds after the beginning.
func second(_ seconds: Double) -> Instant { .zero + TimeSpan(seconds: seconds) }

extension RecordRing {
    /// Appends what waits, at most `limit` records, to `records`; returns their number.
    @discardableResult
    func drain(limit: Int = .max, into records: inout [AttemptRecord]) -> Int {
        drain(limit: limit) { run in
            for index in run.indices { records.append(run[index]) }
        }
    }
}
