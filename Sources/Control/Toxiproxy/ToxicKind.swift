// The kinds of toxics and what each may be given: the one list of the compatible API's words.

/// A kind of toxic, by its `type`.
package enum ToxicKind: String, Sendable, Hashable, CaseIterable {
    case latency
    case bandwidth
    case slowClose = "slow_close"
    case timeout
    case resetPeer = "reset_peer"
    case slicer
    case limitData = "limit_data"
    case packetLoss = "packet_loss"
    case noop

    /// One of its attributes.
    package struct Attribute: Sendable, Hashable {
        package enum Form: Sendable, Hashable {
            /// 64 bits, signed.
            case integer
            /// From 0 to 1.
            case share
        }

        package let name: String
        package let form: Form
    }

    /// In the order in which they are answered.
    package var attributes: [Attribute] {
        switch self {
        case .latency: Self.integers("latency", "jitter")
        case .bandwidth: Self.integers("rate")
        case .slowClose: Self.integers("delay")
        case .timeout, .resetPeer: Self.integers("timeout")
        case .slicer: Self.integers("average_size", "size_variation", "delay")
        case .limitData: Self.integers("bytes")
        case .packetLoss: ["loss_rate", "correlation"].map { Attribute(name: $0, form: .share) }
        case .noop: []
        }
    }

    private static func integers(_ names: String...) -> [Attribute] {
        names.map { Attribute(name: $0, form: .integer) }
    }
}

/// The values of a toxic's attributes; what was not given is zero.
package struct ToxicAttributes: Sendable, Hashable {
    private var integers: [String: Int64] = [:]
    private var shares: [String: Double] = [:]

    package init() {}

    func integer(_ name: String) -> Int64 { integers[name] ?? 0 }
    func share(_ name: String) -> Double { shares[name] ?? 0 }

    /// Takes over what `input` says about the attributes of `kind`, key by key; what it does not know it ignores.
    mutating func merge(_ input: JSONInput?, of kind: ToxicKind) throws(ToxiproxyError) {
        guard let input else { return }
        guard case .object = input else { throw .badBody("attributes must be an object") }
        for attribute in kind.attributes {
            guard let value = input[attribute.name] else { continue }
            switch attribute.form {
            case .integer: integers[attribute.name] = try Self.integer(value, attribute.name)
            case .share: shares[attribute.name] = try Self.share(value, attribute.name)
            }
        }
    }

    private static func integer(_ input: JSONInput, _ name: String) throws(ToxiproxyError) -> Int64 {
        guard case .integer(let value) = input else { throw .badBody("\(name) must be an integer of 64 bits") }
        return value
    }

    private static func share(_ input: JSONInput, _ name: String) throws(ToxiproxyError) -> Double {
        guard let value = input.double, (0...1).contains(value) else {
            throw .badBody("\(name) must be a number between 0 and 1")
        }
        return value
    }
}
