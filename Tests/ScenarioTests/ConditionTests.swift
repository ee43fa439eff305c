import Scenario
import Testing
import Units

@Suite("Conditions")
struct ConditionTests {
    @Test(
        "a condition prints as it was written",
        arguments: [
            "payments.success >= 95%", "payments@az-a.p99 <= 300ms over 30s",
            "payments.timeout <= 2s on reused connections",
            "payments.p999 < 8s over 1m on new connections", "az-a is dark", "not az-a is dark", "onset is over",
            "zone dark is over", "injected(slow charges) >= 20", "injected(onset/1) == 0", "loop_lag <= 50ms",
            "a.success > 1% and b.success > 1% or c.success > 1%",
            "(a.success > 1% or b.success > 1%) and az-a is dark",
            "not (a.rate > 5/s and b.rate > 5/s)", "payments.backoff is exponential with jitter >= 20%",
            "payments.backoff is constant", "payments.breaker opens within 5s", "payments.amplification <= 1.2",
            "payments.budget.burn < 14.4", "payments.organic.success >= 99%", "payments.retries.max <= 3",
            "payments.pool.poisoned <= 10s", "payments.overshoot <= 120%", "\"this and that\" is over",
        ])
    func roundTrip(_ text: String) throws {
        let condition = try Condition.parse(text)
        #expect(condition.description == text)
        #expect(try Condition.parse(condition.description) == condition)
    }

    @Test("`and` binds tighter than `or`")
    func precedence() throws {
        let tree = try Condition.parse("a is dark or b is dark and c is dark")
        #expect(tree == .or([.isDark(zone: "a"), .and([.isDark(zone: "b"), .isDark(zone: "c")])]))
    }

    @Test("values come in base units")
    func units() throws {
        func quantity(_ text: String) throws -> Double? { try Condition.parse(text).comparisons.first?.quantity }
        #expect(try quantity("a.p99 <= 300ms") == 0.3)
        #expect(try quantity("a.success >= 95%") == 0.95)
        #expect(try quantity("a.rate > 100/s") == 100)
        #expect(try quantity("a.in_flight < 20") == 20)
        #expect(try quantity("a.pool.poisoned == 0") == 0)
    }

