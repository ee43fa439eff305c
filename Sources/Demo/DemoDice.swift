// The demo's own draws: a small seeded generator (SplitMix64), and what service times and arrivals need of it.

import Foundation

/// A seeded source of draws, for one thread.
struct DemoDice {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func word() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Even over 0…1, both ends excluded.
    mutating func unit() -> Double { (Double(word() >> 11) + 0.5) * 0x1p-53 }

    /// The wait for the next of events that come independently, on average one every `mean`.
    mutating func exponential(mean: Double) -> Double { -mean * log(unit()) }

    /// Standard normal (Box and Muller).
    mutating func normal() -> Double { (-2 * log(unit())).squareRoot() * cos(2 * .pi * unit()) }
}
