import Scenario
import Testing
import Units

@Suite("Fault entries")
struct EntryTests {
    @Test("an entry has its defaults")
    func defaults() throws {
        let entry = try entry("{ refuse: }")
        #expect(entry.name == "storm/1")
        #expect(entry.phase == "storm")
        #expect(entry.services == .all)
        #expect(entry.share == .constant(1))
        #expect(entry.connections == .all)
        #expect(entry.direction == .downstream)
        #expect(entry.fault == FaultValue(name: "refuse", attributes: [:]))
        #expect(entry.position == Position(line: 18, column: 9))
        #expect(entry.after == .zero && entry.length == nil && !entry.optional)
    }

    @Test("every selector is understood")
    func selectors() throws {
        let entry = try entry(
            """
            { name: slow charges, service: [payments, sts], zone: az-a, endpoint: "10.0.1.5:8080", connections: reused, \
            nth: { every: 10 }, share: 40%, sticky: "header:X-User-Id", cap: 50, direction: upstream, \
            when: az-b is dark, after: 10s, for: 5s, optional: true, latency: 200ms, \
            match: { method: [POST, PUT], path: "/v1/charge/**", query: { Action: AssumeRole, x: absent }, \
            header: { X-Tier: [gold, silver] }, client: 10.0.0.0/8, body_over: 1MB, status: [503, 5xx] } }
            """.replacing("[payments, sts]", with: "payments"))
        #expect(entry.name == "slow charges")
        #expect(entry.services == .named(["payments"]))
        #expect(entry.zone == "az-a")
        #expect(entry.endpoint == .host("10.0.1.5", port: 8080))
        #expect(entry.connections == .reused)
        #expect(entry.nth == .every(10))
        #expect(entry.share == .constant(0.4))
        #expect(entry.sticky == .header("x-user-id"))
        #expect(entry.cap == 50)
        #expect(entry.direction == .upstream)
        #expect(entry.when?.condition == .isDark(zone: "az-b"))
        #expect(entry.after == .seconds(10) && entry.length == .seconds(5) && entry.optional)
        let match = try #require(entry.match)
        #expect(match.methods == ["POST", "PUT"])
        #expect(match.paths == [Glob("/v1/charge/**")])
        #expect(match.query.map(\.name) == ["Action", "x"])
        #expect(match.query[1].pattern == .absent)
        #expect(match.headers.map(\.name) == ["x-tier", "x-tier"])
        #expect(match.clients == [AddressBlock(network: [10, 0, 0, 0], prefixLength: 8)])
        #expect(match.bodyOver == 1_000_000)
        #expect(match.statuses == [.exactly(503), .hundreds(5)])
    }

