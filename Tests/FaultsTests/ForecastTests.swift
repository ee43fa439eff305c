@testable import Faults
import Foundation
import Scenario
import Testing
import Units

@Suite("Forecasts and phrases")
struct ForecastTests {
    @Test(
        "a latency implies its percentiles",
        arguments: [
            ("{p50: 900ms, p99: 8s}", 900, 2_998.81, 8_000, nil), ("200ms", 200, 200, 200, 200),
            ("800ms +- 200ms", 800, 960, 996, 1_000), ("{p50: 900ms, p99: 8s, max: 10s}", 900, 2_998.81, 8_000, 10_000),
        ] as [(String, Double, Double, Double, Double?)])
    func percentiles(text: String, p50: Double, p90: Double, p99: Double, max: Double?) throws {
        guard case .added(let implied) = try rule(fault("latency", text)).impliedPercentiles(at: .zero) else {
            return #expect(Bool(false), "nothing added")
        }
        #expect(abs(implied.p50.milliseconds - p50) < 0.1)
        #expect(abs(implied.p90.milliseconds - p90) < 0.1)
        #expect(abs(implied.p99.milliseconds - p99) < 0.1)
        #expect(implied.max?.milliseconds == max)
    }

    @Test("to implies totals, times a factor, other faults nothing")
    func kinds() throws {
        guard
            case .total(let total) = try rule(fault("latency", "{to: {p50: 1s, p99: 2s}}")).impliedPercentiles(
                at: .zero)
        else { return #expect(Bool(false), "no total") }
        #expect(abs(total.p99.seconds - 2) < 1e-6)
        let times = try rule(fault("latency", "{times: 1 -> 5}")).impliedPercentiles(at: .minutes(5))
        #expect(times == .times(3))
        #expect(try rule(fault("error")).impliedPercentiles(at: .zero) == nil)
    }

    @Test("the chance of never biting is that of no draw within the share")
    func neverBites() throws {
        let harm = try rule(fault("error")) { $0.share = .constant(0.01) }.expectedHarm(exchanges: 500)
        #expect(abs(harm.harmed - 5) < 1e-9)
        #expect(abs(harm.neverBites - pow(0.99, 500)) < 1e-9)
        #expect(try rule(fault("error")).expectedHarm(exchanges: 1).neverBites == 0)
        #expect(try rule(fault("error")).expectedHarm(exchanges: 0).neverBites == 1)
        #expect(try rule(fault("error")) { $0.share = .constant(0) }.expectedHarm(exchanges: 1_000_000).neverBites == 1)
    }

    @Test("a ramp, a burst, nth and sticky keys are taken into account")
    func shapes() throws {
        let ramp = try rule(fault("error")) { $0.share = .ramp(from: 0, to: 0.4, curve: .linear, over: nil) }
        #expect(abs(ramp.expectedHarm(exchanges: 100).harmed - 20) < 0.1)
        let nth = try rule(fault("error")) { $0.nth = .first(3) }
        #expect(nth.expectedHarm(exchanges: 100).harmed == 3)
        let sticky = try rule(fault("error")) {
            $0.share = .constant(0.1)
            $0.sticky = .client
        }
        #expect(abs(sticky.expectedHarm(exchanges: 1_000, keys: 10).neverBites - pow(0.9, 10)) < 1e-9)
        let burst = try rule(fault("error", "{burst: {up: 1s, down: 1s}}")).expectedHarm(exchanges: 1_000)
        #expect(burst.harmed > 300 && burst.harmed < 700)
    }

    /// Fault, its text, what else, and the phrase.
    static let phrases: [(String, String, @Sendable (inout FaultEntry) -> Void, String)] = [
        (
            "latency", "{p50: 900ms, p99: 8s}", { $0.share = .constant(0.4) },
            "latency p50 900ms p99 8s on 40% of payments"
        ),
        ("latency", "200ms +- 50ms", { _ in }, "latency 200ms +- 50ms on payments"),
        ("latency", "{to: {p50: 1s, p99: 8s}}", { _ in }, "latency to p50 1s p99 8s on payments"),
        (
            "latency", "{lognormal: {median: 1s, sigma: 0.5}}", { _ in },
            "latency lognormal median 1s sigma 0.5 on payments"
        ),
        (
            "error", "{status: {503: 70%, 429: 30%}, retry_after: 2s}",
            { $0.share = .ramp(from: 0, to: 0.4, curve: .linear, over: nil) },
            "error 503 70% 429 30% retry_after 2s on 0% -> 40% of payments"
        ),
        ("hang", "{at: body, after: 4KiB, for: 30s}", { _ in }, "hang body after 4KiB for 30s on payments"),
        ("bandwidth", "2KB/s", { $0.zone = "az-a" }, "bandwidth 2KB/s on payments in az-a"),
        ("reset", "64KiB", { _ in }, "reset 64KiB on payments"),
        ("refuse", "", { _ in }, "refuse on payments"),
        (
            "truncate", "{at: 50%, then: reset}",
            {
                $0.match = Match()
                $0.match?.methods = ["POST"]
                $0.match?.paths = [Glob("/v1/charge/**")]
            }, "truncate 50% then reset on payments, POST /v1/charge/**"
        ),
    ]

    @Test("a rule says in one line what it does", arguments: phrases.indices)
    func phrase(row: Int) throws {
        let (name, text, configure, expected) = Self.phrases[row]
        #expect(try rule(fault(name, text), configure).phrase == expected)
    }
}
