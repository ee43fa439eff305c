// Numbers that may move, in all their written forms:
//
//     40%    0% -> 40%    {from, to, curve, over}    {wave, low, high, period}    {flap, up, down}    {steps: […]}

import Units

/// Reads magnitudes of one unit and range.
struct MovingDecoder {
    let decoding: Decoding
    let unit: Unit
    let range: ClosedRange<Double>?
    let mayMove: Bool
    /// What it is, for messages.
    let what: String

    /// First keys of the written forms; none of them is an attribute of a fault where a magnitude may stand.
    static let firstKeys = ["from", "wave", "flap", "steps"]
    private static let mostSteps = 1_000

    func decode(_ node: YAMLNode) -> Moving? {
        switch node.content {
        case .scalar: node.text.flatMap { scalar($0, node) }
        case .mapping(let pairs): mayMove ? form(pairs, node) : refuseMovement(node)
        case .list: refuse(node)
        }
    }

    /// `40%` or `0% -> 40%`, in `text`, a part of `node`.
    func scalar(_ text: String, _ node: YAMLNode) -> Moving? {
        if node.isEmpty { return refuse(node) }
        let ends = text.split(separator: "->", omittingEmptySubsequences: false).map { String($0).trimmed }
        switch ends.count {
        case 1: return number(ends[0], node).map { .constant($0) }
        case 2:
            guard mayMove else { return refuseMovement(node) }
            guard let from = number(ends[0], node), let to = number(ends[1], node) else { return nil }
            return .ramp(from: from, to: to, curve: .linear, over: nil)
        default:
            decoding.error(node, "\(what): a ramp has two ends, as in 0% -> 40%", help: "use {steps: […]} for more")
            return nil
        }
    }

    /// One number, within the range.
    private func number(_ text: String, _ node: YAMLNode) -> Double? {
        do {
            let value = try unit.read(text)
            return isInRange(value, text, node) ? value : nil
        } catch {
            decoding.report(error, node, part: text, what)
            return nil
        }
    }

    private func number(_ node: YAMLNode) -> Double? {
        guard let text = node.text, !node.isEmpty else { return refuse(node) }
        return number(text, node)
    }

    private func isInRange(_ value: Double, _ text: String, _ node: YAMLNode) -> Bool {
        guard let range, !range.contains(value) else { return true }
        let bound =
            value < range.lowerBound
            ? "must be at least \(unit.text(range.lowerBound))" : "cannot exceed \(unit.text(range.upperBound))"
        decoding.error(node, part: text, "\(what) \(bound), and is \(text)")
        return false
    }

    private func refuse<Value>(_ node: YAMLNode) -> Value? {
        decoding.error(node, "\(what) must be \(Self.example(unit)), and is \(node.kind)")
        return nil
    }

    private func refuseMovement(_ node: YAMLNode) -> Moving? {
        decoding.error(node, "\(what) cannot move", help: "write one value, \(Self.example(unit))")
        return nil
    }

    private static func example(_ unit: Unit) -> String {
        switch unit {
        case .duration: "a duration such as 200ms"
        case .percentage: "a percentage such as 30%"
        case .bytes: "a number of bytes such as 64KiB"
        case .byteRate: "a rate such as 10MB/s"
        case .eventRate: "a rate such as 100/s"
        case .number: "a number"
        }
    }
}

// MARK: - Maps

extension MovingDecoder {
    private func form(_ pairs: [YAMLPair], _ node: YAMLNode) -> Moving? {
        let keys = pairs.map(\.key)
        if keys.contains("wave") { return fields(node, Self.wave).flatMap(wave) }
        if keys.contains("flap") { return fields(node, Self.flap).flatMap(flap) }
        if keys.contains("steps") { return fields(node, Self.steps).flatMap(steps) }
        return fields(node, Self.ramp).flatMap(ramp)
    }

    private func fields(_ node: YAMLNode, _ table: KeyTable) -> Fields? { Fields(node, table, decoding) }

    private func ramp(_ fields: Fields) -> Moving? {
        let curve: Moving.Curve = fields["curve"].flatMap { decoding.word($0, "curve") } ?? .linear
        let over = fields["over"].flatMap { decoding.duration($0, "over", atLeast: .milliseconds(1)) }
        guard let fromNode = fields["from"], let toNode = fields["to"], let from = number(fromNode),
            let to = number(toNode)
        else { return nil }
        if curve == .exponential, let zero = from == 0 ? fromNode : to == 0 ? toNode : nil {
            decoding.error(
                zero, "\(what): an exponential ramp cannot begin or end at zero",
                help: "begin at a small value, or use curve: linear")
            return nil
        }
        return .ramp(from: from, to: to, curve: curve, over: over)
    }

    private func wave(_ fields: Fields) -> Moving? {
        let shape: Moving.WaveShape? = fields["wave"].flatMap { decoding.word($0, "wave") }
        let period = fields["period"].flatMap { decoding.duration($0, "period", atLeast: .milliseconds(1)) }
        guard let low = fields["low"].flatMap({ number($0) }), let high = fields["high"].flatMap({ number($0) }),
            let shape, let period
        else { return nil }
        if low > high { decoding.warning(fields.position(of: "low"), "\(what): low is above high", offending: "low") }
        return .wave(shape: shape, low: low, high: high, period: period)
    }

    private func flap(_ fields: Fields) -> Moving? {
        let up = fields["up"].flatMap { decoding.duration($0, "up", atLeast: .milliseconds(1)) }
        let down = fields["down"].flatMap { decoding.duration($0, "down", atLeast: .milliseconds(1)) }
        guard let node = fields["flap"], let value = number(node), let up, let down else { return nil }
        if let range, range.lowerBound > 0 {
            decoding.error(
                node, "\(what) cannot flap: it would fall to zero, and must be at least \(unit.text(range.lowerBound))",
                help: "let share flap instead")
            return nil
        }
        return .flap(value: value, up: up, down: down)
    }

    private func steps(_ fields: Fields) -> Moving? {
        guard let node = fields["steps"] else { return nil }
        let items = decoding.list(node, "steps")
        guard (1...Self.mostSteps).contains(items.count) else {
            if node.items != nil { decoding.error(node, "steps needs 1 to \(Self.mostSteps) values") }
            return nil
        }
        let values = items.compactMap { number($0) }
        return values.count == items.count ? .steps(values) : nil
    }

    static let ramp = KeyTable(
        title: "a ramp",
        keys: [
            Key("from", .text, "its first value", required: true), Key("to", .text, "its last value", required: true),
            Key("curve", .word(Moving.Curve.allCases.map(\.rawValue)), "linear by default"),
            Key("over", .duration, "the whole phase by default"),
        ])

    static let wave = KeyTable(
        title: "a wave",
        keys: [
            Key("wave", .word(Moving.WaveShape.allCases.map(\.rawValue)), "its shape", required: true),
            Key("low", .text, "least value", required: true), Key("high", .text, "largest value", required: true),
            Key("period", .duration, "of one turn", required: true),
        ])

    static let flap = KeyTable(
        title: "a flap",
        keys: [
            Key("flap", .text, "the value while up; zero while down", required: true),
            Key("up", .duration, "for how long", required: true),
            Key("down", .duration, "for how long", required: true),
        ])

    static let steps = KeyTable(
        title: "steps", keys: [Key("steps", .list(.text), "values for equal parts of the phase", required: true)])
}
