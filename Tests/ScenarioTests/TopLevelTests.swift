import Scenario
import Testing
import Units

@Suite("The top level")
struct TopLevelTests {
    @Test("every key is read")
    func everyKey() throws {
        let file = try file(
            world.replacing(
                "brownout: 1\n",
                with: """
                    brownout: 1
                    name: a game day
                    about: what happens
                    source: a report
                    tags: [zone, latency]
                    seed: 18446744073709551615
                    limits:
                      share: 50%
                      concurrent: 20
                      ttl: 2h
                      protect: [{ path: /health }, { client: 10.0.0.1 }]
                    steady: { within: 60s, that: [payments.success >= 99%] }
                    abort_if: [payments.organic.success < 50% over 1m]
                    expect:
                      - payments.timeout <= 2s on reused connections
                      - { name: fallback holds, in: calm, that: "payments.success >= 95%" }

                    """) + "  - phase: calm\n    for: 2m\n")
        #expect(file.name == "a game day" && file.about == "what happens" && file.source == "a report")
        #expect(file.tags == ["zone", "latency"] && file.seed == .max)
        #expect(file.limits.share == 0.5 && file.limits.concurrent == 20 && file.limits.ttl == .seconds(7_200))
        #expect(file.limits.protect.count == 2 && file.limits.protect[0].paths == [Glob("/health")])
        #expect(file.steady?.within == .seconds(60) && file.steady?.that.count == 1)
        #expect(file.abortIf.map(\.text) == ["payments.organic.success < 50% over 1m"])
        #expect(file.expect.map(\.name) == ["payments.timeout <= 2s on reused connections", "fallback holds"])
        #expect(file.expect.map(\.phase) == [nil, "calm"])
        #expect(file.expect[0].that.position == Position(line: 15, column: 5))
        #expect(file.expect[1].that.position == Position(line: 16, column: 46))
    }

    @Test(
        "mistakes of the top level",
        arguments: [
            ("seed: -1", #"17:7: error: seed must be a whole number below 2^64, and is "-1""#),
            (
                "seed: 18446744073709551616",
                #"17:7: error: seed must be a whole number below 2^64, and is "18446744073709551616""#
            ),
            ("limits: { share: 120% }", "17:18: error: share cannot exceed 100%"),
            ("limits: { shares: 20% }", "17:11: error: limits has no key `shares`"),
            ("limits: { concurrent: 0 }", "17:23: error: concurrent must be at least 1"),
            (
                "limits: { protect: [{ status: 500 }] }",
                "17:31: error: protect cannot look at `status`: it comes before the response"
            ),
            ("steady: { that: payments.p99 < 1s }", "17:9: error: steady needs `within`"),
            ("steady: { within: 60s, that: paymnts.p99 < 1s }", #"17:30: error: there is no service "paymnts""#),
            ("expect: [{ in: strom, that: payments.p99 < 1s }]", #"17:16: error: there is no phase "strom""#),
            ("expect: [{ name: x }]", "17:10: error: an expectation needs `that`"),
            ("abort_if: [payments.p99]", #"17:12: error: in this condition: "payments.p99" is not a condition"#),
            ("timelin: []", "17:1: error: a scenario has no key `timelin`"),
            ("name: [a]", "17:7: error: name must be text, and is a list"),
        ])
    func mistakes(_ line: String, _ expected: String) {
        let found = said(withLine(line))
        #expect(found.contains(expected), "\(found)")
    }

    @Test("the version must be there, and must be one")
    func version() {
        #expect(said("name: x\n") == ["1:1: error: a scenario needs `brownout`"])
        #expect(said("brownout: 1.0\n") == [#"1:11: error: this is written for version "1.0" of the format"#])
    }

    @Test("positions of conditions hold in quotes and in flow lists")
    func positions() {
        let found = said(withLine("abort_if: ['payments.sucess < 1%', \"payments.p98 < 1s\"]"))
        #expect(
            found == [
                "17:22: error: in this condition: there is no metric `sucess`",
                "17:46: error: in this condition: there is no metric `p98`",
            ])
    }
}
