import Foundation
import TestSupport
import Testing

/// Rules by hand over the API.
@Suite("The API's faults")
struct FaultRouteTests {
    @Test("a rule acts when it was answered, on open connections; changed, prolonged and removed likewise")
    func life() throws {
        try APIBench.run { bench in
            let caller = try bench.caller()
            #expect(try caller.get().status == 200)
            let added = try bench.json(
                "POST", "/v1/faults?ttl=5m", #"{"service": "payments", "error": 503}"#, status: 201)
            #expect(added["name"] as? String == "error")
            #expect(added["ttlSeconds"] as? Double == 300)
            #expect(try caller.get().status == 503)
            _ = try bench.json("PUT", "/v1/faults/error?ttl=5m", "service: payments\nerror: 429\n")
            #expect(try caller.get().status == 429)
            #expect(try bench.json("PATCH", "/v1/faults/error?ttl=10m")["ttlSeconds"] as? Double == 600)
            let list = try bench.json("GET", "/v1/faults")["faults"] as? [[String: Any]]
            #expect(list?.count == 1)
            #expect(list?.first?["isInForce"] as? Bool == true)
            #expect(try bench.ask("DELETE", "/v1/faults/error").status == 204)
            #expect(try caller.get().status == 200)
            #expect(try bench.ask("GET", "/v1/faults/error").status == 404)
        }
    }

    @Test("the all-clear ends rules by hand and the run, on every worker when it answers")
    func allClear() throws {
        try APIBench.run { bench in
            _ = try bench.json("PUT", "/v1/faults/slow?ttl=5m", "{service: payments, error: 500}", status: 201)
            _ = try bench.json("POST", "/v1/runs?start=true", RunRouteTests.script, status: 201)
            let callers = try (0..<8).map { _ in try bench.caller() }
            for caller in callers { #expect(try caller.get().status == 500) }
            #expect(try bench.ask("DELETE", "/v1/faults").status == 204)
            for caller in callers { #expect(try caller.get().status == 200) }
            #expect(try bench.ask("GET", "/v1/run").status == 200)
            #expect((try bench.json("GET", "/v1/faults")["faults"] as? [Any])?.isEmpty == true)
        }
    }

    @Test("a time to live is asked for, and ends the rule by itself")
    func timeToLive() throws {
        try APIBench.run { bench in
            let fault = #"{"service": "payments", "error": 503}"#
            #expect(try bench.ask("POST", "/v1/faults", fault).status == 400)
            #expect(try bench.ask("POST", "/v1/faults?ttl=forever", fault).status == 400)
            #expect(try bench.ask("POST", "/v1/faults?ttl=0s", fault).status == 400)
            _ = try bench.json("POST", "/v1/faults?ttl=300ms", fault, status: 201)
            let caller = try bench.caller()
            #expect(try eventually { try caller.get().status == 200 })
            #expect(try eventually { (try bench.json("GET", "/v1/faults")["faults"] as? [Any])?.isEmpty == true })
        }
    }

    @Test(
        "mistakes are the language's, with their places",
        arguments: [
            (#"{"service": "paymnts", "error": 503}"#, "did you mean"),
            (#"{"service": "payments", "latency": 200}"#, "200ms"),
            (#"{"service": "payments"}"#, "needs a fault"), ("[1, 2]", "mapping"), ("{", ""), ("&a [*a]", ""),
        ])
    func mistakes(body: String, words: String) throws {
        try APIBench.run { bench in
            let answer = try bench.ask("POST", "/v1/faults?ttl=1m", body)
            #expect(answer.status == 400)
            #expect(answer.bodyText.contains("\"line\":"))
            #expect(words.isEmpty || answer.bodyText.contains(words), "\(answer.bodyText)")
        }
    }
}
