// The repository as text: which files there are, in which room, and what they say once comments and strings are gone.
// The tests of this target read the house instead of running it: nothing here knows what the code does.

import Foundation

/// A file of the repository.
struct SourceFile: CustomStringConvertible, Sendable {
    /// From the root of the repository, with slashes.
    let path: String
    let text: String

    var description: String { path }

    /// `Sources/Faults/catalogue/Latency.swift` is in the room `Faults`.
    var room: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The text without what comments and string literals say; lines keep their numbers.
    var code: String {
        let found = Self.prose.matches(in: text, range: NSRange(text.startIndex..., in: text))
        var code = text
        for match in found.reversed() {
            guard let range = Range(match.range, in: code) else { continue }
            let breaks = code[range].filter { $0 == "\n" }
            code.replaceSubrange(range, with: String(breaks))
        }
        return code
    }

    /// String literals (long, raw, plain) and comments, whichever begins first.
    private static let prose = pattern(
        ##"(?:"{3}[\s\S]*?"{3}|#"[^\n]*?"#|"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*[\s\S]*?\*/)"##)
}

/// The tree that this file belongs to.
enum SourceTree {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every Swift file of the product.
    static let sources = files(under: "Sources") { $0.hasSuffix(".swift") }

    /// Every Swift file of the tests.
    static let tests = files(under: "Tests") { $0.hasSuffix(".swift") }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    /// Text files below a folder; folders whose name starts with a dot hold what was built or fetched.
    static func files(under folder: String, where isWanted: (String) -> Bool = { _ in true }) -> [SourceFile] {
        let names = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
        let paths = (names?.allObjects as? [String] ?? []).map { "\(folder)/\($0)" }
        return paths.filter { !$0.contains("/.") && !$0.contains("__pycache__") && isWanted($0) }
            .sorted()
            .compactMap { path in (try? text(path)).map { SourceFile(path: path, text: $0) } }
    }
}

/// A regular expression that is known to be one.
func pattern(_ text: String) -> NSRegularExpression {
    guard let expression = try? NSRegularExpression(pattern: text, options: [.anchorsMatchLines]) else {
        preconditionFailure("not a regular expression: \(text)")
    }
    return expression
}

extension NSRegularExpression {
    /// The last group of each match: what the expression is after.
    func captures(in text: String) -> [String] {
        matches(in: text, range: NSRange(text.startIndex..., in: text)).compactMap { match in
            Range(match.range(at: match.numberOfRanges - 1), in: text).map { String(text[$0]) }
        }
    }
}
