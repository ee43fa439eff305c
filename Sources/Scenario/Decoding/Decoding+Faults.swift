// A fault's value against its declaration in the catalogue. This room knows shapes, and no fault.

extension Decoding {
    /// Decodes what stands behind the fault's name: nothing, a bare value, or its attributes.
    func fault(_ declaration: FaultDeclaration, _ node: YAMLNode) -> FaultValue? {
        if node.isEmpty { return checked(FaultValue(name: declaration.name, attributes: [:]), declaration, node) }
        guard isAttributes(node, declaration) else { return shorthand(declaration, node) }
        var attributes: [String: AttributeValue] = [:]
        var isWhole = true
        for pair in node.pairs ?? [] {
            guard let attribute = declaration[pair.key] else {
                reportUnknown(pair, declaration.keyTable)
                isWhole = false
                continue
            }
            attributes[pair.key] = value(pair, attribute, declaration)
            if attributes[pair.key] == nil { isWhole = false }
        }
        guard isWhole else { return nil }
        return checked(FaultValue(name: declaration.name, attributes: attributes), declaration, node)
    }

    private func value(
        _ pair: YAMLPair, _ attribute: AttributeDeclaration, _ declaration: FaultDeclaration
    ) -> AttributeValue? {
        let what = "\(declaration.name).\(attribute.name)"
        if pair.value.isEmpty {
            error(pair.position, "nothing is written behind `\(pair.key)`", offending: pair.key, help: attribute.help)
            return nil
        }
        return AttributeDecoder(decoding: self, attribute: attribute, what: what).decode(pair.value, attribute.shape)
    }

    /// A mapping is the fault's attributes, unless it is a number that moves and stands for the shorthand.
    private func isAttributes(_ node: YAMLNode, _ declaration: FaultDeclaration) -> Bool {
        guard let pairs = node.pairs else { return false }
        guard let attribute = declaration.shorthand.flatMap({ declaration[$0] }) else { return true }
        let keys = pairs.map(\.key)
        if attribute.mayMove, MovingDecoder.firstKeys.contains(where: { keys.contains($0) && declaration[$0] == nil }) {
            return false
        }
        // {503: 70%, 429: 30%}: keys that only the shorthand's own map can have.
        return attribute.shape != .statuses || keys.contains { Int($0) == nil } || keys.isEmpty
    }

    private func shorthand(_ declaration: FaultDeclaration, _ node: YAMLNode) -> FaultValue? {
        guard let attribute = declaration.shorthand.flatMap({ declaration[$0] }) else {
            let known = declaration.attributes.map(\.name).joined(separator: ", ")
            error(
                node, "\(declaration.name) takes attributes, and not \(node.kind)",
                help: known.isEmpty ? "write `\(declaration.name):` with nothing behind it" : "its attributes: \(known)"
            )
            return nil
        }
        let decoder = AttributeDecoder(decoding: self, attribute: attribute, what: declaration.name)
        return decoder.decode(node, attribute.shape).flatMap {
            checked(FaultValue(name: declaration.name, attributes: [attribute.name: $0]), declaration, node)
        }
    }

    /// The fault after the checks that go across attributes; nil after a problem.
    private func checked(_ fault: FaultValue, _ declaration: FaultDeclaration, _ node: YAMLNode) -> FaultValue? {
        let missing = declaration.attributes.filter { $0.isRequired && fault[$0.name] == nil }
        for attribute in missing {
            error(
                node.position, "\(declaration.name) needs `\(attribute.name)`",
                help: "\(attribute.name): \(attribute.help)")
        }
        let problems = missing.isEmpty ? declaration.validate(fault) : []
        for problem in problems {
            let pair = node.pairs?.first { $0.key == problem.attribute }
            error(
                pair?.value.position ?? node.position, "\(declaration.name): \(problem.message)",
                offending: pair?.value.text ?? node.text ?? "")
        }
        return missing.isEmpty && problems.isEmpty ? fault : nil
    }
}

extension FaultDeclaration {
    /// The declaration of one attribute.
    package subscript(attribute: String) -> AttributeDeclaration? { attributes.first { $0.name == attribute } }

    var keyTable: KeyTable {
        KeyTable(title: name, keys: attributes.map { Key($0.name, .text, $0.help) })
    }
}
