// `sticky`: the draw belongs to a caller, not to an exchange. The key's bytes become one word as soon as they are seen;
// who has no key is never harmed.

import Scenario
import Units

/// The sticky key of one exchange.
enum StickyKey: Sendable, Hashable, BitwiseCopyable {
    /// The entry is not sticky.
    case notAsked
    case missing
    case key(UInt64)
}

/// Where an entry finds its sticky key.
enum StickySource: Sendable {
    case none
    case header([UInt8])
    case cookie([UInt8])
    case client

    init(_ sticky: FaultEntry.Sticky?) {
        switch sticky {
        case nil: self = .none
        case .header(let name): self = .header(Array(name.lowercased().utf8))
        case .cookie(let name): self = .cookie(Array(name.utf8))
        case .client: self = .client
        }
    }

    func key<Facts: ExchangeFacts>(_ facts: Facts) -> StickyKey {
        switch self {
        case .none: .notAsked
        case .header(let name): Self.key(facts.header(name))
        case .cookie(let name): Self.key(facts.cookie(name))
        case .client: Self.key(facts.clientAddress)
        }
    }

    /// Of a connection, which has no head: only its address can be a key.
    func key(client: Bytes) -> StickyKey {
        switch self {
        case .none: .notAsked
        case .client: Self.key(client)
        case .header, .cookie: .missing
        }
    }

    private static func key(_ bytes: Bytes?) -> StickyKey {
        guard let bytes, !bytes.isEmpty else { return .missing }
        return .key(Dice.hash(bytes))
    }
}
