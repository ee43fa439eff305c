import Scenario
import Testing
import Units

@Suite("Phases")
struct PhaseTests {
    @Test("every key of a phase is read")
    func everyKey() throws {
        let file = try file(
            world + """
                  - { phase: calm, for: 2m, repeat: 3, until: payments.p99 > 1s, gate: { manual, within: 30m } }
                  - phase: both
                    gate: { manual: true, within: 5m }
                    together:
                      - [{ phase: slow, for: 1m }, { phase: slower, for: 2m, repeat: 2 }]
                      - { phase: errors, for: 4m }

                """)
        let calm = file.timeline[0]
        #expect(calm.length == .minutes(2) && calm.repeats == 3 && calm.gate == Phase.Gate(within: .minutes(30)))
        #expect(calm.until?.condition.metrics.count == 1)
        let both = file.timeline[1]
        #expect(both.together.map { $0.map(\.name) } == [["slow", "slower"], ["errors"]])
        #expect(both.length == .minutes(5))
    }

    @Test(
        "mistakes in phases",
        arguments: [
            ("- { phase: a }", "15:5: error: a phase needs `for`, its length"),
            ("- { for: 1m }", "15:5: error: a phase needs `phase`"),
            ("- { phase: a, for: 0s }", "15:22: error: for must be at least 1ms"),
            ("- { phase: a, for: 90 }", #"15:22: error: for: "90" has no unit"#),
            ("- { phase: a, for: 1m, repeat: 0 }", "15:34: error: repeat must be at least 1"),
            ("- { phase: a, for: 1m, gate: {} }", "15:32: error: a gate needs `within`"),
            ("- { phase: a, for: 1m, gate: {manual: false, within: 1m} }", "15:41: error: a gate is always manual"),
            ("- { phase: a, for: 1m, together: [] }", "15:36: error: together is an empty list"),
            (
                "- { phase: a, for: 1m, together: [{phase: b, for: 1s}] }",
                "15:17: error: a phase with `together` lasts as long as its longest lane"
            ),
            ("- { phase: a, for: 1m }\n  - { phase: a, for: 1m }", #"16:14: error: two phases are called "a""#),
            ("- { phase: a, for: 1m, until: b is over }", #"15:33: error: there is no phase "b""#),
            ("- { phase: a, for: 1m, faults: { reset: } }", "15:34: error: faults must be a list, and is a mapping"),
            (
                "- { phase: a, for: 1m, repeat: 9000, together: [{phase: b, for: 1s, repeat: 9000}] }",
                "15:17: error: a phase with `together` lasts as long as its longest lane"
            ),
            (
                "- { phase: a, repeat: 9000, together: [{phase: b, for: 1s, repeat: 9000}] }",
                "1:1: error: the timeline is too long: 81009000 passes of phases with 0 entries"
            ),
        ])
    func mistakes(_ text: String, _ line: String) {
        let found = said(world + "  " + text + "\n")
        #expect(found.contains(line), "\(found)")
    }

    @Test("lanes of lanes end somewhere")
    func deepLanes() {
        var phase = "{ phase: p0, for: 1s }"
        for level in 1...6 { phase = "{ phase: p\(level), together: [\(phase)] }" }
        let found = said(world + "  - \(phase)\n")
        #expect(found.contains { $0.hasSuffix("lanes within lanes: at most 4 deep") }, "\(found)")
    }
}

@Suite("Checks across the file")
struct AcrossTests {
    private func with(_ limits: String, _ timeline: String) -> String {
        world.replacing("brownout: 1\n", with: "brownout: 1\nlimits: \(limits)\n") + timeline
    }

    @Test("what is live together may not harm more than limits.share")
    func harm() {
        let together = """
              - phase: a
                for: 2m
                faults:
                  - { name: x, service: payments, share: 30%, error: 503 }
                  - { name: y, share: 30%, error: 503, service: [payments, sts] }

            """
        #expect(said(with("{ share: 51% }", together)) == [])
        #expect(
            said(with("{ share: 50% }", together))
                == ["2:18: error: at 0s 51% of the traffic to payments would be harmed"])
        #expect(
            decode(with("{ share: 50% }", together)).diagnostics.first?.help
                == #"live together: "x", "y"; the limit is 50%"#)
    }

    @Test("entries that do not overlap, or meet in other services, do not add up")
    func harmApart() {
        let apart = """
              - phase: a
                for: 2m
                faults:
                  - { name: x, service: payments, share: 40%, for: 1m, error: 503 }
                  - { name: y, service: payments, share: 40%, after: 1m, error: 503 }
                  - { name: z, service: sts, share: 40%, error: 503 }
              - phase: b
                for: 2m
                faults:
                  - { name: x, service: payments, share: 40%, error: 503 }

            """
        #expect(said(with("{ share: 40% }", apart)) == [])
    }

    @Test("ramps that cross add up as they run, lanes as they overlap")
    func harmRamps() {
        let crossing = """
              - phase: a
                for: 2m
                faults:
                  - { name: x, service: payments, share: 0% -> 40%, error: 503 }
                  - { name: y, service: payments, share: 40% -> 0%, error: 503 }

            """
        #expect(said(with("{ share: 40% }", crossing)) == [])
        let lanes = """
              - phase: both
                together:
                  - [{ phase: w, for: 1m }, { phase: a, for: 1m, faults: [{ service: payments, share: 40%, error: 503 }] }]
                  - { phase: b, for: 90s, faults: [{ service: payments, share: 40%, error: 503 }] }

            """
        #expect(
            said(with("{ share: 50% }", lanes)) == ["2:18: error: at 1m 64% of the traffic to payments would be harmed"]
        )
    }

    @Test("what goes up and down counts at its highest, and whatever it matches")
    func harmPeaks() {
        let peaks = """
              - phase: a
                for: 2m
                faults:
                  - { name: w, service: payments, share: { wave: sine, low: 0%, high: 20%, period: 10s }, error: 503 }
                  - { name: f, service: payments, share: { flap: 20%, up: 1s, down: 1s }, match: { path: /x }, error: 503 }
                  - { name: s, service: payments, share: { steps: [10%, 20%, 5%] }, error: 503 }

            """
        #expect(said(with("{ share: 48.8% }", peaks)) == [])
        #expect(
            said(with("{ share: 48% }", peaks)) == [
                "2:18: error: at 0s 48.8% of the traffic to payments would be harmed"
            ])
    }

