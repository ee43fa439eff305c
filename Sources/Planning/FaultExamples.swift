// One short entry per fault, as it would stand under `faults:`: what `brownout faults NAME` shows. Tests decode them all.

/// Examples by fault.
package enum FaultExamples {
    /// The entry, a few lines of YAML; nil when there is none.
    package static func entry(_ name: String) -> String? { entries[name] }

    /// A whole scenario around an entry, for checking it.
    package static func scenario(around entry: String) -> String {
        let indented = entry.split(separator: "\n").map { "      " + $0 }.joined(separator: "\n")
        return """
            brownout: 1
            services:
              payments:
                listen: 127.0.0.1:9001
                protocol: http
                endpoints:
                  - { to: "127.0.0.1:8081", zone: az-a }
                  - { to: "127.0.0.1:8082", zone: az-b }
            timeline:
              - phase: example
                for: 1m
                faults:
            \(indented)

            """
    }

    private static let entries = [
        "latency": """
        - service: payments
          share: 0% -> 40%
          latency: { p50: 900ms, p99: 8s }
        """,
        "error": """
        - service: payments
          share: 3%
          error: { status: { 503: 70%, 429: 30% }, retry_after: 2s }
        """,
        "lose_response": """
        - service: payments
          match: { method: POST }
          share: 5%
          lose_response: { then: reset }
        """,
        "hang": """
        - service: payments
          share: 2%
          hang: { at: body, after: 4KiB, for: 30s }
        """,
        "truncate": """
        - service: payments
          share: 10%
          truncate: { at: 50%, then: close }
        """,
        "dribble": """
        - service: payments
          share: 5%
          dribble: { rate: 10B/s }
        """,
        "bandwidth": """
        - service: payments
          direction: downstream
          bandwidth: { rate: 64KiB/s, scope: connection }
        """,
        "reset": """
        - service: payments
          connections: open
          share: 20%
          reset: { after: 5s }
        """,
        "refuse": """
        - service: payments
          refuse:
        """,
        "blackhole": """
        - service: payments
          blackhole:
        """,
        "blackout": """
        - zone: az-a
          blackout: { existing: stall, new: hang }
        """,
        "throttle": """
        - service: payments
          throttle: { limit: 20/s, burst: 5, retry_after: 1s, per: caller }
        """,
        "capacity": """
        - service: payments
          capacity: { servers: 4, service_time: { p50: 40ms, p99: 90ms }, queue: 50 }
        """,
        "malform": """
        - service: payments
          share: 1%
          malform: { what: chunk }
        """,
        "rewrite": """
        - service: payments
          match: { path: "/v1/balance", status: 200 }
          rewrite: { status: 203, body: { patch: '{"balance": null}' } }
        """,
        "duplicate": """
        - service: payments
          match: { method: POST }
          share: 2%
          duplicate: { times: 2 }
        """,
    ]
}
