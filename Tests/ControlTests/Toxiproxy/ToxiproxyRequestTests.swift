// How the compatible API reads what it is sent: no sockets here.

import Scenario
import Testing

@testable import Control

@Suite("Requests of the compatible API")
struct ToxiproxyRequestTests {
    private func toxic(_ text: String, taken: Set<String> = []) throws -> Toxic {
        try Toxic(try JSONInput.body(Array(text.utf8)), taken: taken)
    }

    private func refusal(_ body: () throws -> Void) -> ToxiproxyError? {
        do {
            try body()
            return nil
        } catch {
            return error as? ToxiproxyError
        }
    }

    // MARK: JSON

    @Test("1 and 1.0 stay two things, and true is no number")
    func json() throws {
        let text = #" {"a": [1, 1.0, -2.5e+3, 1e2, true, false, null, {}, 0, -7], "b\u00e9": "\ud83d\ude00 \"\\/"} "#
        let expected = JSONInput.object([
            "a": .list([
                .integer(1), .number(1), .number(-2_500), .number(100), .flag(true), .flag(false), .null, .object([:]),
                .integer(0), .integer(-7),
            ]),
            "bé": .text("😀 \"\\/"),
        ])
        #expect(try JSONInput.read(Array(text.utf8)) == expected)
    }

    @Test(
        "what is no JSON is refused",
        arguments: [
            "", " ", "{", "[", "[1", "{\"a\"}", "{\"a\":}", "{a:1}", "nul", "01", "\"a", "{} {}", "[1] x", "'a'",
            String(repeating: "[", count: 100_000),
        ])
    func noJSON(text: String) {
        #expect(throws: JSONInputError.self) { try JSONInput.read(Array(text.utf8)) }
    }

