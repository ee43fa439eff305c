// Scenarios as text, and a stage that remembers what it was told.

import Control
import EventLoop
import Faults
import Observation
import Proxy
import Scenario
import Testing
import Units

/// Decodes a scenario; its mistakes fail the test.
func scenario(_ text: String) throws -> ScenarioFile {
    let decoded = ScenarioDecoder.decode(text: "brownout: 1\n" + text, fileName: "test.yaml", catalogue: .standard)
    let file = decoded.file
    return try #require(file, "\(decoded.diagnostics.map(\.description).joined(separator: "\n"))")
}

/// Two services, two zones, and endpoints with listeners of their own.
let world = """
    services:
      payments:
        listen: 127.0.0.1:0
        protocol: http
        prefer: [az-b, az-a]
        endpoints:
          - { to: "127.0.0.1:8081", zone: az-a }
          - { to: "127.0.0.1:8082", zone: az-b, listen: "127.0.0.1:0" }
      ledger:
        listen: 127.0.0.1:0
        protocol: tcp
        endpoints:
          - { to: "127.0.0.1:8083", zone: az-a }

    """

/// What a director did to its stage, and figures that a test sets.
final class FakeStage: Stage {
    var plans: [Plan] = []
    var leases: [Instant] = []
    var collections = 0
    var quiet: [Int: Bool] = [:]
    var droppedPlans = 0
    let figures = Figures()
    private var stages: [[Int]] = []

    func post(_ plan: Plan) { plans.append(plan) }
    func renewLease(until deadline: Instant) { leases.append(deadline) }
    func followDesk() {}
    func collect(at now: Instant) { collections += 1 }
    var traffic: any ConditionSource { figures }
    func baseline(service: Int) -> Baseline? { nil }
    func note(isQuiet: Bool, service: Int) { quiet[service] = isQuiet }

    func recordNumber(ofPhases phases: [Int]) -> UInt16 {
        guard !phases.isEmpty else { return .max }
        if !stages.contains(phases) { stages.append(phases) }
        return UInt16(stages.firstIndex(of: phases) ?? 0)
    }

    /// Names of the entries in the last plan, in file order.
    var inForce: [String] {
        guard let plan = plans.last else { return [] }
        let numbers = Set(plan.services.flatMap { $0.chain.rules.map { Int($0.index) } })
        return numbers.sorted().compactMap { plan.name(ofEntry: UInt16($0)) }
    }
}

/// Measurements by the metric's text.
final class Figures: ConditionSource {
    var values: [String: Double] = [:]

    func measure(_ metric: Metric, window: TimeSpan?, connections: Comparison.ConnectionAge?) -> Measurement? {
        values["\(metric)"].map { Measurement(value: $0, samples: 100) }
    }

    func isDark(zone: String) -> Bool { false }
    func isOver(phase: String) -> Bool { false }
}

/// Everything that a director told.
final class Witness: RunAudience {
    var events: [JournalEvent] = []
    var ending: RunEnding?

    func happened(_ event: JournalEvent, at now: Instant) { events.append(event) }
    func ended(_ ending: RunEnding, at now: Instant) { self.ending = ending }
    var ticks = 0
    func ticked(at now: Instant) { ticks += 1 }

    /// "storm 2/2 began", "storm played" and the like.
    var story: [String] {
        events.compactMap { event in
            switch event {
            case .phaseBegan(let phase, let pass, let passes): "\(phase) \(pass)/\(passes) began"
            case .phaseEnded(let phase, let how): "\(phase) \(how.rawValue)"
            case .gate(let phase, let state): "gate of \(phase) \(state.rawValue)"
            case .dark(let zones): "dark: \(zones.joined(separator: " "))"
            case .paused(let cleared): cleared ? "paused, cleared" : "paused"
            case .resumed: "resumed"
            default: nil
            }
        }
    }
}

/// A director on virtual time.
final class Rehearsal {
    let loop: EventLoop
    let stage = FakeStage()
    let witness = Witness()
    let director: Director
    let desk: PlanDesk

    init(_ text: String, speed: Double = 1) throws {
        let file = try scenario(text)
        loop = try EventLoop(clock: .virtual)
        desk = PlanDesk(ServiceSet(file, mark: false), seed: 1)
        director = Director(Production(file, seed: 1, speed: speed), stage: stage, loop: loop, desk: desk)
        director.audience = witness
    }

    deinit { director.close() }

    func play(_ span: TimeSpan) { loop.advance(by: span) }
}
