// latency: extra time. On http it holds one exchange, before the request goes on or after the response is there; on tcp it
// holds each chunk from its arrival, order kept. Open and idle connections feel it from their next exchange or chunk on.
// When the entry ends, what it held is released at once.
//
// `to` and `times` depend on what the dependency took: they leave an inflation in the plan, which the response head
// resolves. Everything else is a draw from a quantile function.

package import Scenario
import Units

/// `latency: 800ms`, `latency: {p50: 900ms, p99: 8s}` and the other forms of `LatencyForm`.
package struct Latency: Sendable {
    package enum Hold: String, Sendable, Hashable, CaseIterable { case after, before }

    /// Longer than any run's patience; bounds the tail of a Pareto.
    static let longest = 86_400.0

    package static let declaration = FaultDeclaration(
        name: "latency", levels: [.exchange, .stream],
        summary: "Extra time.", attributes: LatencyForm.attributes,
        shorthand: "fixed",
        actsBeforeResponse: { $0["hold"]?.word == Hold.before.rawValue }, validate: LatencyForm.problems)

    /// What it adds, where that does not depend on the dependency.
    package let added: MovingDistribution?
    private let target: MovingDistribution?
    private let baseline: Baseline?
    private let times: Magnitude?
    private let correlation: CorrelatedDraw
    private let hold: Hold
    private let state: EntryState

    init(_ value: FaultValue, _ setting: FaultSetting) {
        target = value.quantiles("to").map { MovingDistribution(.quantiles($0)) }
        times = value.magnitude("times")
        added = target == nil && times == nil ? MovingDistribution(LatencyForm.form(value)) : nil
        baseline =
            value.quantiles("baseline").map {
                Baseline(MovingDistribution(.quantiles($0)).frozen(at: .zero, of: .zero))
            }
            ?? setting.baseline
        correlation = CorrelatedDraw(correlation: value.moving("correlation")?.bounds.lowerBound ?? 0)
        hold = value.word("hold") ?? (setting.direction == .upstream && added != nil ? .before : .after)
        state = setting.state
    }

    /// Whether it needs the dependency's time to first byte.
    package var needsMeasure: Bool { added == nil }

    /// Whether it is `to` without anything to rank by: its run can only be inconclusive.
    package var lacksBaseline: Bool { target != nil && baseline == nil }

    /// How much longer the dependency takes, for `times`; nil for the other forms.
    func factor(at elapsed: TimeSpan, of length: TimeSpan) -> Double? { times?.value(at: elapsed, of: length) }

    /// What total time `to` aims at; nil for the other forms.
    func target(at elapsed: TimeSpan, of length: TimeSpan) -> Distribution? { target?.frozen(at: elapsed, of: length) }

    /// The extra time of ordinal `ordinal`; zero for `to` and `times`.
    func draw(_ dice: Dice, ordinal: UInt64, _ elapsed: TimeSpan, of length: TimeSpan) -> TimeSpan {
        guard let added else { return .zero }
        let unit = correlation.unit(dice, ordinal, lane: Lane.magnitude)
        return TimeSpan(seconds: min(added.frozen(at: elapsed, of: length).quantile(unit), Self.longest))
    }

    func act(on plan: inout ExchangePlan, _ moment: Moment, place: Int) {
        if let kind = inflation(moment) {
            plan.inflations.append(Inflation(place: place, kind: kind))
            if lacksBaseline { state.count(.unmeasured) }
            return
        }
        let delay = draw(
            moment.dice, ordinal: moment.ordinal, moment.clock.elapsed(moment.now), of: moment.clock.length)
        switch hold {
        case .before: plan.before += delay
        case .after: plan.after += delay
        }
        plan.fired[place].asked += delay
        plan.fired[place].place = hold == .before ? .before : .after
    }

    /// The delays of one stream, drawn from a key of its own.
    func line(_ moment: Moment) -> DelayLine {
        DelayLine(
            latency: self, dice: moment.dice, clock: moment.clock,
            key: moment.dice.word(moment.ordinal, lane: Lane.stream))
    }

    private func inflation(_ moment: Moment) -> Inflation.Kind? {
        if let target {
            let drawn = correlation.unit(moment.dice, moment.ordinal, lane: Lane.magnitude)
            let frozen = target.frozen(at: moment.clock.elapsed(moment.now), of: moment.clock.length)
            return .toward(target: frozen, baseline: baseline, drawn: drawn)
        }
        return times.map { .times(moment.value($0)) }
    }
}
