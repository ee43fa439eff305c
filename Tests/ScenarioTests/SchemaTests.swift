import Foundation
import Scenario
import Testing

@Suite("The JSON Schema")
struct SchemaTests {
    private let text = ScenarioSchema.json(catalogue: .forTests)

    private func root() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func properties(_ path: String...) throws -> Set<String> {
        var node = try root()
        for step in path { node = try #require(node[step] as? [String: Any], "\(step)") }
        return Set(try #require(node["properties"] as? [String: Any]).keys)
    }

    @Test("it is JSON, of the draft it says, and the same every time")
    func isJSON() throws {
        #expect(try root()["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
        #expect(ScenarioSchema.json(catalogue: .forTests) == text)
    }

    @Test("every documented key is in it")
    func keys() throws {
        #expect(
            try properties() == [
                "brownout", "name", "about", "source", "tags", "seed", "limits", "zones", "services", "steady",
                "timeline",
                "abort_if", "expect",
            ])
        #expect(try properties("properties", "limits") == ["share", "concurrent", "ttl", "protect"])
        #expect(
            try properties("properties", "services", "additionalProperties") == [
                "listen", "to", "protocol", "endpoints", "prefer", "failover", "host", "timeouts", "callers",
                "identity", "slo",
                "mark", "half_close",
            ])
        #expect(
            try properties("$defs", "phase") == ["phase", "for", "faults", "repeat", "until", "gate", "together"])
        let selectors: Set = [
            "name", "service", "zone", "endpoint", "match", "connections", "nth", "share", "sticky", "cap", "direction",
            "when",
            "after", "for", "optional",
        ]
        let faults = Set(Catalogue.forTests.faults.map(\.name))
        #expect(try properties("$defs", "faultEntry") == selectors.union(faults))
        #expect(
            try properties("$defs", "faultEntry", "properties", "match") == [
                "method", "path", "query", "header", "client", "body_over", "status",
            ])
    }

    @Test("every reference leads somewhere")
    func references() throws {
        let definitions = Set(try #require(try root()["$defs"] as? [String: Any]).keys)
        var missing: [String] = []
        func visit(_ node: Any) {
            if let object = node as? [String: Any] {
                if let reference = object["$ref"] as? String, !definitions.contains(String(reference.dropFirst(8))) {
                    missing.append(reference)
                }
                object.values.forEach(visit)
            } else if let list = node as? [Any] {
                list.forEach(visit)
            }
        }
        visit(try root())
        #expect(missing == [])
    }

    @Test("every attribute of every fault is in it, with its help")
    func attributes() throws {
        for fault in Catalogue.forTests.faults {
            let definition = try #require(
                (try root()["$defs"] as? [String: Any])?["fault.\(fault.name)"] as? [String: Any])
            #expect(definition["description"] as? String == fault.summary)
            let choices = definition["anyOf"] as? [[String: Any]] ?? [definition]
            let object = try #require(choices.last?["properties"] as? [String: [String: Any]])
            #expect(Set(object.keys) == Set(fault.attributes.map(\.name)))
            #expect(fault.attributes.allSatisfy { object[$0.name]?["description"] as? String == $0.help })
        }
    }
}
