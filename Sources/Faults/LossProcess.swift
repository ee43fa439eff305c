// Which packets of a stream are lost: a function of the packet's number and, for bursts, of a state that the stream keeps.
//
//     Bernoulli          each with the same chance; neighbours may resemble each other (`correlation`)
//     Gilbert-Elliott    good ──p──► bad        in good a packet passes with k, in bad with h
//                        good ◄──r── bad        (Gilbert 1960, Elliott 1963; lost on average: see `meanLoss`)
//
// A burst of Gilbert's channel (h = 0) has 1/r packets on average, geometrically distributed.

import Scenario
import Units

/// The law by which packets are lost.
package struct LossProcess: Sendable {
    /// What a stream remembers between two packets.
    package struct State: Sendable, Hashable, BitwiseCopyable {
        /// nil: no packet yet; the first finds the channel as a long run would leave it.
        var isBad: Bool?
        package init() {}
    }

    private enum Law: Sendable {
        case bernoulli(rate: Magnitude, CorrelatedDraw)
        case gilbertElliott(p: Double, r: Double, h: Double, k: Double)
    }

    private let law: Law

    package init(rate: Magnitude, correlation: Double) {
        law = .bernoulli(rate: rate, CorrelatedDraw(correlation: correlation))
    }

    package init(p: Double, r: Double, h: Double, k: Double) {
        law = .gilbertElliott(p: p, r: r, h: h, k: k)
    }

    init(_ value: FaultValue) {
        guard let channel = value.group("gilbert_elliott") else {
            self.init(
                rate: value.magnitude("rate") ?? Magnitude(0),
                correlation: value.moving("correlation")?.bounds.lowerBound ?? 0)
            return
        }
        func part(_ name: String, _ absent: Double) -> Double { channel[name]?.moving?.bounds.lowerBound ?? absent }
        self.init(p: part("p", 0), r: part("r", 1), h: part("h", 0), k: part("k", 1))
    }

    /// Whether packet `number` of the stream `key` is lost; call once per packet, in order.
    func loses(_ number: UInt64, of key: UInt64, _ dice: Dice, state: inout State, rate: (Magnitude) -> Double) -> Bool
    {
        switch law {
        case .bernoulli(let magnitude, let correlated):
            return correlated.unit(dice, key &+ number, lane: Lane.loss) < rate(magnitude)
        case .gilbertElliott(let p, let r, let h, let k):
            let turn = dice.unit(key &+ number, lane: Lane.channel)
            let isBad = state.isBad.map { $0 ? turn >= r : turn < p } ?? (turn < Self.badShare(p, r))
            state.isBad = isBad
            return dice.unit(key &+ number, lane: Lane.loss) >= (isBad ? h : k)
        }
    }

    /// The share of packets lost in the long run.
    package func meanLoss(_ rate: (Magnitude) -> Double) -> Double {
        switch law {
        case .bernoulli(let magnitude, _): return rate(magnitude)
        case .gilbertElliott(let p, let r, let h, let k):
            let bad = Self.badShare(p, r)
            return bad * (1 - h) + (1 - bad) * (1 - k)
        }
    }

    /// How long the channel is bad, in the long run; never, where it cannot change.
    private static func badShare(_ p: Double, _ r: Double) -> Double { p + r > 0 ? p / (p + r) : 0 }
}
