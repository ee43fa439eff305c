// One attribute of a fault, read by its declared shape.

import Units

struct AttributeDecoder {
    let decoding: Decoding
    let attribute: AttributeDeclaration
    /// `latency.hold`, for messages.
    let what: String

    func decode(_ node: YAMLNode, _ shape: AttributeShape) -> AttributeValue? {
        switch shape {
        case .duration: magnitude(node, .duration)
        case .percentage: magnitude(node, .percentage)
        case .byteCount: magnitude(node, .bytes)
        case .byteRate: magnitude(node, .byteRate)
        case .eventRate: magnitude(node, .eventRate)
        case .number: magnitude(node, .number)
        case .integer: integer(node)
        case .boolean: decoding.boolean(node, what).map { .boolean($0) }
        case .text: decoding.text(node, what).map { .text($0) }
        case .word(let words): decoding.word(node, what, among: words).map { .word($0) }
        case .either(let words, let shape): either(node, words, shape)
        case .amount: amount(node)
        case .extent: extent(node)
        case .durationWithJitter: durationWithJitter(node)
        case .quantiles: quantiles(node)
        case .headers: headers(node)
        case .statuses: statuses(node)
        case .group(let shapes): group(node, shapes)
        case .form(let attributes, let shorthand): form(node, attributes, shorthand)
        case .list(let shape): list(node, shape)
        case .file: table(node)
        }
    }

    private func moving(_ node: YAMLNode, _ unit: Unit) -> Moving? { decoder(unit).decode(node) }

    private func decoder(_ unit: Unit) -> MovingDecoder {
        MovingDecoder(
            decoding: decoding, unit: unit, range: attribute.range ?? Self.widest(unit), mayMove: attribute.mayMove,
            what: what)
    }

    private static func widest(_ unit: Unit) -> ClosedRange<Double>? { unit == .percentage ? 0...1 : nil }

    private func magnitude(_ node: YAMLNode, _ unit: Unit) -> AttributeValue? {
        moving(node, unit).map { .magnitude($0) }
    }

    private func integer(_ node: YAMLNode) -> AttributeValue? {
        let range = attribute.range ?? 0...1e15
        let isMap = node.pairs != nil || node.text?.contains("->") == true
        if attribute.mayMove, isMap { return magnitude(node, .number) }
        return decoding.integer(node, what, in: Self.whole(range.lowerBound)...Self.whole(range.upperBound))
            .map { .integer($0) }
    }

    private static func whole(_ value: Double) -> Int { Int(min(max(value, -1e15), 1e15)) }

    private func either(_ node: YAMLNode, _ words: [String], _ shape: AttributeShape) -> AttributeValue? {
        if let text = node.text, words.contains(text) { return .word(text) }
        if shape == .text { return decoding.text(node, what).map { .word($0) } }
        if let text = node.text, text.utf8.first.map({ !(0x30...0x39).contains($0) }) ?? true {
            decoding.error(
                node, "\(what) cannot be \"\(text)\"",
                help: Suggestion.help(for: text, among: words, of: "it is \(shape.example), or one of"))
            return nil
        }
        return decode(node, shape)
    }

    private func list(_ node: YAMLNode, _ shape: AttributeShape) -> AttributeValue? {
        let items = decoding.oneOrMore(node)
        let values = items.compactMap { decode($0, shape) }
        return values.count == items.count ? .list(values) : nil
    }

    private func group(_ node: YAMLNode, _ shapes: [String: AttributeShape]) -> AttributeValue? {
        let names = shapes.keys.sorted()
        let table = KeyTable(title: what, keys: names.map { Key($0, .text, "\(shapes[$0]?.example ?? "")") })
        guard let fields = Fields(node, table, decoding) else { return nil }
        var values: [String: AttributeValue] = [:]
        for name in names {
            guard let member = fields[name], let shape = shapes[name] else { continue }
            guard let value = decode(member, shape) else { return nil }
            values[name] = value
        }
        return node.pairs?.count == values.count ? .group(values) : nil
    }

    /// Read as a fault would be: by the same rules, with the same messages.
    private func form(_ node: YAMLNode, _ attributes: [AttributeDeclaration], _ shorthand: String) -> AttributeValue? {
        let declaration = FaultDeclaration(
            name: what, levels: [], summary: attribute.help, attributes: attributes, shorthand: shorthand)
        return decoding.fault(declaration, node).map { .group($0.attributes) }
    }

    private func table(_ node: YAMLNode) -> AttributeValue? {
        guard let name = decoding.text(node, what) else { return nil }
        return TableDecoder(decoding: decoding, what: what).samples(name, node).map { .table($0) }
    }
}

// MARK: - Forms with more than one unit

extension AttributeDecoder {
    /// `50%` or `4KiB`.
    private func amount(_ node: YAMLNode) -> AttributeValue? {
        if sample(of: node).contains("%") { return moving(node, .percentage).map { .amount(.fraction($0)) } }
        return moving(node, .bytes).map { .amount(.bytes($0)) }
    }

