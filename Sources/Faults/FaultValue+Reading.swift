// Decoded attributes as faults read them. What is absent is nil: the fault has the default.

import Scenario
import Units

extension FaultValue {
    func moving(_ name: String) -> Moving? { self[name]?.moving }
    func magnitude(_ name: String) -> Magnitude? { moving(name).map(Magnitude.init) }
    func word<Word: RawRepresentable>(_ name: String) -> Word? where Word.RawValue == String {
        self[name]?.word.flatMap(Word.init)
    }

    func text(_ name: String) -> String? {
        if case .text(let text) = self[name] { text } else { nil }
    }

    func flag(_ name: String) -> Bool? {
        if case .boolean(let flag) = self[name] { flag } else { nil }
    }

    func group(_ name: String) -> [String: AttributeValue]? {
        if case .group(let group) = self[name] { group } else { nil }
    }

    func quantiles(_ name: String) -> [Quantile]? {
        if case .quantiles(let quantiles) = self[name] { quantiles } else { nil }
    }

    func headers(_ name: String) -> [HeaderField]? {
        if case .headers(let fields) = self[name] { fields } else { nil }
    }
}

extension AttributeValue {
    /// A number of any kind.
    var moving: Moving? {
        switch self {
        case .magnitude(let moving): moving
        case .integer(let integer): .constant(Double(integer))
        default: nil
        }
    }

    var word: String? {
        switch self {
        case .word(let word), .text(let word): word
        default: nil
        }
    }
}

extension Moving {
    /// The smallest and the largest value that it takes.
    var bounds: ClosedRange<Double> {
        switch self {
        case .constant(let value): value...value
        case .ramp(let from, let to, _, _): min(from, to)...max(from, to)
        case .wave(_, let low, let high, _): min(low, high)...max(low, high)
        case .flap(let value, _, _): min(value, 0)...max(value, 0)
        case .steps(let values): (values.min() ?? 0)...(values.max() ?? 0)
        }
    }
}
