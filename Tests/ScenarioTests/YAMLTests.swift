import Scenario
import TestSupport
import Testing
import Units

@Suite("YAML underneath")
struct YAMLTests {
    @Test(
        "what the language leaves out of YAML is refused where it stands",
        arguments: [
            ("name: &n x", "1:7", "anchors are not part of the language: &n x"),
            ("name: *n", "1:7", "aliases are not part of the language: *n"),
            ("name: !!str x", "1:7", "tags are not part of the language: !!str x"),
            ("name: !x", "1:7", "tags are not part of the language: !x"),
            ("limits: &l { share: 5% }", "1:9", "anchors are not part of the language: &l"),
            ("limits: &l\n  share: 5%", "1:9", "anchors are not part of the language: &l"),
            ("? name\n: x", "1:1", "`? ` keys are not part of the language"),
            ("a: b\n---\nc: d", "2:1", "a second document begins here; a file holds one"),
            ("{ [a]: b }", "1:3", "a key must be a single word"),
            ("name: x\nname: y", "1:1", #""name" is written twice"#),
            ("name: x\n\"name\": y", "1:1", #""name" is written twice"#),
            (
                "name: [x", "2:1",
                "not YAML: did not find expected ',' or ']' (while parsing a flow sequence, from line 1)"
            ),
            ("", "1:1", "the file is empty"),
            ("# nothing", "1:1", "the file is empty"),
            ("- x", "1:1", "expected a scenario, a mapping, and found a list"),
            ("name: \u{10FFF1}", "1:7", "a private character has no place in a scenario"),
        ])
    func refused(_ text: String, _ place: String, _ message: String) {
        let found = said(text)
        #expect(found.contains("\(place): error: \(message)"), "\(found)")
    }

    @Test("what people forget to quote is explained")
    func quotes() {
        let star = decode(withEntry("{ service: *, reset: }"))
        #expect(
            star.diagnostics.map(\.headline) == [
                "game.yaml:18:20: error: * needs quotes: YAML takes a leading * for an alias"
            ])
        #expect(star.diagnostics.first?.help == #"write it in quotes: "*""#)
        let glob = decode(withEntry("{ match: { path: **/x }, reset: }"))
        #expect(
            glob.diagnostics.map(\.headline) == [
                "game.yaml:18:26: error: **/x needs quotes: YAML takes a leading * for an alias"
            ])
        let address = decode("brownout: 1\nservices:\n  a:\n    listen: [::1]:9001\n    to: b:80\n")
        #expect(
            address.diagnostics.map(\.headline) == [
                "game.yaml:4:13: error: [::1]:9001 needs quotes: YAML takes [ for a list"
            ])
        #expect(address.diagnostics.first?.help == #"write "[::1]:9001""#)
        let tab = decode("brownout: 1\nservices:\n\ta: b\n")
        #expect(tab.diagnostics.first?.help == "indent with spaces: YAML does not allow tabs")
    }

    @Test("indicators inside of text stay what they are")
    func inside() throws {
        let file = try file(
            "brownout: 1\nname: a & b! c* d?\nabout: \"*&!?\"\nsource: |\n  *x &y !z ?w\ntags: [x&y, 'a*', \"!b\"]\n")
        #expect(file.name == "a & b! c* d?")
        #expect(file.about == "*&!?")
        #expect(file.source == "*x &y !z ?w\n")
        #expect(file.tags == ["x&y", "a*", "!b"])
    }

    @Test("JSON is read, with surrogate pairs joined, and only there")
    func json() throws {
        let file = try file(#"{ "brownout": 1, "name": "\ud83d\ude00 \\ud83d\\ude00", "about": '\ud83d\ude00' }"#)
        #expect(file.name == "😀 \\ud83d\\ude00")
        #expect(file.about == #"\ud83d\ude00"#)
        #expect(decode(#"{ "brownout": 1, "name": "\ud83d" }"#).file == nil)
    }

    @Test("words that YAML 1.1 takes for something else are text")
    func words() throws {
        let file = try file("brownout: 1\nname: yes\nabout: 0x10\nsource: 1:30\ntags: [on, off, 1e3, 2015-09-20]")
        #expect(file.name == "yes" && file.about == "0x10" && file.source == "1:30")
        #expect(file.tags == ["on", "off", "1e3", "2015-09-20"])
    }

    @Test("merge keys are refused by name")
    func merge() {
        let found = decode("brownout: 1\n<<: { name: x }\n").diagnostics
        #expect(found.map(\.headline) == ["game.yaml:2:1: error: a scenario has no key `<<`"])
        #expect(found.first?.help == "merge keys are not part of the language: write the keys out")
    }

    @Test("an alias bomb is over at once", .timeLimit(.minutes(1 * Sanitizer.slowdown)))
    func bomb() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", "))]\n"
        }
        var decoded: DecodedScenario?
        let took = ContinuousClock().measure { decoded = decode(text + "? *a12\n: x\n") }
        #expect(decoded?.file == nil && took < .seconds(2 * Sanitizer.slowdown))
    }

    @Test("size and depth have limits", .timeLimit(.minutes(1 * Sanitizer.slowdown)))
    func limits() {
        let tooLarge = "brownout: 1\nabout: " + String(repeating: "x", count: 1_048_576)
        #expect(said(tooLarge) == ["1:1: error: the file has 1048595 bytes, more than 1MiB"])
        #expect(said(String(repeating: "[", count: 33)) == ["1:33: error: nested too deeply"])
        #expect(said(String(repeating: "- ", count: 500)).last?.hasSuffix("nested too deeply") == true)
        #expect(said(String(repeating: "{", count: 100_000)) == ["1:33: error: nested too deeply"])
    }

    @Test("lines end in CR LF on some machines")
    func carriageReturns() throws {
        let decoded = decode("brownout: 1\r\nname: x\r\nbuot: y\r\n")
        #expect(decoded.diagnostics.map(\.headline) == ["game.yaml:3:1: error: a scenario has no key `buot`"])
        #expect(decoded.diagnostics.first?.excerpt == "buot: y")
    }
}