    /// `5s` or `64KiB`.
    private func extent(_ node: YAMLNode) -> AttributeValue? {
        if sample(of: node).contains("B") { return moving(node, .bytes).map { .extent(.bytes($0)) } }
        return moving(node, .duration).map { .extent(.time($0)) }
    }

    /// Text of the first number, wherever it stands: its unit decides.
    private func sample(of node: YAMLNode) -> String {
        if let text = node.text { return text }
        for key in ["from", "low", "flap", "steps"] {
            if let value = node[key] { return value.text ?? value.items?.first?.text ?? "" }
        }
        return ""
    }

    /// `800ms +- 200ms`.
    private func durationWithJitter(_ node: YAMLNode) -> AttributeValue? {
        guard let text = node.text, let sign = ["+-", "±", "+/-"].first(where: { text.range(ofScalars: $0) != nil })
        else {
            return magnitude(node, .duration)
        }
        let sides = text.split(separator: sign, omittingEmptySubsequences: false).map { String($0).trimmed }
        guard sides.count == 2, sign == "+-" else {
            decoding.error(node, part: sign, "\(what): jitter is written 800ms +- 200ms")
            return nil
        }
        guard let center = decoder(.duration).scalar(sides[0], node),
            let spread = decoder(.duration).spread.scalar(sides[1], node)
        else { return nil }
        let (low, high) = (center.ends, spread.ends)
        guard low.first >= high.first, low.last >= high.last else {
            decoding.error(node, part: sides[1], "\(what): the jitter is larger than what it varies")
            return nil
        }
        return .jitter(center: center, spread: spread)
    }

    /// A status, or statuses with percentages.
    private func statuses(_ node: YAMLNode) -> AttributeValue? {
        guard let pairs = node.pairs else {
            return decoding.integer(node, what, in: 100...599).map {
                .statuses([WeightedStatus(status: $0, weight: 1)])
            }
        }
        let weighted = pairs.compactMap(weighted)
        guard weighted.count == pairs.count else { return nil }
        let sum = weighted.reduce(0) { $0 + $1.weight }
        guard abs(sum - 1) < 1e-6 else {
            decoding.error(node.position, "\(what): the percentages sum to \(Unit.percentage.text(sum)), not to 100%")
            return nil
        }
        return .statuses(weighted.map { WeightedStatus(status: $0.status, weight: $0.weight / sum) })
    }

    private func weighted(_ pair: YAMLPair) -> WeightedStatus? {
        guard pair.key.utf8.count == 3, let status = Int(pair.key), (100...599).contains(status) else {
            decoding.error(pair.position, "\(what): \"\(pair.key)\" is not a status", offending: pair.key)
            return nil
        }
        return decoding.percentage(pair.value, "the weight of \(status)").map {
            WeightedStatus(status: status, weight: $0)
        }
    }

    private func headers(_ node: YAMLNode) -> AttributeValue? {
        guard let pairs = node.pairs else {
            decoding.error(node, "\(what) must be a mapping from names to values, and is \(node.kind)")
            return nil
        }
        let fields = pairs.compactMap { pair -> HeaderField? in
            guard decoding.isFieldName(pair.key) else {
                decoding.error(pair.position, "\"\(pair.key)\" is not the name of a header field", offending: pair.key)
                return nil
            }
            return decoding.text(pair.value, "\(what) \(pair.key)").map { HeaderField(name: pair.key, value: $0) }
        }
        return fields.count == pairs.count ? .headers(fields) : nil
    }
}

extension MovingDecoder {
    /// The same without a lower bound: jitter may be less than the least value.
    fileprivate var spread: MovingDecoder {
        MovingDecoder(
            decoding: decoding, unit: unit, range: range.map { min(0, $0.lowerBound)...$0.upperBound },
            mayMove: mayMove,
            what: what)
    }
}

extension AttributeShape {
    /// One value as it may be written, for messages.
    package var example: String {
        switch self {
        case .duration: "a duration such as 200ms"
        case .percentage: "a percentage such as 30%"
        case .byteCount: "a number of bytes such as 64KiB"
        case .byteRate: "a rate such as 10MB/s"
        case .eventRate: "a rate such as 100/s"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .text: "text"
        case .word(let words): words.joined(separator: ", ")
        case .either(let words, let shape): (words + [shape.example]).joined(separator: ", or ")
        case .amount: "a part such as 50% or 4KiB"
        case .extent: "a duration such as 5s, or bytes such as 64KiB"
        case .durationWithJitter: "a duration such as 800ms, or 800ms +- 200ms"
        case .quantiles: "percentiles such as {p50: 900ms, p99: 8s}"
        case .headers: "names with values"
        case .statuses: "a status such as 503, or {503: 70%, 429: 30%}"
        case .group(let shapes): "{" + shapes.keys.sorted().joined(separator: ", ") + "}"
        case .form(let attributes, let shorthand):
            attributes.first { $0.name == shorthand }?.shape.example ?? "a value with attributes"
        case .list(let shape): "a list of \(shape.example)"
        case .file: "a file beside the scenario"
        }
    }
}
