// `match`: what an exchange must look like.

extension Decoding {
    func match(_ node: YAMLNode) -> Match? {
        guard let fields = Fields(node, Keys.match, self) else { return nil }
        if node.pairs?.isEmpty == true { error(node.position, "match is empty: leave it out to match everything") }
        var match = Match()
        match.methods = fields["method"].map { oneOrMore($0).compactMap(method) } ?? []
        match.paths = fields["path"].map { oneOrMore($0).compactMap(path) } ?? []
        match.query = fields["query"].map { patterns($0, "query", isHeader: false) } ?? []
        match.headers = fields["header"].map { patterns($0, "header", isHeader: true) } ?? []
        match.clients = fields["client"].map { oneOrMore($0).compactMap { block($0, "client") } } ?? []
        match.bodyOver = fields["body_over"].flatMap { byteCount($0, "body_over") }
        match.statuses = fields["status"].map { oneOrMore($0).compactMap(status) } ?? []
        return match
    }

    private func method(_ node: YAMLNode) -> String? {
        guard let text = text(node, "method") else { return nil }
        guard isFieldName(text) else {
            error(node, "\"\(text)\" is not a method")
            return nil
        }
        if text != text.uppercased() {
            error(node, "methods are case-sensitive", help: "did you mean \"\(text.uppercased())\"?")
        }
        return text
    }

    private func path(_ node: YAMLNode) -> Glob? {
        guard let text = text(node, "path"), let glob = glob(node, text) else { return nil }
        guard text.hasPrefix("/") || text.hasPrefix("*") else {
            error(node, "a path begins with / or *, and this is \"\(text)\"", help: "did you mean \"/\(text)\"?")
            return nil
        }
        if text.contains("?") {
            error(node, part: "?", "a path ends before its `?`", help: "match the parameters with `query`")
        }
        return glob
    }

    private func glob(_ node: YAMLNode, _ text: String) -> Glob? {
        guard !Glob.isTooLong(text) else {
            error(node, "at most \(Glob.longestMiddle) characters may stand between the first * and the last")
            return nil
        }
        return Glob(text)
    }

    private func patterns(_ node: YAMLNode, _ what: String, isHeader: Bool) -> [NamedPattern] {
        guard let pairs = node.pairs else {
            error(node, "\(what) must be a mapping from names to globs, and is \(node.kind)")
            return []
        }
        return pairs.flatMap { pair -> [NamedPattern] in
            if isHeader, !isFieldName(pair.key) {
                error(pair.position, "\"\(pair.key)\" is not the name of a header field", offending: pair.key)
            }
            let name = isHeader ? pair.key.lowercased() : pair.key
            return oneOrMore(pair.value).compactMap { pattern($0, "\(what) \(pair.key)") }
                .map { NamedPattern(name: name, pattern: $0) }
        }
    }

    private func pattern(_ node: YAMLNode, _ what: String) -> NamedPattern.Pattern? {
        guard let text = text(node, what) else { return nil }
        return text == "absent" ? .absent : glob(node, text).map { .glob($0) }
    }

    private func status(_ node: YAMLNode) -> StatusPattern? {
        guard let text = text(node, "status") else { return nil }
        if text.utf8.count == 3, let status = Int(text), (100...599).contains(status) { return .exactly(status) }
        if text.utf8.count == 3, text.hasSuffix("xx"), let first = Int(text.prefix(1)), (1...5).contains(first) {
            return .hundreds(first)
        }
        error(node, "a status is 100 to 599, or a class such as 5xx, and this is \"\(text)\"")
        return nil
    }
}
