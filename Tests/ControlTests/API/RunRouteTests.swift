import Foundation
import TestSupport
import Testing

/// Runs over the API: loaded, started, steered, reported.
@Suite("The API's runs")
struct RunRouteTests {
    static let script = """
        brownout: 1
        name: rehearsal
        seed: 3
        timeline:
          - { phase: calm, for: 1m }
          - { phase: storm, for: 1m, faults: [{ name: errors, service: payments, error: 503 }] }
          - { phase: hold, for: 10ms, gate: { manual: true, within: 1m } }
          - { phase: after, for: 100ms }
        """

    @Test("a scenario is loaded, started, skipped through, held at its gate, and reported at its end")
    func course() throws {
        try APIBench.run { bench in
            let loaded = try bench.json("POST", "/v1/runs?name=game.yaml", Self.script, status: 201)
            #expect(loaded["id"] as? String == "1")
            #expect(loaded["state"] as? String == "loaded")
            #expect(try bench.json("POST", "/v1/runs/1/start")["state"] as? String == "playing")
            let caller = try bench.caller()
            #expect(try caller.get().status == 200)
            #expect(try bench.json("POST", "/v1/run/skip?to=storm")["faults"] as? [String] == ["errors"])
            #expect(try eventually { try caller.get().status == 503 })
            _ = try bench.json("POST", "/v1/run/skip")
            #expect(try eventually { try bench.json("GET", "/v1/run")["words"] as? String == "hold waits at its gate" })
            _ = try bench.json("POST", "/v1/run/continue")
            #expect(try eventually { try bench.json("GET", "/v1/runs/1")["state"] as? String == "ended" })
            let run = try bench.json("GET", "/v1/runs/1")
            let report = try #require(run["report"] as? [String: Any])
            #expect(report["scenario"] as? String == "rehearsal")
            #expect((report["faults"] as? [[String: Any]])?.first?["bite"] as? String == "bit")
            #expect(try caller.get().status == 200)
        }
    }

    @Test(
        "pause freezes, pause?clear lifts, resume goes on; abort is in force when it answers, on open connections too")
    func pauseAndAbort() throws {
        try APIBench.run { bench in
            _ = try bench.json("POST", "/v1/runs?start=true", Self.script, status: 201)
            _ = try bench.json("POST", "/v1/run/skip?to=storm")
            let caller = try bench.caller()
            #expect(try eventually { try caller.get().status == 503 })
            #expect(try bench.json("POST", "/v1/run/pause")["state"] as? String == "paused")
            #expect(try caller.get().status == 503)
            #expect(try bench.json("POST", "/v1/run/pause?clear=true")["areFaultsLifted"] as? Bool == true)
            #expect(try eventually { try caller.get().status == 200 })
            _ = try bench.json("POST", "/v1/run/resume")
            #expect(try eventually { try caller.get().status == 503 })
            #expect(try bench.ask("POST", "/v1/run/abort").status == 204)
            #expect(try caller.get().status == 200)
            #expect(try bench.json("GET", "/v1/runs")["runs"].map { "\($0)" }?.contains("INCONCLUSIVE") == true)
        }
    }

    @Test("one run at a time; what is played cannot be forgotten, what was played cannot be played again")
    func conflicts() throws {
        try APIBench.run { bench in
            _ = try bench.json("POST", "/v1/runs?start=true", Self.script, status: 201)
            _ = try bench.json("POST", "/v1/runs", Self.script, status: 201)
            #expect(try bench.ask("POST", "/v1/runs/2/start").status == 409)
            #expect(try bench.ask("POST", "/v1/runs?start=true", Self.script).status == 409)
            #expect(try bench.ask("DELETE", "/v1/runs/1").status == 409)
            #expect(try bench.ask("POST", "/v1/run/resume").status == 409)
            #expect(try bench.ask("POST", "/v1/run/continue").status == 409)
            #expect(try bench.ask("POST", "/v1/run/skip?to=nowhere").status == 404)
            #expect(try bench.ask("POST", "/v1/run/abort").status == 204)
            #expect(try bench.ask("POST", "/v1/run/abort").status == 409)
            #expect(try bench.ask("POST", "/v1/runs/1/start").status == 409)
            #expect(try bench.ask("DELETE", "/v1/runs/1").status == 204)
            #expect(try bench.json("POST", "/v1/runs/2/start")["state"] as? String == "playing")
        }
    }

    @Test("a run goes on and ends by its time to live when whoever started it is gone")
    func timeToLive() throws {
        let script = """
            {"brownout": 1, "limits": {"ttl": "700ms"}, "timeline": [{"phase": "storm", "for": "500ms", "gate":
            {"manual": true, "within": "1m"}, "faults": [{"service": "payments", "error": 503}]}]}
            """
        try APIBench.run { bench in
            _ = try bench.json("POST", "/v1/runs?start=true", script, status: 201)
            #expect(try eventually { try bench.json("GET", "/v1/runs/1")["state"] as? String == "ended" })
            #expect(try bench.caller().get().status == 200)
        }
    }

    @Test("mistakes are named with their places; services that are not open are named")
    func mistakes() throws {
        try APIBench.run { bench in
            let wrong = try bench.json(
                "POST", "/v1/runs", "brownout: 1\ntimeline: [{ phase: a, fro: 1m }]", status: 400)
            let error = try #require(wrong["error"] as? [String: Any])
            let diagnostics = try #require(error["diagnostics"] as? [[String: Any]])
            #expect(diagnostics.allSatisfy { $0["line"] as? Int == 2 })
            #expect("\(diagnostics)".contains("fro"))
            let script =
                "brownout: 1\nservices: { other: { listen: 'h:1', to: 'b:1' } }\ntimeline: [{ phase: a, for: 1m }]"
            #expect(try bench.ask("POST", "/v1/runs", script).status == 409)
            #expect(try bench.ask("POST", "/v1/runs?speed=fast", Self.script).status == 400)
            #expect(try bench.ask("POST", "/v1/runs?seed=-1", Self.script).status == 400)
            #expect(try bench.ask("POST", "/v1/runs", "").status == 400)
        }
    }

    @Test("the file's own scenario is the first run; changes are journaled with who and what")
    func journal() throws {
        try Scratch.withDirectory { directory in
            let journal = directory.appending(path: "journal").path
            let bench = try APIBench(
                in: directory, "timeline: [{ phase: calm, for: 1m }]\n", options: ["--journal", journal])
            _ = try bench.json("POST", "/v1/runs/1/start")
            #expect(try bench.ask("POST", "/v1/run/abort").status == 204)
            #expect(bench.serve.end() == 0)
            let text = try String(contentsOfFile: journal, encoding: .utf8)
            #expect(text.contains(#""action":"started run","by":"api 127.0.0.1:"#))
            #expect(text.contains(#""action":"aborted run","by":"api 127.0.0.1:"#))
        }
    }
}
