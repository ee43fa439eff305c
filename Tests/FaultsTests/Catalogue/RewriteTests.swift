@testable import Faults
import Scenario
import Testing
import Units

@Suite("rewrite")
struct RewriteTests {
    private func order(_ text: String) throws -> RewriteOrder {
        try #require(Chain([try rule(fault("rewrite", text))]).plan().rewrites.first)
    }

    private func lines(_ order: RewriteOrder) -> String {
        String(decoding: order.lines.flatMap(\.bytes), as: UTF8.self)
    }

    @Test("status and fields are laid out as they are sent; what is set is taken away first")
    func head() throws {
        let order = try order("{status: 203, headers: {set: {X-A: \"1\"}, add: {Via: us}, remove: [ETag, Server]}}")
        #expect(order.status == 203)
        #expect(order.removed.map { String(decoding: $0, as: UTF8.self) } == ["x-a", "etag", "server"])
        #expect(lines(order) == "X-A: 1\r\nVia: us\r\n")
        #expect(order.body == nil)
    }

    @Test("several stack in file order, and share the exchange with what only slows or cuts it")
    func stacks() throws {
        let rules = [
            try rule(fault("rewrite", "{status: 500}"), name: "a", index: 0),
            try rule(fault("truncate"), name: "t", index: 1),
            try rule(fault("rewrite", "{status: 501}"), name: "b", index: 2),
        ]
        let plan = Chain(rules).plan()
        #expect(plan.rewrites.map(\.status) == [500, 501])
        #expect(plan.rewrites.map(\.entry) == [0, 2] && plan.terminalEntry == 1)
    }

    @Test("without a response of the dependency there is nothing to change", arguments: ["error", "lose_response"])
    func shadowed(end: String) throws {
        let change = try rule(fault("rewrite", "{status: 500}"), name: "r", index: 0)
        let plan = Chain([change, try rule(fault(end), name: "e", index: 1)]).plan()
        #expect(plan.rewrites.isEmpty && change.state.counts.shadowed == 1)
    }

    @Test("a response status can gate it")
    func gated() throws {
        let chain = Chain([
            try rule(fault("rewrite", "{status: 500}")) { $0.match = .status(.hundreds(2)) }
        ])
        var plan = chain.plan()
        chain.respond(status: 204, plan: &plan, now: .at(1))
        #expect(plan.rewrites.count == 1)
    }

    @Test(
        "changes that no response could carry are refused",
        arguments: [
            ("{}", "say what to change"), ("{headers: {set: {Content-Length: \"4\"}}}", "belongs to the framing"),
            ("{headers: {remove: [Transfer-Encoding]}}", "belongs to the framing"),
            ("{headers: {add: {x: \"a\\nb\"}}}", "control character"),
            ("{headers: {remove: [\"a b\"]}}", "is not a field name"), ("{status: 99}", "status"),
            ("{body: {patch: \"{oops\"}}", "the patch is not JSON"), ("{body: {}}", "either replaced or patched"),
            ("{body: {replace: a, patch: \"{}\"}}", "either replaced or patched"),
            ("{status: 204, body: {replace: a}}", "has no body"),
        ])
    func wrong(text: String, message: String) {
        #expect(complaints("rewrite", text).contains { $0.contains(message) }, "\(complaints("rewrite", text))")
    }
}

@Suite("JSON merge patches")
struct MergePatchTests {
    private func merged(_ document: String, _ patch: String) -> String? {
        MergePatch(Array(patch.utf8))?.applied(to: Array(document.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Those of RFC 7396, appendix A.
    static let table = [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, #"{}"#), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
        (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#), (#"{"a":"foo"}"#, "null", "null"),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
        (#"{"e":null}"#, #"{"a":1}"#, #"{"a":1,"e":null}"#), ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
        ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ]

    @Test("as the RFC has them", arguments: table.indices)
    func rfc(row: Int) {
        let (document, patch, expected) = Self.table[row]
        #expect(merged(document, patch) == expected)
    }

    @Test("what is not named keeps its value, to the last digit of a large integer")
    func kept() {
        #expect(
            merged(#" { "z": 1.5, "big": 9007199254740993, "s": "\u00e9\/" , "a": [ true, {} ] } "#, #"{"n":0}"#)
                == #"{"a":[true,{}],"big":9007199254740993,"n":0,"s":"é/","z":1.5}"#)
    }

    @Test(
        "what is no JSON is left alone",
        arguments: [
            "", "{", "{\"a\":}", "01", "1.", "-", "+1", "nul", "\"\n\"", "\"\\x\"", "\"\\u12g4\"", "{} {}",
            "'a'",
            String(repeating: "[", count: 1_000), "1e", "{\"a\" 1}", "{a: 1}", "\"open",
        ])
    func broken(text: String) {
        #expect(merged(text, "{}") == nil)
    }

    @Test("depth is bounded, and up to there it is no matter")
    func depth() {
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(merged(deep, "{}") == "{}")
    }
}
