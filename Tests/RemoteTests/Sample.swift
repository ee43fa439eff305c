import Control

/// Answers as a control plane sends them, in the middle of a run.
enum Sample {
    private static func figures(_ second: Int, services: Int) -> String {
        (0..<services).map { number in
            let isIll = second > 30
            let success = isIll ? 0.97 - Double(second % 3) / 100 : 1
            let p99 = isIll ? 1.5 + Double(second % 20) / 3 : 0.045
            return """
                {"name": "\(number == 0 ? "payments" : "service-\(number)")", "ratePerSecond": \(400 + second % 30),
                 "success": \(success), "p50": 0.012, "p99": \(p99), "inFlight": \(12 + second % 7), "connections": 128}
                """
        }.joined(separator: ",")
    }

    private static func position(
        state: String, words: String?, waits: Bool, pass: Int, passes: Int, dark: [String]
    ) -> String {
        """
        {"id": "3", "name": "Eleven minutes of brownout", "state": "\(state)",
         \(words.map { "\"words\": \"\($0)\"," } ?? "") "areFaultsLifted": false,
         "phases": [{"name": "brownout", "pass": \(pass), "passes": \(passes), "elapsedSeconds": 192.4, "lengthSeconds": 660,
                     "isWaitingAtGate": \(waits)}],
         "elapsedSeconds": 372.4, "lengthSeconds": 1140, "timeLeftSeconds": 2520.5, "faults": ["slow", "refusals"],
         "darkZones": [\(dark.map { "\"\($0)\"" }.joined(separator: ","))]}
        """
    }

    static func status(services: Int = 1) throws -> StatusAnswer {
        try answer(
            """
            {"version": "0.1.0", "startedAt": "2026-01-01T00:00:00Z", "services": [\(figures(0, services: services))],
             "run": \(position(state: "playing", words: nil, waits: false, pass: 1, passes: 1, dark: [])),
             "faults": [], "darkZones": [], "openConnections": 131, "heldBytes": 0, "loopLagSeconds": 0, "droppedRecords": 0}
            """)
    }

    static func idleStatus() throws -> StatusAnswer {
        try answer(
            """
            {"version": "0.1.0", "startedAt": "2026-01-01T00:00:00Z", "services": [], "faults": [], "darkZones": [],
             "openConnections": 1, "heldBytes": 0, "loopLagSeconds": 0, "droppedRecords": 7}
            """)
    }

    static func second(
        _ second: Int, services: Int = 1, state: String = "playing", words: String? = nil, waits: Bool = false,
        pass: Int = 1, passes: Int = 1, dark: [String] = []
    ) throws -> SecondAnswer {
        let minute = 10 + second / 60
        let clock = "00:\(minute):" + (second % 60 < 10 ? "0" : "") + "\(second % 60)"
        return try answer(
            """
            {"at": "2026-01-01T\(clock)Z", "services": [\(figures(second, services: services))],
             "injections": [{"fault": "slow", "perSecond": 163.2, "total": 12345}], "faults": ["slow", "refusals"],
             "run": \(position(state: state, words: words, waits: waits, pass: pass, passes: passes, dark: dark)),
             "loopLagSeconds": 0.0001}
            """)
    }

    static func run(verdict: String? = nil) throws -> RunAnswer {
        let phases = [
            ("calm", 60, "played"), ("onset", 120, "played"), ("brownout", 660, "playing"),
            ("recovery", 300, "not played"),
        ]
        let listed = phases.map { name, seconds, state in
            "{\"name\": \"\(name)\", \"plannedSeconds\": \(seconds), \"state\": \"\(state)\", \"hasGate\": false, \"faults\": []}"
        }
        return try answer(
            """
            {"id": "3", "name": "Eleven minutes of brownout", "state": "playing", "loadedAt": "2026-01-01T00:10:00Z",
             "by": "api 127.0.0.1:5", "seed": "11", "speed": 1, "phases": [\(listed.joined(separator: ","))]
             \(verdict.map { ", \"verdict\": \"\($0)\"" } ?? "")}
            """)
    }

    static func faults(_ count: Int) throws -> FaultsAnswer {
        let counts = """
            {"met": 20000, "injected": 12345, "shadowed": 0, "withheld": 0, "inapplicable": 0, "missingKey": 0,
             "releasedEarly": 0, "unmeasured": 0}
            """
        let faults = (0..<count).map { number in
            number == 1
                ? """
                {"name": "by-hand", "kind": "error", "place": "payments@az-a", "by": "api 127.0.0.1:5", "isInForce": true,
                 "ttlSeconds": 300, "timeLeftSeconds": 252.7, "counts": \(counts)}
                """
                : """
                {"name": "\(number == 0 ? "slow" : "fault-\(number)")", "kind": "latency", "place": "payments",
                 "phase": "brownout", "isInForce": \(number != 3), "counts": \(counts)}
                """
        }
        return try answer("{\"faults\": [\(faults.joined(separator: ","))]}")
    }
}
