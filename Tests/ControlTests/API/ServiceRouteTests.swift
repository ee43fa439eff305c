import Foundation
import TestSupport
import Testing

/// Services over the API.
@Suite("The API's services")
struct ServiceRouteTests {
    @Test("a service is added, moved without a cut, disabled, enabled and removed")
    func life() throws {
        try APIBench.run { bench in
            let (first, second) = (try TestOrigin.echo(), try TestOrigin { try $0.send("second") })
            let body = #"{"listen": "127.0.0.1:0", "to": "127.0.0.1:\#(first.port)"}"#
            let added = try bench.json("PUT", "/v1/services/db", body, status: 201)
            let port = try #require((added["bound"] as? [String])?.first.flatMap { UInt16($0.dropFirst(10)) })
            let open = try TestSocket.connect(port: port)
            try open.send("ping")
            #expect(try open.receive(exactly: 4) == Array("ping".utf8))
            _ = try bench.json("POST", "/v1/services/db/move?to=127.0.0.1:\(second.port)")
            #expect(
                eventually { (try? TestSocket.connect(port: port).receive(exactly: 6)) == Array("second".utf8) })
            try open.send("pong")
            #expect(try open.receive(exactly: 4) == Array("pong".utf8))
            #expect(try bench.json("POST", "/v1/services/db/disable")["enabled"] as? Bool == false)
            #expect(eventually { (try? TestSocket.connect(port: port)) == nil })
            #expect(try bench.json("POST", "/v1/services/db/enable")["enabled"] as? Bool == true)
            #expect(try bench.ask("DELETE", "/v1/services/db").status == 204)
            #expect(try bench.ask("GET", "/v1/services/db").status == 404)
        }
    }

    @Test("what cannot be is refused and changes nothing")
    func refusals() throws {
        try APIBench.run { bench in
            let taken = try HeldPort()
            let body = #"{"listen": "127.0.0.1:\#(taken.port)", "to": "127.0.0.1:9"}"#
            let answer = try bench.ask("PUT", "/v1/services/db", body)
            #expect(answer.status == 500)
            #expect(answer.bodyText.contains("address already in use"))
            #expect(try bench.ask("PUT", "/v1/services/DB", #"{"listen": "127.0.0.1:0", "to": "a:1"}"#).status == 400)
            #expect(try bench.ask("PUT", "/v1/services/db", #"{"listen": "127.0.0.1:0"}"#).status == 400)
            #expect(try bench.ask("POST", "/v1/services/nope/disable").status == 404)
            #expect(try bench.ask("POST", "/v1/services/payments/move").status == 400)
            #expect(try bench.ask("POST", "/v1/services/payments/move?to=nonsense").status == 400)
            #expect((try bench.json("GET", "/v1/services")["services"] as? [Any])?.count == 1)
            #expect(try bench.caller().get().status == 200)
        }
    }

    /// A port that somebody else listens on.
    private struct HeldPort {
        private let origin: TestOrigin
        var port: UInt16 { origin.port }
        init() throws { origin = try TestOrigin.echo() }
    }
}