@Suite("Diagnostics")
struct DiagnosticTests {
    @Test("a diagnostic prints like a good compiler's")
    func printed() {
        let found = decode(withEntry("{ service: paymnts, latency: 200ms }")).diagnostics
        #expect(
            found.map(\.description) == [
                """
                game.yaml:18:20: error: there is no service "paymnts"
                   18 |       - { service: paymnts, latency: 200ms }
                      |                    ^~~~~~~
                  help: did you mean "payments"?
                """
            ])
    }

    @Test("all mistakes of a file come at once, by position")
    func together() {
        let text = """
            brownout: 2
            nam: x
            services:
              Payments: { listen: 127.0.0.1:9001, to: b:80 }
              ledger: { listen: 9002 }
            timeline:
              - phase: a
                for: 5
                faults:
                  - { service: legder, latency: 200 }
                  - { servce: ledger, error: 999 }
            abort_if: ledger.sucess < 50%
            expect:
              - { in: b, that: az is dark }
            """
        #expect(
            said(text) == [
                "1:11: error: this is written for version \"2\" of the format",
                "2:1: error: a scenario has no key `nam`",
                "4:3: error: \"Payments\" is not a name for a service",
                "5:11: error: a service needs `to` or `endpoints`",
                "5:21: error: listen must be host:port or unix:/path, and is \"9002\"",
                "8:10: error: for: \"5\" has no unit",
                "10:20: error: there is no service \"legder\"",
                "10:37: error: latency: \"200\" has no unit",
                "11:11: error: a fault entry has no key `servce`",
                "11:34: error: error must be at most 599",
                "12:18: error: in this condition: there is no metric `sucess`",
                "14:11: error: there is no phase \"b\"",
                "14:20: error: there is no zone \"az\"",
            ])
    }

    @Test("a long line is shown around its mistake")
    func longLine() throws {
        let line = #"{ "brownout": 1, "about": "\#(String(repeating: "x", count: 5_000))", "nam": "y" }"#
        let found = try #require(decode(line).diagnostics.first)
        #expect(found.position == Position(line: 1, column: 5_031))
        #expect(found.excerpt.count == 110 || found.excerpt.hasSuffix(#""nam": "y" }"#))
        #expect(Array(found.excerpt)[found.caret] == "\"")
    }

    @Test("there is an end to complaining")
    func bounded() {
        let text = "brownout: 1\n" + (0..<5_000).map { "key\($0): x\n" }.joined()
        #expect(decode(text).diagnostics.count == 200)
        #expect(decode(text).file == nil)
    }

    @Test(
        "the nearest name is suggested, and none that is far",
        arguments: [
            ("paymnts", "payments"), ("latecny", "latency"), ("LATENCY", "latency"), ("eror", "error"), ("x", nil),
            ("completely", nil), ("", nil),
        ] as [(String, String?)])
    func nearest(_ text: String, _ name: String?) {
        #expect(Suggestion.nearest(to: text, among: ["payments", "latency", "error", "reset"]) == name)
    }
}
