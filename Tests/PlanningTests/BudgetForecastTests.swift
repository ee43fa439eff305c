import Faults
import Scenario
import Testing
import Units

@testable import Planning

@Suite("The forecast of an error budget")
struct BudgetForecastTests {
    private static let month = "good: \"status < 500 and latency <= 300ms\", target: 99.9%, period: 30d"

    private func services(_ slo: String) -> String {
        """
        services:
          payments:
            listen: 127.0.0.1:9001
            protocol: http
            endpoints: ["127.0.0.1:8081"]
            slo: { \(slo) }

        """
    }

    private func forecast(
        _ faults: String, for length: String = "11m", slo: String = month, speed: Double = 1,
        _ tell: (inout BudgetKnowledge) -> Void = { _ in }
    ) throws -> BudgetForecast {
        let timeline = "timeline:\n  - { phase: storm, for: \(length), faults: [\(faults)] }\n"
        var knowledge = BudgetKnowledge()
        tell(&knowledge)
        let file = try scenario(timeline, services: services(slo))
        let assuming = Assumptions(requestsPerSecond: 50, speed: speed)
        return try #require(try file.budgetForecasts(assuming: assuming, knowing: knowledge).first)
    }

    private func isClose(_ range: ClosedRange<Double>, _ least: Double, _ most: Double? = nil) -> Bool {
        abs(range.lowerBound - least) < 1e-6 && abs(range.upperBound - (most ?? least)) < 1e-6
    }

    @Test("the founding incident as a full outage: 58 minutes of 43.2, most of it by the recovery")
    func foundingIncident() throws {
        let outage = "{ name: down, service: payments, error: 503 }"
        let found = try forecast(outage) { $0.recoveryMultiplier = 47.0 / 11 }
        #expect(isClose(found.spent, 58 / 43.2))
        #expect(abs(found.bad.lowerBound - 58 * 60 * 50) < 1e-3)
        #expect(found.requests == 11 * 60 * 50)
        #expect(found.decision == .noGo)
    }

    @Test("statuses count by their weight, and only those that the objective calls bad")
    func statuses() throws {
        let mixed = "{ name: e, service: payments, share: 10%, error: { status: { 503: 70%, 429: 30% } } }"
        #expect(isClose(try forecast(mixed).spent, 2 * 11 * 0.1 * 0.7 / 43.2))
    }

    @Test("a latency counts by its tail beyond the limit, less what the dependency takes by itself")
    func latencies() throws {
        let even = "{ name: l, service: payments, share: 50%, latency: { uniform: { min: 0ms, max: 1s } } }"
        let known = try forecast(even) { $0.baseline = .milliseconds(100) }
        #expect(isClose(known.spent, 2 * 11 * 0.5 * 0.8 / 43.2))
        let unknown = try forecast(even)
        #expect(isClose(unknown.spent, 2 * 11 * 0.5 * 0.7 / 43.2, 2 * 11 * 0.5 / 43.2))
        let target =
            "{ name: l, service: payments, latency: { to: { p50: 300ms, p99: 2s }, baseline: { p50: 1ms, p99: 9ms } } }"
        #expect(isClose(try forecast(target).spent, 2 * 11 * 0.5 / 43.2))
    }

    @Test("entries in force together harm as independent ones, each for its own time")
    func together() throws {
        let both = """
            { name: e, service: payments, share: 50%, error: 503 },
            { name: h, service: payments, share: 20%, after: 1m, for: 10m, hang: head }
            """
        #expect(isClose(try forecast(both).spent, 2 * (0.5 * 1 + (1 - 0.5 * 0.8) * 10) / 43.2))
    }

    @Test("a share that moves counts as it moves")
    func moving() throws {
        let ramp = "{ name: e, service: payments, share: 0% -> 40%, error: 503 }"
        #expect(isClose(try forecast(ramp).spent, 2 * 11 * 0.2 / 43.2))
    }

    @Test("what nobody knows before the run is a range from nothing")
    func ranges() throws {
        let matched = "{ name: e, service: payments, share: 10%, match: { path: /a }, error: 503 }"
        #expect(isClose(try forecast(matched).spent, 0, 2 * 11 * 0.1 / 43.2))
        let cut = "{ name: r, service: payments, share: 10%, reset: }"
        #expect(isClose(try forecast(cut).spent, 0, 2 * 11 / 43.2))
        #expect(isClose(try forecast("{ name: d, service: payments, duplicate: }").spent, 0))
    }

    @Test("at a speed less real time is spent than the script says, and both are told")
    func speed() throws {
        let found = try forecast("{ name: down, service: payments, error: 503 }", speed: 60)
        #expect(isClose(found.spent, 2 * 11 / 43.2 / 60))
        #expect(isClose(found.scaled, 2 * 11 / 43.2))
    }

    @Test(
        "GO, HOLD and NO-GO: by allowance and by what must be left, with half as much again",
        arguments: [
            ("allowance: 10%", BudgetDecision.go), ("allowance: 7%", .hold), ("allowance: 5%", .noGo),
            ("remaining: 30%, reserve: 20%", .go), ("remaining: 28%, reserve: 20%", .hold),
            ("remaining: 25%, reserve: 20%", .noGo), ("remaining: 100%", .go),
        ])
    func decisions(bounds: String, decision: BudgetDecision) throws {
        // 0.06 of the budget.
        let fault = "{ name: e, service: payments, share: 10%, error: 503 }"
        let found = try forecast(fault, for: "777.6s", slo: "\(Self.month), \(bounds)")
        #expect(isClose(found.spent, 0.06))
        #expect(found.decision == decision)
    }

    @Test("where what is not known decides, it is HOLD; whoever knows better than the file is believed")
    func uncertain() throws {
        let slow = "{ name: l, service: payments, share: 50%, latency: 100ms }"
        let slo = "\(Self.month), allowance: 5%"
        #expect(try forecast(slow, slo: slo).decision == .hold)
        #expect(try forecast(slow, slo: slo).isUncertain)
        #expect(try forecast(slow, slo: slo) { $0.baseline = .milliseconds(20) }.decision == .go)
        #expect(try forecast(slow, slo: slo) { $0.baseline = .milliseconds(250) }.decision == .noGo)
        let small = "{ name: e, service: payments, share: 1%, error: 503 }"
        #expect(try forecast(small) { $0.remaining["payments"] = 0 }.decision == .noGo)
    }

    @Test("a plan says what is taken, what is left, and what that comes to")
    func text() throws {
        let slo = "\(Self.month), remaining: 62%, allowance: 5%, reserve: 20%"
        let timeline =
            "timeline:\n  - { phase: storm, for: 11m, faults: [{ name: e, service: payments, share: 10%, error: 503 }] }\n"
        let text = PlanText(try scenario(timeline, services: services(slo)), assuming: Assumptions()).text
        let expected = """
            Error budget, if the caller recovers in as long as the fault lasts
              payments, 99.9% good in 30d: status < 500 and latency <= 300ms
                takes      5.09% of the budget: 6,600 bad requests of 33,000 and the
                           recovery's
                left       62%; a run may take 5%; 20% must be left
                so         NO-GO: out of bounds

            """
        #expect(text.hasSuffix(expected), "\(text.suffix(600))")
    }
}
