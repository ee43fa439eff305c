// Toxics are rules: each becomes one entry of the scenario language, which `/v1`, the journal and the metrics show by its
// name. Every number that a client may send is taken; one that makes no sense stands for the nearest one that does, as the
// rows below say.
//
//     latency       latency: {fixed: L +- J}           below zero: no delay; above a day: a day
//     bandwidth     bandwidth: {rate: R}               zero and below: a stall, delivered when it is removed
//     slow_close    slow_close: {delay: D}
//     timeout       hang: {for: T, then: close}        zero and below: it never closes by itself
//     reset_peer    reset: {after: T}
//     slicer        slice: {size, variation, delay}    size zero and below: nothing to slice; variation at most the size
//     limit_data    limit: {bytes: N}
//     packet_loss   loss: {rate, correlation}
//     noop          nothing

import Scenario

extension Toxic {
    /// The rule that it is; nil: it does nothing.
    func entry(of proxy: String) -> FaultEntry? {
        guard let fault else { return nil }
        var entry = FaultEntry(
            name: Self.ruleName(proxy: proxy, toxic: name), phase: "toxiproxy", fault: fault,
            position: Position(line: 1, column: 1))
        entry.services = .named([proxy])
        entry.share = .constant(min(max(toxicity, 0), 1))
        entry.direction = direction
        return entry
    }

    /// "toxiproxy/redis/latency_downstream". The dice are named by it, so what a connection draws under one toxic does not
    /// depend on its neighbours. Slashes inside of names are escaped: no two toxics share a rule.
    static func ruleName(proxy: String, toxic: String) -> String {
        "toxiproxy/\(escaped(proxy))/\(escaped(toxic))"
    }

    private static func escaped(_ name: String) -> String {
        name.replacing("%", with: "%25").replacing("/", with: "%2F")
    }

    private var fault: FaultValue? {
        switch kind {
        case .latency: FaultValue(name: "latency", attributes: ["fixed": delay])
        case .bandwidth:
            FaultValue(name: "bandwidth", attributes: ["rate": magnitude("rate", times: 1_000, most: 1e12)])
        case .slowClose: FaultValue(name: "slow_close", attributes: ["delay": .magnitude(.constant(seconds("delay")))])
        case .timeout: FaultValue(name: "hang", attributes: silence)
        case .resetPeer: FaultValue(name: "reset", attributes: ["after": .extent(.time(.constant(seconds("timeout"))))])
        case .slicer: pieces
        case .limitData: FaultValue(name: "limit", attributes: ["bytes": magnitude("bytes", most: 1e15)])
        case .packetLoss: losses
        case .noop: nil
        }
    }

    /// The longest that the language has.
    private static let longestSeconds = 86_400.0

    private var delay: AttributeValue {
        let latency = min(max(Double(attributes.integer("latency")) / 1_000, -Self.longestSeconds), Self.longestSeconds)
        let jitter = seconds("jitter")
        return jitter > 0
            ? .jitter(center: .constant(latency), spread: .constant(jitter)) : .magnitude(.constant(max(latency, 0)))
    }

    private var silence: [String: AttributeValue] {
        let length = seconds("timeout")
        let ending = ["then": AttributeValue.word("close")]
        return length > 0 ? ending.merging(["for": .magnitude(.constant(length))]) { _, new in new } : ending
    }

    private var pieces: FaultValue? {
        let size = attributes.integer("average_size")
        guard size > 0 else { return nil }
        let variation = min(max(attributes.integer("size_variation"), 0), size)
        return FaultValue(
            name: "slice",
            attributes: [
                "size": .magnitude(.constant(min(Double(size), 1e9))),
                "variation": .magnitude(.constant(min(Double(variation), 1e9))),
                "delay": .magnitude(.constant(seconds("delay", perSecond: 1_000_000, most: 3_600))),
            ])
    }

    private var losses: FaultValue {
        FaultValue(
            name: "loss",
            attributes: [
                "rate": .magnitude(.constant(attributes.share("loss_rate"))),
                "correlation": .magnitude(.constant(min(attributes.share("correlation"), 0.99))),
            ])
    }

    /// Not below zero.
    private func seconds(_ name: String, perSecond: Double = 1_000, most: Double = longestSeconds) -> Double {
        min(max(Double(attributes.integer(name)) / perSecond, 0), most)
    }

    private func magnitude(_ name: String, times factor: Double = 1, most: Double) -> AttributeValue {
        .magnitude(.constant(min(max(Double(attributes.integer(name)) * factor, 0), most)))
    }
}
