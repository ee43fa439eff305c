import Scenario
import Testing
import Units

@Suite("Faults against their declarations")
struct FaultDecodingTests {
    private func fault(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> FaultValue {
        try entry("{ service: payments, \(text) }", sourceLocation: sourceLocation).fault
    }

    @Test("a bare value stands for the shorthand")
    func shorthand() throws {
        #expect(try fault("latency: 200ms")["fixed"] == .magnitude(.constant(0.2)))
        #expect(
            try fault("latency: 200ms +- 50ms")["fixed"] == .jitter(center: .constant(0.2), spread: .constant(0.05)))
        #expect(try fault("error: 503")["status"] == .statuses([WeightedStatus(status: 503, weight: 1)]))
        #expect(try fault("bandwidth: 2KB/s")["rate"] == .magnitude(.constant(2_000)))
        #expect(try fault("truncate: 50%")["at"] == .amount(.fraction(.constant(0.5))))
        #expect(try fault("truncate: 4KiB")["at"] == .amount(.bytes(.constant(4_096))))
        #expect(try fault("reset: 64KiB")["after"] == .extent(.bytes(.constant(65_536))))
        #expect(try fault("reset: 5s")["after"] == .extent(.time(.constant(5))))
        #expect(try fault("throttle: 100/s")["limit"] == .magnitude(.constant(100)))
        #expect(try fault("hang: body")["at"] == .word("body"))
        #expect(try fault("labelled: [a, b]")["labels"] == .list([.text("a"), .text("b")]))
    }

