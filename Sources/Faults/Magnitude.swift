// A moving quantity as the request path wants it: nearly all are constants, and a constant must cost one load and one
// branch. What moves lies in a box, so that copying a rule's parameters copies no array.

package import Scenario
package import Units

/// A `Moving` whose constants are cheap.
package struct Magnitude: Sendable {
    private let constant: Double
    private let box: Box?

    private final class Box: Sendable {
        let moving: Moving
        init(_ moving: Moving) { self.moving = moving }
    }

    package init(_ moving: Moving) {
        if case .constant(let value) = moving {
            (constant, box) = (value, nil)
        } else {
            (constant, box) = (0, Box(moving))
        }
    }

    package init(_ constant: Double) { self.init(.constant(constant)) }

    package var moves: Bool { box != nil }

    /// The value now, in the base unit.
    package func value(_ clock: RuleClock, now: Instant) -> Double {
        guard let box else { return constant }
        return box.moving.value(at: clock.elapsed(now), of: clock.length)
    }

    /// The value `elapsed` into a stretch of `length`.
    package func value(at elapsed: TimeSpan, of length: TimeSpan) -> Double {
        guard let box else { return constant }
        return box.moving.value(at: elapsed, of: length)
    }
}

/// A count from a magnitude: never negative, and nothing that 64 bits do not hold.
func wholeCount(_ value: Double) -> Int64 {
    value >= 9.2e18 ? .max : value > 0 ? Int64(value) : 0
}