    @Test(
        "mistakes say where they are and what was meant",
        arguments: [
            ("payments.sucess >= 95%", 9, "there is no metric `sucess`", #"did you mean "success"?"#),
            ("payments.success >= 95", 20, #""95" has no unit"#, "did you mean 95%?"),
            ("payments.p99 <= 300", 16, #""300" has no unit"#, "did you mean 300ms?"),
            ("payments.success => 95%", 17, #""=>" is not a comparison"#, #"did you mean ">="?"#),
            ("payments.success = 95%", 17, #""=" is not a comparison"#, #"did you mean "=="?"#),
            ("az-a is drak", 8, "expected `is dark` or `is over`", #"did you mean "dark"?"#),
            (
                "payments.backoff is expnential", 20, #""expnential" is no class of backoff"#,
                #"did you mean "exponential"?"#
            ),
            (
                "payments.p99 <= 1s on old connections", 22, "expected `on new connections` or `on reused connections`",
                nil
            ),
            ("payments.p99 <= 1s on new connections over 10s", 38, "`over` comes before `on`", nil),
            ("(payments.p99 <= 1s", 19, "expected ) and found the end", nil),
            ("payments.p99 <= 1s, az-a is dark", 16, #""s," is not a unit of time (us, ms, s, m, h, d)"#, nil),
            (
                "payments.p99 <= 1s payments.p50 <= 1s", 19, #"unexpected "payments.p50""#,
                "conditions are joined by `and` and `or`"
            ),
            ("p99 <= 1s", 0, #""p99" is not a metric"#, "write SERVICE.NAME, as in payments.p99"),
            ("a@.p99 <= 1s", 0, #""a@.p99" is not a metric"#, "write SERVICE@ZONE.NAME, as in payments@az-a.p99"),
            ("payments.p99 <= 1s over 0s", 24, "a window must be longer than 0s", nil),
            ("injected(slow >= 1", 14, #"expected an entry or a phase and ), found ">=""#, nil),
            (#""open is over"#, 0, "the quote is never closed", nil),
        ] as [(String, Int, String, String?)])
    func mistakes(_ text: String, _ offset: Int, _ message: String, _ help: String?) {
        #expect(throws: ConditionError.self) { try Condition.parse(text) }
        do {
            _ = try Condition.parse(text)
        } catch {
            #expect(error.message == message)
            #expect(error.offset == offset)
            #expect(error.help == help)
        }
    }

    @Test(
        "no text is too odd, too long or too deep to be refused",
        arguments: [
            "", "   ", "and", "not", "is dark", "(", ")", "((((", "a is", "a is dark is dark", "<=", "injected",
            "injected(",
            "injected()", String(repeating: "(", count: 4_000), String(repeating: "not ", count: 1_000) + "a is dark",
            String(repeating: "x", count: 5_000), "payments.", ".p99 <= 1s", "payments.backoff",
            "payments.breaker opens",
            "payments.backoff is exponential with", "a is dark and", "payments.p99 <=", "payments.p99 <= 1s over",
        ])
    func refused(_ text: String) {
        #expect(throws: ConditionError.self) { try Condition.parse(text) }
    }
}

/// Answers from tables; what is not in them is unknown.
private struct Table: ConditionSource {
    var values: [String: Double] = [:]
    var dark: Set<String> = []
    var over: Set<String> = []
    var windows: [TimeSpan?] = []

    func measure(_ metric: Metric, window: TimeSpan?, connections: Comparison.ConnectionAge?) -> Measurement? {
        values["\(metric)\(window.map { " \($0)" } ?? "")\(connections.map { " \($0)" } ?? "")"]
            .map { Measurement(value: $0, samples: 1) }
    }

    func isDark(zone: String) -> Bool { dark.contains(zone) }
    func isOver(phase: String) -> Bool { over.contains(phase) }
}

@Suite("Evaluating conditions")
struct ConditionEvaluationTests {
    private let table = Table(
        values: ["a.p99 10s": 0.2, "a.p99 30s": 0.4, "a.p99": 0.3, "a.p99 10s reused": 9], dark: ["z"], over: ["calm"])

    @Test(
        "three values",
        arguments: [
            ("a.p99 <= 200ms", Truth.yes), ("a.p99 < 200ms", .no), ("a.p99 == 200ms", .yes), ("a.p99 > 200ms", .no),
            ("b.p99 <= 1s", .unknown), ("not b.p99 <= 1s", .unknown), ("b.p99 <= 1s and z is dark", .unknown),
            ("b.p99 <= 1s and y is dark", .no), ("b.p99 <= 1s or z is dark", .yes),
            ("b.p99 <= 1s or y is dark", .unknown),
            ("calm is over", .yes), ("storm is over", .no), ("not storm is over", .yes),
            ("a.backoff is exponential", .unknown), ("a.breaker opens within 5s", .unknown),
        ])
    func threeValues(_ text: String, _ truth: Truth) throws {
        #expect(try Condition.parse(text).evaluate(table) == truth)
    }

    @Test("the window is the condition's own, else the one asked for, else ten seconds")
    func windows() throws {
        #expect(try Condition.parse("a.p99 <= 350ms").evaluate(table) == .yes)
        #expect(try Condition.parse("a.p99 <= 350ms over 30s").evaluate(table) == .no)
        #expect(try Condition.parse("a.p99 <= 250ms").evaluate(table, window: nil) == .no)
        #expect(try Condition.parse("a.p99 <= 1s on reused connections").evaluate(table) == .no)
    }

    @Test("metrics that need more than traffic are named")
    func beyondTraffic() throws {
        let condition = try Condition.parse(
            "a.p99 < 1s and a.timeout < 2s and a.backoff is linear or a.budget.burn < 2")
        #expect(condition.metrics.count == 4)
        #expect(condition.metricsBeyondTraffic.map(\.description) == ["a.timeout", "a.backoff", "a.budget.burn"])
    }

    @Test("a good exchange is one that the objective's rule accepts")
    func good() throws {
        let rule = try GoodExchange(text: "status < 500 and latency <= 300ms or status == 599")
        #expect(rule.accepts(status: 200, latency: .milliseconds(300)))
        #expect(!rule.accepts(status: 200, latency: .milliseconds(301)))
        #expect(!rule.accepts(status: 500, latency: .zero))
        #expect(!rule.accepts(status: nil, latency: .zero))
        #expect(rule.accepts(status: 599, latency: .seconds(9)))
        for text in ["", "status", "status <", "latency < 3", "size < 3", "status < 500 but", "status < 500 and"] {
            #expect(throws: ConditionError.self) { try GoodExchange(text: text) }
        }
    }
}
