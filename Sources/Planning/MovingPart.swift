// Which number of an entry moves, for the picture: the share, and beside it the first attribute of the fault that is not
// a constant.

import Faults
import Scenario
import Units

/// A moving attribute of a fault, with how its values are written.
struct MovingPart {
    let attribute: String
    let moving: Moving
    let shape: AttributeShape

    init?(_ value: FaultValue) {
        guard let declaration = Catalogue.standard[value.name] else { return nil }
        for attribute in declaration.attributes {
            guard let written = value[attribute.name] else { continue }
            if let (name, moving, shape) = Self.moving(attribute.name, written, attribute.shape), moving.moves {
                (self.attribute, self.moving, self.shape) = (name, moving, shape)
                return
            }
        }
        return nil
    }

    private static func moving(
        _ name: String, _ value: AttributeValue, _ shape: AttributeShape
    ) -> (String, Moving, AttributeShape)? {
        switch value {
        case .magnitude(let moving): (name, moving, shape)
        case .jitter(let center, _): (name, center, .duration)
        case .amount(.fraction(let moving)): (name, moving, .percentage)
        case .amount(.bytes(let moving)), .extent(.bytes(let moving)): (name, moving, .byteCount)
        case .extent(.time(let moving)): (name, moving, .duration)
        case .quantiles(let quantiles):
            quantiles.last { $0.value.moves }.map {
                ("\(name) p\(Figures.digits($0.probability * 100))", $0.value, .duration)
            }
        case .group(let group):
            group.sorted { $0.key < $1.key }.lazy.compactMap { key, value in moving("\(name) \(key)", value, .duration)
            }
            .first { $0.1.moves }
        default: nil
        }
    }

    func words(_ value: Double) -> String {
        switch base(shape) {
        case .percentage: Figures.percentage(value)
        case .byteCount: ByteCount(Int64(min(max(value.rounded(), 0), 9e18))).description
        case .byteRate: ByteRate(bytesPerSecond: value).description
        case .eventRate: EventRate(perSecond: value).description
        case .duration, .durationWithJitter: Figures.time(TimeSpan(seconds: value))
        default: Figures.digits(value)
        }
    }

    private func base(_ shape: AttributeShape) -> AttributeShape {
        if case .either(_, let other) = shape { base(other) } else { shape }
    }
}
