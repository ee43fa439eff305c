// A magnitude that may move during its phase. Everything is a Double in the base unit of its
// attribute (seconds, fraction, bytes, bytes per second, events per second); the decoder knows the unit.
//
//      constant ────   ramp ──╱──   wave ∿∿∿   flap ▁▔▁▔   steps ▁▂▃

import Foundation
package import Units

/// A magnitude as a function of the time since its entry went live.
package enum Moving: Hashable, Sendable {
    case constant(Double)
    /// From one value to the other over `over` (nil: the whole phase), then stays there.
    case ramp(from: Double, to: Double, curve: Curve, over: TimeSpan?)
    case wave(shape: WaveShape, low: Double, high: Double, period: TimeSpan)
    /// `value` for `up`, zero for `down`, and again.
    case flap(value: Double, up: TimeSpan, down: TimeSpan)
    /// Equal parts of the phase.
    case steps([Double])

    package enum Curve: String, Hashable, Sendable, CaseIterable { case linear, exponential }
    package enum WaveShape: String, Hashable, Sendable, CaseIterable { case sine, square, saw, triangle }

    /// The value `elapsed` after the entry went live in a stretch of `length`; O(1).
    package func value(at elapsed: TimeSpan, of length: TimeSpan) -> Double {
        switch self {
        case .constant(let value): value
        case .ramp(let from, let to, let curve, let over):
            Self.ramp(from, to, curve, fraction: Self.fraction(elapsed, of: over ?? length))
        case .wave(let shape, let low, let high, let period):
            low + (high - low) * Self.wave(shape, turn: Self.turn(elapsed, period))
        case .flap(let value, let up, let down):
            elapsed.seconds.truncatingRemainder(dividingBy: up.seconds + down.seconds) < up.seconds ? value : 0
        case .steps(let values):
            values[min(Int(Self.fraction(elapsed, of: length) * Double(values.count)), values.count - 1)]
        }
    }

    private static func fraction(_ elapsed: TimeSpan, of length: TimeSpan) -> Double {
        guard length > .zero else { return 1 }
        return min(max(elapsed.seconds / length.seconds, 0), 1)
    }

    private static func turn(_ elapsed: TimeSpan, _ period: TimeSpan) -> Double {
        let turns = elapsed.seconds / period.seconds
        return turns - turns.rounded(.down)
    }

    private static func ramp(_ from: Double, _ to: Double, _ curve: Curve, fraction: Double) -> Double {
        switch curve {
        case .linear: from + (to - from) * fraction
        case .exponential: from * pow(to / from, fraction)
        }
    }

    private static func wave(_ shape: WaveShape, turn: Double) -> Double {
        switch shape {
        case .sine: (1 - cos(2 * .pi * turn)) / 2
        case .square: turn < 0.5 ? 1 : 0
        case .saw: turn
        case .triangle: turn < 0.5 ? 2 * turn : 2 - 2 * turn
        }
    }
}
