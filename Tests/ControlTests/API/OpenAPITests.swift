import Foundation
import TestSupport
import Testing

@testable import Control
@testable import EventLoop

/// The document against the routes, and both against the built binary.
@Suite("The OpenAPI document")
struct OpenAPITests {
    private static func document() throws -> [String: Any] {
        let data = try JSONEncoder().encode(RouteTable.standard.document)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test("it holds every route and no other, and each says what it answers")
    func routes() throws {
        let document = try Self.document()
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        let written = Set(paths.flatMap { path, operations in operations.keys.map { "\($0.uppercased()) \(path)" } })
        #expect(written == Set(RouteTable.standard.routes.map { "\($0.method.rawValue) \($0.template)" }))
        #expect(document["openapi"] as? String == "3.1.0")
    }

    @Test("operations have names of their own, and name each part of their path", arguments: RouteTable.standard.routes)
    func parameters(route: Route) {
        #expect(RouteTable.standard.routes.filter { $0.name == route.name }.count == 1)
        let named = Set(route.parameters.filter(\.isInPath).map(\.name))
        let parts = Set(
            route.template.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) })
        #expect(named == parts)
        #expect(!route.answers.isEmpty)
        #expect((route.body != nil) == (route.compose != nil))
    }

    @Test("schemas come from what is encoded: keys, kinds, and which may be missing")
    func schemas() throws {
        let data = try JSONEncoder().encode(AnswerSchema.of(StatusAnswer.self))
        let schema = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let properties = try #require(schema["properties"] as? [String: [String: Any]])
        #expect(properties["startedAt"]?["format"] as? String == "date-time")
        #expect(properties["openConnections"]?["type"] as? String == "integer")
        #expect(properties["run"]?["type"] as? String == "object")
        #expect(properties["services"]?["type"] as? String == "array")
        #expect((schema["required"] as? [String])?.contains("run") == false)
        #expect((schema["required"] as? [String])?.contains("services") == true)
    }

    @Test("other methods are answered 405 with those that there are; OPTIONS names them; HEAD is GET without its body")
    func methods() throws {
        try APIBench.run { bench in
            for (path, allowed) in [
                ("/v1/faults", "GET, POST, DELETE"), ("/v1/run/abort", "POST"), ("/healthz", "GET"),
            ] {
                let wrong = try bench.ask("TRACE", path)
                #expect(wrong.status == 405)
                #expect(wrong["allow"] == allowed)
                #expect(try bench.ask("OPTIONS", path)["allow"] == allowed)
            }
            #expect(try bench.ask("QUERY", "/v1/status").status == 405)
            let head = try bench.ask("HEAD", "/v1/status")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            #expect(try bench.ask("GET", "/v1/openapi.json").bodyText.contains("\"openapi\":\"3.1.0\""))
        }
    }
}