    @Test(
        "selectors have several forms",
        arguments: [
            ("sticky: client", FaultEntry.Sticky.client), (#"sticky: "cookie:Id""#, .cookie("Id")),
        ])
    func sticky(_ text: String, _ sticky: FaultEntry.Sticky) throws {
        #expect(try entry("{ share: 5%, \(text), reset: }").sticky == sticky)
    }

    @Test("nth counts the first, the later ones, or each n-th")
    func nth() throws {
        #expect(try entry("{ nth: {first: 2}, reset: }").nth == .first(2))
        #expect(try entry("{ nth: {after: 100}, reset: }").nth == .after(100))
    }

    @Test(
        "mistakes in an entry name the place and the way out",
        arguments: [
            (
                "{ service: paymnts, latency: 1s }", "18:20", #"there is no service "paymnts""#,
                #"did you mean "payments"?"#
            ),
            ("{ zone: az-c, latency: 1s }", "18:17", #"there is no zone "az-c""#, #"did you mean "az-a"?"#),
            (
                #"{ endpoint: "10.0.1.6:8080", reset: }"#, "18:21", "no service has the endpoint 10.0.1.6:8080",
                #"did you mean "10.0.1.5:8080"?"#
            ),
            (
                "{ on: payments, reset: }", "18:11", "a fault entry has no key `on`",
                #"YAML 1.1 reads `on` as a boolean, so no key is called that; did you mean "service" or "when"?"#
            ),
            ("{ latncy: 1s }", "18:11", "a fault entry has no key `latncy`", #"did you mean "latency"?"#),
            ("{ share: 40 , reset: }", "18:18", #"share: "40" has no unit"#, "did you mean 40%?"),
            ("{ share: 140%, reset: }", "18:18", "share cannot exceed 100%, and is 140%", nil),
            ("{ share: 0% -> 140%, reset: }", "18:24", "share cannot exceed 100%, and is 140%", nil),
            (
                "{ share: 5%, refuse: }", "18:11", "refuse acts on a listener as a whole and cannot take `share`",
                "for a part of the traffic use `reset`"
            ),
            (
                "{ cap: 5, blackhole: }", "18:11", "blackhole acts on a listener as a whole and cannot take `cap`",
                "for a part of the traffic use `hang`"
            ),
            (
                "{ nth: {first: 1}, refuse: }", "18:11", "refuse acts on a listener as a whole and cannot take `nth`",
                "for a part of the traffic use `reset`"
            ),
            (
                "{ sticky: client, refuse: }", "18:11", "refuse acts on a listener as a whole and cannot take `sticky`",
                "for a part of the traffic use `reset`"
            ),
            (
                "{ match: {path: /x}, refuse: }", "18:11",
                "refuse acts on a listener as a whole and cannot take `match`", "for a part of the traffic use `reset`"
            ),
            (
                "{ service: payments, match: {status: 503}, error: 500 }", "18:46",
                "error acts before there is a status to match",
                "leave `status` out, or use a fault that changes the response"
            ),
            ("{ blackout: {existing: stall} }", "18:11", "blackout needs `zone`", "zones: az-a, az-b"),
            ("{ zone: az-a, service: ledger, reset: }", "18:17", "ledger has no endpoint in az-a", nil),
            (
                "{ service: ledger, error: 503 }", "18:28", "error acts on http exchanges, and these services are tcp",
                "did you forget protocol: http?"
            ),
            (
                "{ service: ledger, match: {path: /x}, reset: }", "18:28",
                "on tcp services only `match: {client}` can match", "did you forget protocol: http?"
            ),
            (
                "{ reset: , hang: }", "18:20", "an entry has exactly one fault, and this one has `reset` too",
                "write an entry for each"
            ),
            ("{ name: empty }", "18:9", "an entry needs a fault", nil),
            ("{ after: 3m, reset: }", "18:18", "this begins after the phase is over: it lasts 2m", nil),
            ("{ nth: {first: 1, every: 2}, reset: }", "18:16", "nth needs exactly one of first, after and every", nil),
            ("{ nth: {every: 0}, reset: }", "18:24", "nth must be at least 1", nil),
            (
                "{ sticky: user, share: 5%, reset: }", "18:19",
                #"sticky must be client, header:NAME or cookie:NAME, and is "user""#, nil
            ),
            (
                "{ connections: old, reset: }", "18:24", #"connections cannot be "old""#,
                "it is one of: all, new, open, reused"
            ),
            (
                "{ direction: down, bandwidth: 1MB/s }", "18:22", #"direction cannot be "down""#,
                "it is one of: upstream, downstream"
            ),
            (
                "{ optional: yes, reset: }", "18:21", #"optional is true or false, and not "yes""#,
                #"did you mean "true"?"#
            ),
            ("{ cap: many, reset: }", "18:16", #"cap must be a whole number, and is "many""#, nil),
            (
                "{ share: , reset: }", "18:11", "nothing is written behind `share`",
                "give it a value, or leave the key out"
            ),
            (
                "{ when: az-a is drak, reset: }", "18:25", "in this condition: expected `is dark` or `is over`",
                #"did you mean "dark"?"#
            ),
            ("{ when: az-q is dark, reset: }", "18:17", #"there is no zone "az-q""#, #"did you mean "az-a"?"#),
            (
                "{ when: paments.p99 > 1s, reset: }", "18:17", #"there is no service "paments""#,
                #"did you mean "payments"?"#
            ),
            (
                "{ when: payments@az-q.p99 > 1s, reset: }", "18:26", #"there is no zone of payments "az-q""#,
                #"did you mean "az-a"?"#
            ),
            (
                "{ when: injected(strom/1) > 1, reset: }", "18:26", #"there is no fault entry or phase "strom/1""#,
                #"did you mean "storm/1"?"#
            ),
            (
                "{ service: [payments, \"*\"], reset: }", "18:20",
                #""*" stands for all services: leave the others out"#, nil
            ),
            ("{ match: {method: post}, reset: }", "18:27", "methods are case-sensitive", #"did you mean "POST"?"#),
            (
                "{ match: {path: v1/x}, reset: }", "18:25", #"a path begins with / or *, and this is "v1/x""#,
                #"did you mean "/v1/x"?"#
            ),
            (
                "{ match: {path: \"/v1/x?y\"}, reset: }", "18:31", "a path ends before its `?`",
                "match the parameters with `query`"
            ),
            (
                "{ match: {client: 10.0.0.1/8}, reset: }", "18:27", "10.0.0.1/8 has bits behind its prefix of 8",
                "did you mean 10.0.0.0/8?"
            ),
            (
                "{ match: {client: 10.0.0/8}, reset: }", "18:27",
                "client must be an address or a block such as 10.1.0.0/16, and is \"10.0.0/8\"", nil
            ),
            (
                "{ match: {status: 999}, reset: }", "18:27",
                #"a status is 100 to 599, or a class such as 5xx, and this is "999""#, nil
            ),
            ("{ match: {body_over: 10}, reset: }", "18:30", #"body_over: "10" has no unit"#, "did you mean 10B?"),
            ("{ match: {}, reset: }", "18:18", "match is empty: leave it out to match everything", nil),
            ("{ match: {header: {\"a b\": x}}, reset: }", "18:28", #""a b" is not the name of a header field"#, nil),
            ("{ partition: {from: az-a, to: az-x} }", "18:39", #"there is no zone "az-x""#, #"did you mean "az-a"?"#),
        ] as [(String, String, String, String?)])
    func mistakes(_ text: String, _ place: String, _ message: String, _ help: String?) {
        let errors = decode(withEntry(text)).errors
        let error = errors.first { $0.message == message }
        #expect(error != nil, "\(errors.map(\.headline))")
        #expect(error.map { "\($0.position.line):\($0.position.column)" } == place)
        if let help { #expect(error?.help == help) }
    }

    @Test(
        "odd things are said, and the file stands",
        arguments: [
            ("{ share: 0%, reset: }", "18:11: warning: a share of 0% harms nobody"),
            (
                "{ service: payments, direction: upstream, error: 503 }",
                "18:30: warning: `direction` has no effect on error"
            ),
            ("{ sticky: client, reset: }", "18:11: warning: `sticky` chooses callers by `share`, and that is 100%"),
            ("{ after: 1m, for: 90s, reset: }", "18:22: warning: this is cut short: only 1m of the phase are left"),
            ("{ when: az-a is dark, reset: }", "18:17: warning: no entry darkens az-a, so this is never true"),
        ])
    func oddities(_ text: String, _ line: String) {
        #expect(said(withEntry(text)) == [line])
        #expect(decode(withEntry(text)).file != nil)
    }

    @Test("names are unique in a phase, default names included")
    func uniqueNames() {
        let text = withEntry("{ name: storm/2, reset: }\n      - { reset: }\n      - { name: storm/2, reset: }")
        #expect(
            said(text) == [
                #"19:9: error: two entries of this phase are called "storm/2""#,
                #"20:9: error: two entries of this phase are called "storm/2""#,
            ])
    }
}