    @Test("a number that moves may stand for the shorthand, next to an attribute of the name `to`")
    func movingShorthand() throws {
        #expect(
            try fault("latency: {from: 10ms, to: 800ms, curve: exponential, over: 30s}")["fixed"]
                == .magnitude(.ramp(from: 0.01, to: 0.8, curve: .exponential, over: .seconds(30))))
        #expect(
            try fault("latency: {to: {p50: 900ms, p99: 8s}}")["to"]
                == .quantiles([
                    Quantile(probability: 0.5, value: .constant(0.9)), Quantile(probability: 0.99, value: .constant(8)),
                ]))
        #expect(
            try fault("error: {503: 70%, 429: 30%}")["status"]
                == fault("error: {status: {503: 70%, 429: 30%}}")["status"])
    }

    @Test("every shape is read")
    func shapes() throws {
        let error = try fault(
            #"error: { body: "x", headers: { content-type: application/json, x-n: 1 }, retry_after: 2s, grpc: 14, burst: {up: 2s, down: 3s}, executed: true }"#
        )
        #expect(error["body"] == .text("x"))
        #expect(
            error["headers"]
                == .headers([
                    HeaderField(name: "content-type", value: "application/json"), HeaderField(name: "x-n", value: "1"),
                ]))
        #expect(error["retry_after"] == .magnitude(.constant(2)))
        #expect(error["grpc"] == .integer(14))
        #expect(error["burst"] == .group(["up": .magnitude(.constant(2)), "down": .magnitude(.constant(3))]))
        #expect(error["executed"] == .boolean(true))
        #expect(try fault("error: { grpc: UNAVAILABLE }")["grpc"] == .word("UNAVAILABLE"))
        #expect(try fault("hang: { for: phase }")["for"] == .word("phase"))
        #expect(try fault("hang: { for: 2s }")["for"] == .magnitude(.constant(2)))
        #expect(try fault("throttle: { limit: 5/s, burst: 3 }")["burst"] == .integer(3))
        #expect(
            try fault("throttle: { limit: 5/s, burst: 3 -> 9 }")["burst"]
                == .magnitude(.ramp(from: 3, to: 9, curve: .linear, over: nil)))
        #expect(try fault("latency: { times: 1.5 }")["times"] == .magnitude(.constant(1.5)))
    }

    @Test(
        "mistakes in a fault name the attribute",
        arguments: [
            ("latency: { p5: 1s }", "18:41", "latency has no key `p5`", #"did you mean "p50"?"#),
            ("latency: 200", "18:39", #"latency: "200" has no unit"#, "did you mean 200ms?"),
            ("latency: { hold: befor }", "18:47", #"latency.hold cannot be "befor""#, #"did you mean "before"?"#),
            (
                "latency: { to: { p50: 8s, p99: 900ms } }", "18:61", "latency.to: p99 must be above p50",
                "percentiles increase"
            ),
            (
                "latency: { to: { p50: 1s -> 5s, p99: 2s -> 4s } }", "18:67",
                "latency.to: p99 must be above p50 at both ends", nil
            ),
            ("latency: { to: { p0: 1s } }", "18:47", #"latency.to: "p0" is not a percentile"#, nil),
            (
                "latency: { to: 8s }", "18:45",
                #"latency.to must be percentiles such as {p50: 900ms, p99: 8s}, and is "8s""#, nil
            ),
            ("latency: { to: }", "18:41", "nothing is written behind `to`", "target"),
            ("latency: { correlation: 100% }", "18:54", "latency.correlation cannot exceed 99%, and is 100%", nil),
            (
                "latency: { correlation: 1% -> 2% }", "18:54", "latency.correlation cannot move",
                "write one value, a percentage such as 30%"
            ),
            ("latency: 200ms +- 300ms", "18:48", "latency: the jitter is larger than what it varies", nil),
            ("latency: 200ms ± 30ms", "18:45", "latency: jitter is written 800ms +- 200ms", nil),
            (
                "latency: 1s -> 2s -> 3s", "18:39", "latency: a ramp has two ends, as in 0% -> 40%",
                "use {steps: […]} for more"
            ),
            ("latency: [1s]", "18:39", "latency must be a duration such as 200ms, and is a list", nil),
            (
                "latency: { table: ../../etc/passwd }", "18:48",
                #"latency.table: "../../etc/passwd" is not beside the scenario"#, nil
            ),
            (
                "latency: { table: /etc/passwd }", "18:48", #"latency.table: "/etc/passwd" is not beside the scenario"#,
                nil
            ),
            ("latency: { table: x.txt }", "18:48", "latency.table: files cannot be read here", nil),
            (
                "error: { status: { 503: 70%, 429: 20% } }", "18:47",
                "error.status: the percentages sum to 90%, not to 100%", nil
            ),
            ("error: { status: { okay: 100% } }", "18:49", #"error.status: "okay" is not a status"#, nil),
            ("error: 700", "18:37", "error must be at most 599", nil),
            ("error: five", "18:37", #"error must be a whole number, and is "five""#, nil),
            ("error: { headers: { \"a b\": c } }", "18:50", #""a b" is not the name of a header field"#, nil),
            (
                "error: { headers: gzip }", "18:48",
                #"error.headers must be a mapping from names to values, and is "gzip""#, nil
            ),
            (
                "error: { grpc: UNAVAILBLE }", "18:45", #"error.grpc cannot be "UNAVAILBLE""#,
                #"did you mean "UNAVAILABLE"?"#
            ),
            ("error: { grpc: 17 }", "18:45", "error.grpc must be at most 16", nil),
            ("error: { burst: { upp: 1s } }", "18:48", "error.burst has no key `upp`", #"did you mean "up"?"#),
            ("error: { executed: 1 }", "18:49", #"error.executed is true or false, and not "1""#, nil),
            ("error: { body: forbidden }", "18:45", "error: not this body", nil),
            ("error: { body: [x] }", "18:45", "error.body must be text, and is a list", nil),
            ("bandwidth: { scope: service }", "18:41", "bandwidth needs `rate`", "rate: rate"),
            ("bandwidth:", "18:41", "bandwidth needs `rate`", "rate: rate"),
            (
                "bandwidth: 10MB", "18:41", #"bandwidth: "10MB" is a number of bytes, not a rate"#,
                "did you mean 10MB/s?"
            ),
            (
                "bandwidth: {flap: 1MB/s, up: 1s, down: 1s}", "18:48",
                "bandwidth cannot flap: it would fall to zero, and must be at least 1B/s", "let share flap instead"
            ),
            ("capacity: { servers: 0, service_time: 5ms }", "18:51", "capacity.servers must be at least 1", nil),
            (
                "capacity: 5", "18:40", #"capacity takes attributes, and not "5""#,
                "its attributes: servers, service_time, queue, abandoned"
            ),
            (
                "refuse: now", "18:38", #"refuse takes attributes, and not "now""#,
                "write `refuse:` with nothing behind it"
            ),
            ("dribble: { rate: 0.5B/s }", "18:47", "dribble.rate must be at least 1B/s, and is 0.5B/s", nil),
        ] as [(String, String, String, String?)])
    func mistakes(_ text: String, _ place: String, _ message: String, _ help: String?) {
        let errors = decode(withEntry("{ service: payments, \(text) }")).errors
        let error = errors.first { $0.message == message }
        #expect(error != nil, "\(errors.map(\.headline))")
        #expect(error.map { "\($0.position.line):\($0.position.column)" } == place)
        if let help { #expect(error?.help == help) }
    }

    @Test("a table is read from beside the scenario, one duration a line")
    func table() throws {
        let text = withEntry("{ service: payments, latency: { table: samples/slow.txt } }")
        let good = FakeFiles(files: ["samples/slow.txt": "# measured\n12ms\n\n1.5s # outlier\n"])
        let fault = decode(text, reader: good).file?.timeline[0].faults[0].fault
        #expect(fault?["table"] == .table([0.012, 1.5]))
        let bad = FakeFiles(files: ["samples/slow.txt": "12ms\n13\n"])
        #expect(decode(text, reader: bad).errors.map(\.message) == [#"samples/slow.txt:2: "13" has no unit"#])
        let empty = FakeFiles(files: ["samples/slow.txt": "# nothing\n"])
        #expect(
            decode(text, reader: empty).errors.map(\.message) == [
                "samples/slow.txt has 0 samples; it needs 1 to 1000000"
            ])
        let none = decode(text, reader: FakeFiles(files: [:])).errors
        #expect(none.map(\.message) == ["latency.table: there is no file samples/slow.txt beside the scenario"])
    }

    @Test("one fault decodes by itself, for the API")
    func alone() {
        let catalogue = Catalogue.forTests
        let (fault, none) = ScenarioDecoder.decodeFault(
            name: "latency", text: "200ms", fileName: "request", catalogue: catalogue)
        #expect(fault?["fixed"] == .magnitude(.constant(0.2)) && none.isEmpty)
        let bare = ScenarioDecoder.decodeFault(name: "refuse", text: "", fileName: "request", catalogue: catalogue)
        #expect(bare.fault == FaultValue(name: "refuse", attributes: [:]))
        let wrong = ScenarioDecoder.decodeFault(name: "latecny", text: "1s", fileName: "request", catalogue: catalogue)
        #expect(wrong.fault == nil && wrong.diagnostics.first?.help == #"did you mean "latency"?"#)
    }
}
