// Unsafe code has addresses. Everything that steps outside of what the compiler can prove is listed here or says
// beside itself why it is right.

import Testing

@Suite("Unsafe code stays where it belongs")
struct SafetyTests {
    /// A folder (with a slash at its end) or a file, and why it needs to.
    static let homes = [
        "Sources/Control/Toxiproxy/JSONInput.swift",  // asks Foundation whether a number was written as an integer
        "Sources/EventLoop/",  // the layer over libevent and the system's calls
        "Sources/HTTP1/HeadReader.swift",  // keeps the heads that all requests of a worker are parsed into
        "Sources/HTTP1/Scanner.swift",  // searches raw bytes, a word at a time
        "Sources/Observation/RecordRing.swift",  // shared by two threads without a lock
        "Sources/Units/Bytes.swift",  // the view of raw bytes that the other rooms use safely
        "Sources/Units/Lock.swift",  // a POSIX mutex, in builds under Thread Sanitizer only
    ]

    @Test("the keyword is written in the listed places only", arguments: SourceTree.sources)
    func keyword(file: SourceFile) {
        let isHome = Self.homes.contains { file.path.hasPrefix($0) }
        #expect(isHome || Self.keyword.captures(in: file.code).isEmpty, "\(file) uses `unsafe`")
    }

    @Test("no place is listed that does not need it any more", arguments: homes)
    func needed(home: String) {
        let users = SourceTree.sources.filter { $0.path.hasPrefix(home) && !Self.keyword.captures(in: $0.code).isEmpty }
        #expect(!users.isEmpty)
    }

    @Test("what the compiler is told to believe has its reason beside it", arguments: SourceTree.sources)
    func believed(file: SourceFile) {
        let code = file.code.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in code.enumerated() where Self.claims.contains(where: { line.contains($0) }) {
            #expect(Self.hasReason(file.lines, at: index), "\(file):\(index + 1) says why in a comment")
        }
    }

    @Test("nothing is forced or given up", arguments: SourceTree.sources)
    func noTraps(file: SourceFile) {
        #expect(Self.traps.captures(in: file.code).isEmpty, "\(file) holds try! or fatalError")
    }

    @Test("mutual exclusion is the one that Thread Sanitizer understands")
    func locks() {
        let users = (SourceTree.sources + SourceTree.tests).filter { $0.code.contains("Mutex") }.map(\.path)
        #expect(users.allSatisfy { $0 == "Sources/Units/Lock.swift" }, "\(users) should use Lock")
    }

    private static let claims = ["@unchecked Sendable", "nonisolated(unsafe)"]
    private static let keyword = pattern(#"(?<![\w(@.])(unsafe)(?=[ \t]+[\w(\[&*{])"#)
    private static let traps = pattern(#"(\btry!|\bfatalError\()"#)

    /// A comment on the line itself, or on the one above it and its attributes.
    private static func hasReason(_ lines: [Substring], at index: Int) -> Bool {
        if lines[index].contains("//") { return true }
        let above = lines[..<index].reversed().first { !$0.trimmed.hasPrefix("@") }
        return above?.trimmed.hasPrefix("//") ?? false
    }
}

extension Substring {
    var trimmed: Substring { drop { $0 == " " } }
}
