// The way in: one file's text to one decoded scenario, or to everything that is wrong with it.
//
// Pure but for the reader that is handed in. It never throws and never traps: whatever the bytes are, the answer is
// a list of diagnostics.

import Units

/// What became of a file.
package struct DecodedScenario: Sendable {
    /// nil when there is an error.
    package let file: ScenarioFile?
    /// By position; warnings among errors.
    package let diagnostics: [Diagnostic]

    package var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }
    package var warnings: [Diagnostic] { diagnostics.filter { $0.severity == .warning } }
}

/// Decodes scenario files and environment files.
package enum ScenarioDecoder {
    /// Decodes a scenario. Services and zones of `environment` are known to it, and win over those of the file.
    package static func decode(
        text: String, fileName: String, catalogue: Catalogue, environment: ScenarioFile? = nil,
        reader: (any TableReader)? = nil
    ) -> DecodedScenario {
        let decoding = Decoding(
            text, fileName: fileName, catalogue: catalogue, environment: environment, reader: reader)
        return decoding.finished(decoding.root().map { decoding.scenario($0) })
    }

    /// Decodes an environment file (`--env`): services and zones, and nothing that happens.
    package static func decodeEnvironment(text: String, fileName: String) -> DecodedScenario {
        let decoding = Decoding(
            text, fileName: fileName, catalogue: Catalogue(faults: []), environment: nil, reader: nil)
        return decoding.finished(decoding.root().map { decoding.environmentFile($0) })
    }

    /// Decodes one fault, as it stands behind its name in a file: what the API and `brownout proxy` are given.
    package static func decodeFault(
        name: String, text: String, fileName: String, catalogue: Catalogue
    ) -> (fault: FaultValue?, diagnostics: [Diagnostic]) {
        let decoding = Decoding(text, fileName: fileName, catalogue: catalogue, environment: nil, reader: nil)
        guard let declaration = catalogue[name] else {
            decoding.error(
                Position(line: 1, column: 1), "there is no fault `\(name)`",
                help: Suggestion.help(for: name, among: catalogue.faults.map(\.name), of: "faults"))
            return (nil, decoding.diagnostics)
        }
        let isBare = text.trimmed.isEmpty
        let node = isBare ? YAMLNode.nothing : decoding.root()
        let fault = node.flatMap { decoding.fault(declaration, $0) }
        return (decoding.hasErrors ? nil : fault, decoding.diagnostics)
    }
}

extension YAMLNode {
    /// What stands behind `refuse:`.
    static let nothing = YAMLNode(
        content: .scalar(.init(text: "", isPlain: true)), position: Position(line: 1, column: 1))
}

extension Decoding {
    func root() -> YAMLNode? {
        let reader = YAMLReader(
            source: source,
            report: { [self] in error($0, $1, offending: $2, help: $3) },
            isFull: { [self] in isFull })
        return reader.root()
    }

    fileprivate func finished(_ file: ScenarioFile?) -> DecodedScenario {
        let sorted = diagnostics.enumerated().sorted { left, right in
            (left.element.position.line, left.element.position.column, left.offset)
                < (right.element.position.line, right.element.position.column, right.offset)
        }
        return DecodedScenario(file: hasErrors ? nil : file, diagnostics: sorted.map(\.element))
    }

    fileprivate func environmentFile(_ root: YAMLNode) -> ScenarioFile {
        var file = ScenarioFile()
        guard let fields = Fields(root, Keys.environment, self) else { return file }
        about(fields, &file)
        world(fields, &file)
        return file
    }

    fileprivate func scenario(_ root: YAMLNode) -> ScenarioFile {
        var file = ScenarioFile()
        guard let fields = Fields(root, Keys.scenario, self) else { return file }
        about(fields, &file)
        world(fields, &file)
        file.seed = fields["seed"].flatMap(seed)
        file.limits = fields["limits"].flatMap(limits) ?? Limits()
        file.timeline = fields["timeline"].map(timeline) ?? []
        file.steady = fields["steady"].flatMap(steady)
        file.abortIf = fields["abort_if"].map { oneOrMore($0).compactMap(condition) } ?? []
        file.expect = fields["expect"].map { oneOrMore($0).compactMap(expectation) } ?? []
        checkReferences()
        if !hasErrors { checkAcross(file, fields["limits"]) }
        return file
    }

    private func about(_ fields: Fields, _ file: inout ScenarioFile) {
        if let version = fields["brownout"], version.text != "1" {
            error(
                version, "this is written for version \(version.kind) of the format",
                help: "brownout: 1 is the only one")
        }
        file.name = fields["name"].flatMap { text($0, "name") }
        file.about = fields["about"].flatMap { text($0, "about") }
        file.source = fields["source"].flatMap { text($0, "source") }
        file.tags = fields["tags"].map { oneOrMore($0).compactMap { text($0, "a tag") } } ?? []
    }

    private func seed(_ node: YAMLNode) -> UInt64? {
        guard let text = text(node, "seed") else { return nil }
        let seed = text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
        if seed == nil || text.hasPrefix("+") {
            error(node, "seed must be a whole number below 2^64, and is \"\(text)\"")
        }
        return seed
    }

    private func limits(_ node: YAMLNode) -> Limits? {
        guard let fields = Fields(node, Keys.limits, self) else { return nil }
        var limits = Limits()
        limits.share = fields["share"].flatMap { percentage($0, "share") }
        limits.concurrent = fields["concurrent"].flatMap { integer($0, "concurrent", in: 1...1_000_000_000) }
        limits.ttl = fields["ttl"].flatMap { duration($0, "ttl", atLeast: .milliseconds(1)) }
        limits.protect = fields["protect"].map { oneOrMore($0).compactMap(match) } ?? []
        for (match, node) in zip(limits.protect, fields["protect"].map(oneOrMore) ?? []) where !match.statuses.isEmpty {
            error(
                node["status"]?.position ?? node.position,
                "protect cannot look at `status`: it comes before the response")
        }
        return limits
    }

    private func steady(_ node: YAMLNode) -> Steady? {
        guard let fields = Fields(node, Keys.steady, self) else { return nil }
        let within = fields["within"].flatMap { duration($0, "within", atLeast: .milliseconds(1)) }
        let that = fields["that"].map { oneOrMore($0).compactMap(condition) } ?? []
        return within.map { Steady(within: $0, that: that) }
    }

    private func expectation(_ node: YAMLNode) -> Expectation? {
        guard node.pairs != nil else {
            return condition(node).map { Expectation(name: $0.text, phase: nil, that: $0) }
        }
        guard let fields = Fields(node, Keys.expectation, self) else { return nil }
        let phase = fields["in"].flatMap(phaseName)
        guard let that = fields["that"].flatMap(condition) else { return nil }
        return Expectation(name: fields["name"].flatMap { text($0, "name") } ?? that.text, phase: phase, that: that)
    }

    private func phaseName(_ node: YAMLNode) -> String? {
        guard let name = text(node, "in") else { return nil }
        if names.phases[name] == nil {
            error(
                node, "there is no phase \"\(name)\"",
                help: Suggestion.help(for: name, among: names.phases.keys.sorted(), of: "phases"))
        }
        return name
    }
}
