// What `brownout init` writes: a scenario that passes `check` as it stands, and that says beside each part what it is.

/// The first file of somebody who starts.
package enum StarterScenario {
    /// The file.
    package static let text = """
        # A scenario for brownout. Check it with `brownout check FILE`, look at it with `brownout plan FILE`, play it with
        # `brownout run FILE`. Lengths are script time: `--speed 10x` plays them ten times as fast.
        brownout: 1
        name: Slow, then silent
        about: What this re-enacts, and which of its numbers are measured.
        seed: 7                       # same seed, same fate of the n-th request; left out, it is drawn and printed

        limits:
          share: 60%                  # never harm more than this; what exceeds it is withheld and counted
          protect:
            - { path: "/health" }     # never harmed, whatever a fault says

        services:
          api:                        # a name of your own: your service calls `listen` instead of the dependency
            listen: 127.0.0.1:9001
            protocol: http            # tcp for everything that is not HTTP
            endpoints:                # where the dependency really is
              - { to: "127.0.0.1:8080", zone: az-a }
              - { to: "127.0.0.1:8081", zone: az-b }

        steady:                       # has to hold before anything is harmed, and again at the end
          within: 60s
          that:
            - api.success >= 99%

        timeline:
          - phase: calm
            for: 1m
          - phase: slow
            for: 3m
            faults:
              - name: slow-answers
                service: api
                share: 0% -> 40%      # grows over the phase; also 40%, waves, flaps and steps
                latency: { p50: 300ms, p99: 2s }
              - name: refusals
                service: api
                share: 2%
                error: { status: { 503: 70%, 429: 30% }, retry_after: 1s }
          - phase: lost answers
            for: 1m
            faults:
              - name: lost-answers
                service: api
                match: { method: POST }
                share: 5%
                lose_response: { then: reset }    # the work is done, the caller never hears of it
          - phase: recovery
            for: 2m

        abort_if:                     # clears every fault at once
          - api.organic.success < 50% over 30s

        expect:                       # the verdict: PASS, FAIL, or INCONCLUSIVE where nothing was measured
          - { name: callers are served while it is slow, in: slow, that: "api.success >= 95%" }
          - { name: healthy again, in: recovery, that: "api.success >= 99% and api.p99 <= 1s" }

        """
}
