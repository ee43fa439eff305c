// What one decoding carries from rule to rule: the text, the names that the file declares, and the diagnostics so far.
// It lives for one call; rules are extensions of it, by topic.
//
//     zones, services ──► names ──► timeline (entries, faults) ──► steady, abort_if, expect ──► checks across
//
// A rule that finds a mistake reports it and answers nil; its caller goes on with what is left, so that one pass finds
// all mistakes.

import Units

/// The state of one decoding.
final class Decoding {
    /// Beyond this many nobody reads on.
    static let mostDiagnostics = 200

    let source: SourceText
    let fileName: String
    let catalogue: Catalogue
    let reader: (any TableReader)?
    let environment: ScenarioFile?

    var names = Names()
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var hasErrors = false

    /// Conditions wait here until all names are known.
    var conditions: [LocatedCondition] = []

    init(
        _ text: String, fileName: String, catalogue: Catalogue, environment: ScenarioFile?, reader: (any TableReader)?
    ) {
        source = SourceText(text)
        self.fileName = fileName
        self.catalogue = catalogue
        self.reader = reader
        self.environment = environment
    }

    /// Names that the file declares, for references.
    struct Names {
        var services: [String: Service.Kind] = [:]
        var serviceOrder: [String] = []
        /// Of all services together.
        var kinds: Set<Service.Kind> = []
        var zones: Set<String> = []
        /// Zones of each service's endpoints.
        var zonesOfService: [String: Set<String>] = [:]
        var endpoints: Set<NetworkAddress> = []
        /// Each with the number of phases that are called so.
        var phases: [String: Int] = [:]
        var entries: Set<String> = []
        var seenPhases: Set<String> = []
    }
}

// MARK: - Reporting

extension Decoding {
    func error(
        _ position: Position, _ message: String, offending: String = "", help: @autoclosure () -> String? = nil
    ) {
        report(.error, position, message, offending, help)
    }

    func error(_ node: YAMLNode, _ message: String, help: @autoclosure () -> String? = nil) {
        report(.error, node.position, message, node.text ?? "", help)
    }

    /// A mistake in a part of a scalar: the caret goes to the part.
    func error(_ node: YAMLNode, part: String, _ message: String, help: @autoclosure () -> String? = nil) {
        report(.error, position(of: part, in: node), message, part, help)
    }

    func warning(
        _ position: Position, _ message: String, offending: String = "", help: @autoclosure () -> String? = nil
    ) {
        report(.warning, position, message, offending, help)
    }

    private func report(
        _ severity: Diagnostic.Severity, _ position: Position, _ message: String, _ offending: String,
        _ help: () -> String?
    ) {
        if severity == .error { hasErrors = true }
        guard !isFull else { return }
        let (excerpt, caret) = source.excerpt(at: position)
        diagnostics.append(
            Diagnostic(
                severity: severity, file: fileName, position: position, message: message.shortened(to: 400),
                offending: offending.shortened(to: 100), help: help()?.shortened(to: 400), excerpt: excerpt,
                caret: caret))
    }

    /// Nothing more is recorded: whoever does work for a message may stop.
    var isFull: Bool { diagnostics.count >= Self.mostDiagnostics }

    /// The place of `part` in a scalar; the scalar's own where it cannot be told (folded and block text).
    func position(of part: String, in node: YAMLNode) -> Position {
        guard let text = node.text, let range = text.range(ofScalars: part) else { return node.position }
        return position(atScalar: range, in: node)
    }

    /// The place `offset` characters into a scalar.
    func position(atScalar offset: Int, in node: YAMLNode) -> Position {
        guard let text = node.text else { return node.position }
        for inset in [0, 1] {
            let start = Position(line: node.position.line, column: node.position.column + inset)
            if source.has(text, at: start) { return Position(line: start.line, column: start.column + offset) }
        }
        return node.position
    }
}

extension String {
    /// Where `part` begins, in Unicode scalars; nil also for texts that are too long to look through.
    func range(ofScalars part: String) -> Int? {
        guard utf8.count <= 4_096 else { return nil }
        let (text, part) = (Array(unicodeScalars), Array(part.unicodeScalars))
        guard !part.isEmpty, part.count <= text.count else { return nil }
        return (0...(text.count - part.count)).first { text[$0..<($0 + part.count)].elementsEqual(part) }
    }

    /// Cut to `length` characters, with a mark where something is missing.
    func shortened(to length: Int) -> String {
        utf8.count <= length ? self : count <= length ? self : String(prefix(length - 1)) + "…"
    }

    /// Without blanks at both ends.
    var trimmed: String {
        let isBlank = { (character: Character) in character == " " || character == "\t" || character.isNewline }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