    @Test("a request that is cut anywhere is refused, and nothing else happens")
    func cut() throws {
        let text = Array(
            #"{"name":"r","upstream":"a:1","toxics":[{"type":"latency","attributes":{"latency":-1}}]}"#.utf8)
        _ = try ProxyRequest(try JSONInput.read(text))
        for length in 0..<text.count {
            #expect(throws: JSONInputError.self) { try JSONInput.read(Array(text[..<length])) }
        }
    }

    // MARK: Toxics

    @Test("null is absent, keys match in any case, unknown keys are ignored")
    func leniency() throws {
        let toxic = try toxic(
            #"{"TYPE":"latency","Name":null,"stream":null,"toxicity":null,"colour":1,"attributes":"#
                + #"{"LATENCY":8,"jitter":null,"x":"y"}}"#)
        #expect(toxic.name == "latency_downstream")
        #expect(toxic.direction == .downstream)
        #expect(toxic.toxicity == 1)
        #expect(toxic.attributes.integer("latency") == 8)
        #expect(toxic.attributes.integer("jitter") == 0)
        #expect(try self.toxic(#"{"type":"latency","attributes":null}"#).attributes.integer("latency") == 0)
    }

    @Test(
        "attributes are integers of 64 bits, however they are written",
        arguments: ["1.5", "100.0", "1e3", "9223372036854775808", "-9223372036854775809", "\"1\"", "true", "[1]"])
    func integers(value: String) {
        let error = refusal { _ = try toxic(#"{"type":"latency","attributes":{"latency":\#(value)}}"#) }
        #expect(error == ToxiproxyError(400, "bad request body: latency must be an integer of 64 bits"))
    }

    @Test("the largest and the smallest integers are taken")
    func extremes() throws {
        for value in [Int64.max, Int64.min] {
            let toxic = try toxic(#"{"type":"latency","attributes":{"latency":\#(value)}}"#)
            #expect(toxic.attributes.integer("latency") == value)
        }
    }

    @Test("shares of packet_loss lie between 0 and 1", arguments: ["-0.1", "1.01", "\"0\"", "true"])
    func shares(value: String) {
        let error = refusal { _ = try toxic(#"{"type":"packet_loss","attributes":{"loss_rate":\#(value)}}"#) }
        #expect(error == ToxiproxyError(400, "bad request body: loss_rate must be a number between 0 and 1"))
    }

    @Test("body, stream, type, name and attributes are checked in that order")
    func order() {
        let all = #""stream":"sideways","type":"nonsense","name":"taken","attributes":{"latency":1.5}"#
        let steps: [(body: String, error: ToxiproxyError)] = [
            (#"{"toxicity":"high",\#(all)}"#, .badBody("toxicity must be a number")),
            ("{\(all)}", .badStream),
            (#"{"type":"nonsense","name":"taken","attributes":{"latency":1.5}}"#, .badType),
            (#"{"type":"latency","name":"taken","attributes":{"latency":1.5}}"#, .toxicExists),
            (
                #"{"type":"latency","name":"free","attributes":{"latency":1.5}}"#,
                .badBody("latency must be an integer of 64 bits")
            ),
        ]
        for step in steps {
            #expect(refusal { _ = try toxic(step.body, taken: ["taken"]) } == step.error, "\(step.body)")
        }
    }

    @Test("a stream keeps its case in what is shown and in the name made of it; an empty one is refused")
    func streams() throws {
        let toxic = try toxic(#"{"type":"latency","stream":"UpStream"}"#)
        #expect(toxic.direction == .upstream)
        #expect(toxic.stream == "UpStream")
        #expect(toxic.name == "latency_UpStream")
        #expect(refusal { _ = try self.toxic(#"{"type":"latency","stream":""}"#) } == .badStream)
    }

    @Test("an update merges attributes key by key, takes toxicity, and nothing else")
    func update() throws {
        let toxic = try toxic(#"{"type":"latency","name":"a","toxicity":0.5,"attributes":{"latency":5,"jitter":6}}"#)
        let change = #"{"name":"b","type":"noop","stream":"upstream","toxicity":0.25,"attributes":{"jitter":7}}"#
        let changed = try toxic.changed(by: try JSONInput.body(Array(change.utf8)))
        #expect(changed.name == "a")
        #expect(changed.kind == .latency)
        #expect(changed.direction == .downstream)
        #expect(changed.toxicity == 0.25)
        #expect(["latency", "jitter"].map { changed.attributes.integer($0) } == [5, 7])
        #expect(try toxic.changed(by: .object([:])) == toxic)
    }

    // MARK: Proxies

    @Test("a list is taken as a whole: places are counted from 1")
    func lists() throws {
        let first = #"{"name":"a","upstream":"b:1"}"#
        let cases: [(String, String)] = [
            ("", "missing required field: name at proxy 2"),
            (#""name":"x""#, "missing required field: upstream at proxy 2"),
            (#""name":"x","upstream":"b:1","toxics":[{"type":"x"}]"#, "invalid toxic type at proxy 2"),
            (#""name":"x","upstream":"b""#, "bad request body: upstream b: missing port in address at proxy 2"),
        ]
        for (second, message) in cases {
            let error = refusal { _ = try ProxyRequest.list(Array("[\(first),{\(second)}]".utf8)) }
            #expect(error == ToxiproxyError(400, message))
        }
        #expect(try ProxyRequest.list(Array("[\(first),\(first)]".utf8)).count == 2)
    }

    @Test("two toxics of one proxy cannot have one name, over both streams")
    func names() throws {
        let toxics = #"[{"type":"noop","name":"n"},{"type":"noop","name":"n","stream":"upstream"}]"#
        let body = #"[{"name":"a","upstream":"b:1","toxics":\#(toxics)}]"#
        let error = refusal { _ = try ProxyRequest.list(Array(body.utf8)) }
        #expect(error == ToxiproxyError(409, "toxic already exists at proxy 1"))
    }

    @Test("listen may lack its host, its port or everything")
    func listeners() throws {
        let cases = [
            ("", "0.0.0.0:0"), (":80", "0.0.0.0:80"), ("localhost:80", "127.0.0.1:80"), ("[::1]:80", "[::1]:80"),
            ("127.0.0.1:0", "127.0.0.1:0"),
        ]
        for (text, resolved) in cases { #expect(try NetworkAddress.toxiproxyListener(text).resolvedText == resolved) }
        for text in ["here", "here:", "here:x", "here:65536", "::1:80", "here:+1", "[::1:80"] {
            #expect(refusal { _ = try NetworkAddress.toxiproxyListener(text) }?.status == 500, "\(text)")
        }
    }
}
