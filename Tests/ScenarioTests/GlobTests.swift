import Scenario
import TestSupport
import Testing
import Units

@Suite("Globs")
struct GlobTests {
    private func matches(_ glob: String, _ text: String) -> Bool {
        Array(text.utf8).withBytes { Glob(glob).matches($0) }
    }

    @Test(
        "a glob covers what it says",
        arguments: [
            ("/v1/charge", "/v1/charge"), ("/v1/*", "/v1/charge"), ("/v1/*", "/v1/"), ("/v1/**", "/v1/a/b/c"),
            ("/v1/**", "/v1/"), ("**", ""), ("*", ""), ("/*/items/*", "/a/items/b"), ("/**/items", "/a/b/items"),
            ("*.json", "a.json"), ("/**.json", "/a/b.json"), ("/a*b*c", "/aXbYc"), ("/a**b**c", "/a/x/b/y/c"),
            ("/a***b", "/a/x/b"), ("*a*a*a", "aaa"), ("/**/*", "//"), ("", ""), ("/*/*/end", "/x/y/end"),
        ])
    func covers(_ glob: String, _ text: String) { #expect(matches(glob, text)) }

    @Test(
        "and nothing else",
        arguments: [
            ("/v1/charge", "/v1/charges"), ("/v1/charge", "/v1/charg"), ("/v1/*", "/v1/a/b"), ("*", "/"),
            ("/*", "/a/b"),
            ("/v1/**", "/v1"), ("/*/items", "/a/b/items"), ("*.json", "a/b.json"), ("/a*b*c", "/aXbY"), ("", "a"),
            ("ab*ba", "aba"), ("/**/items", "/items"),
        ])
    func coversNot(_ glob: String, _ text: String) { #expect(!matches(glob, text)) }

    @Test("a glob agrees with a slow and obvious matcher on all short texts")
    func agrees() {
        let globs = ["*", "**", "a*", "*a", "*a*", "**a", "a**b", "a*b", "*/*", "**/a*", "a*/b**", "*a**b*", "/*a*/**"]
        for glob in globs {
            for text in Self.texts(upTo: 6) {
                #expect(matches(glob, text) == Self.slow(Array(glob), Array(text)), "\(glob) on \(text)")
            }
        }
    }

    @Test("an evil pattern takes no longer than a tame one", .timeLimit(.minutes(1 * Sanitizer.slowdown)))
    func linear() {
        let glob = String(repeating: "*a", count: 60) + "*b"
        let text = String(repeating: "a", count: 200_000)
        #expect(!matches(glob, text))
        #expect(!matches("**a**a**a**a**a**a**b", text))
    }

    @Test("a glob says when there is more between its stars than it can hold")
    func tooLong() {
        #expect(!Glob.isTooLong("/" + String(repeating: "x", count: 500) + "/*"))
        #expect(!Glob.isTooLong("*" + String(repeating: "x", count: 125) + "*"))
        #expect(Glob.isTooLong("*" + String(repeating: "x", count: 126) + "*"))
    }

    private static func texts(upTo length: Int) -> [String] {
        var all = [""]
        var last = [""]
        for _ in 0..<length {
            last = last.flatMap { text in ["a", "b", "/"].map { text + $0 } }
            all += last
        }
        return all
    }

    private static func slow(_ glob: [Character], _ text: [Character]) -> Bool {
        guard let first = glob.first else { return text.isEmpty }
        guard first == "*" else { return text.first == first && slow(Array(glob.dropFirst()), Array(text.dropFirst())) }
        let isAny = glob.dropFirst().first == "*"
        let rest = Array(glob.dropFirst(isAny ? 2 : 1))
        for length in 0...text.count {
            if !isAny, text[..<length].contains("/") { break }
            if slow(rest, Array(text[length...])) { return true }
        }
        return false
    }
}
