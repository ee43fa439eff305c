// The example of the language's contract, piece by piece put together, decodes without a word.

import Scenario
import Testing
import Units

@Suite("The contract's example")
struct ContractExampleTests {
    private let text = """
        brownout: 1
        services:
          payments:                         # [a-z0-9-]; BROWNOUT_PAYMENTS_URL in a command's environment
            listen: 127.0.0.1:9001          # or unix:/run/payments.sock; port 0 = pick one and print it
            protocol: http                  # tcp | http
            endpoints:
              - { to: "10.0.1.5:8080", zone: az-a }
              - { to: "10.0.2.5:8080", zone: az-b, listen: "127.0.0.1:9003" }   # a listener of its own
            prefer: [az-a, az-b]            # zone order; without it round robin
            failover: { after: 0s }         # for how long a dark zone is still chosen
            host: keep                      # keep | endpoint | NAME
            timeouts: { connect: 5s, idle: 5m }
            callers: "header:x-client"      # how callers are told apart; default source address
            identity: ["header:x-order-id"] # how attempts of one logical request are recognised
            slo: { good: "status < 500 and latency <= 300ms", target: 99.9%, period: 30d, remaining: 62%, allowance: 5%, reserve: 20% }
          sts: { listen: "127.0.0.1:9002", protocol: http, to: "sts.internal:80" }
        timeline:
          - phase: onset
            for: 2m
            faults:
              - name: slow charges
                service: payments
                match: { method: [POST], path: "/v1/charge/**", header: { x-tier: gold } }
                share: 0% -> 40%
                latency: { p50: 900ms, p99: 8s }
          - phase: brownout
            for: 11m
            faults:
              - { service: payments, share: 40%, sticky: "header:x-user-id", latency: { to: { p50: 900ms, p99: 8s } } }
              - { service: payments, share: 3%, error: { status: { 503: 70%, 429: 30% }, retry_after: 2s } }
          - phase: zone dark
            for: 3m
            faults:
              - { zone: az-a, blackout: { existing: stall, new: blackhole } }
              - { service: sts, when: az-a is dark, match: { query: { Action: AssumeRole } }, error: { status: 403, body: '{"code":"AccessDenied"}' } }
          - phase: recovery
            for: 15m
        expect:
          - payments.timeout <= 2s on reused connections
          - { name: fallback holds, in: brownout, that: "payments.success >= 95%" }
        """

    @Test("it decodes without a word")
    func decodes() throws {
        let decoded = decode(text)
        #expect(decoded.diagnostics.map(\.description) == [])
        let file = try #require(decoded.file)
        #expect(file.timeline.map(\.name) == ["onset", "brownout", "zone dark", "recovery"])
        #expect(file.timeline[1].faults.map(\.name) == ["brownout/1", "brownout/2"])
        #expect(file.timeline[2].faults[1].fault["body"] == .text(#"{"code":"AccessDenied"}"#))
        #expect(Timeline(file.timeline).length == .minutes(31))
    }
}