    @Test("nor against a zone that goes dark, or a port that is closed")
    func protectionFromMore() {
        let phase = "  - { phase: a, for: 1m, faults: [{ zone: az-a, blackout: }, { service: payments, refuse: }] }\n"
        let found = said(with("{ protect: [{ method: GET }] }", phase))
        #expect(
            found == [
                "16:35: error: blackout acts on connections, from which `limits.protect` cannot shield GET requests",
                "16:62: error: refuse acts on connections, from which `limits.protect` cannot shield GET requests",
            ])
    }

    @Test("protection by path does not hold against faults of connections")
    func protection() {
        let phase =
            "  - { phase: a, for: 1m, faults: [{ service: payments, reset: }, { service: payments, error: 503 }, { service: payments, hang: }] }\n"
        #expect(
            said(with("{ protect: [{ path: /health }] }", phase))
                == [
                    "16:35: error: reset acts on connections, from which `limits.protect` cannot shield the path /health"
                ])
        #expect(said(with("{ protect: [{ client: 10.0.0.1 }] }", phase)) == [])
    }

    @Test("an entry may not wait for itself")
    func cycles() {
        let text =
            world + """
                  - phase: a
                    for: 1m
                    faults:
                      - { name: x, zone: az-a, when: az-b is dark, blackout: }
                      - { name: y, zone: az-b, when: injected(x) >= 1, blackout: }

                """
        #expect(
            said(text) == [#"18:38: error: "x" waits for itself: its `when` depends on what it does"#])
        let chain = text.replacing("injected(x) >= 1", with: "payments.p99 > 1s")
        #expect(said(chain) == [])
        let alone =
            world
            + "  - { phase: a, for: 1m, faults: [{ name: x, service: payments, when: injected(x) < 5, error: 503 }] }\n"
        #expect(said(alone).count == 1)
    }
}
