// The last minute of one figure as a row of bars. Each bar stands for as many seconds as the width asks for; which seconds
// share a bar does not change while time goes on, so that bars move and never flicker.

/// Figures of the last seconds.
package struct FigureHistory: Sendable, Hashable {
    /// How many seconds are kept.
    package static let capacity = 120
    /// How many are drawn.
    static let drawn = 60

    private var figures: [Double?] = []
    /// How many there ever were.
    private var count = 0

    package init() {}

    package var last: Double? { figures.last ?? nil }

    package mutating func add(_ figure: Double?) {
        figures.append(figure)
        count += 1
        if figures.count > Self.capacity { figures.removeFirst() }
    }

    /// The last minute, or a little more where the width holds it, in at most `width` bars, the newest last; each holds what was
    /// seen in its seconds.
    func bars(_ width: Int) -> [[Double]] {
        guard width > 0 else { return [] }
        let share = max(1, (Self.drawn + width - 1) / width)
        let first = count - figures.count
        var bars: [[Double]] = []
        var lastBar = -1
        for (index, figure) in figures.enumerated() {
            let bar = (first + index) / share
            if bar != lastBar { bars.append([]) }
            lastBar = bar
            if let figure { bars[bars.count - 1].append(figure) }
        }
        return bars.suffix(min(width, Self.drawn))
    }
}

/// Draws a history.
enum Sparkline {
    private static let heights = Array("▁▂▃▄▅▆▇█")

    /// `figure`: what stands for the seconds of one bar. Blank where nothing was measured; right-aligned.
    static func text(
        _ history: FigureHistory, width: Int, from low: Double, to high: Double,
        rounding: FloatingPointRoundingRule = .up, _ figure: ([Double]) -> Double?
    ) -> String {
        let bars = history.bars(width).map { seconds in
            figure(seconds).map { Self.bar(($0 - low) / max(high - low, 1e-9), rounding) } ?? " "
        }
        return String(repeating: " ", count: width - bars.count) + String(bars)
    }

    /// An eighth of the height for each eighth of `share`, and one at least.
    private static func bar(_ share: Double, _ rounding: FloatingPointRoundingRule) -> Character {
        heights[min(max(Int((share * 8).rounded(rounding)) - 1, 0), 7)]
    }

    static func mean(_ figures: [Double]) -> Double? {
        figures.isEmpty ? nil : figures.reduce(0, +) / Double(figures.count)
    }
}

extension FigureHistory {
    /// Requests per second, from nothing to the most seen.
    func rateLine(_ width: Int) -> String {
        Sparkline.text(self, width: width, from: 0, to: highest, Sparkline.mean)
    }

    /// Successes from the worst seen, at least from 90 % on, to all. A bar is as low as the worst of its seconds, and no failure is
    /// rounded away: the full height means all.
    func successLine(_ width: Int) -> String {
        Sparkline.text(self, width: width, from: min(0.9, lowest), to: 1, rounding: .down) { $0.min() }
    }

    /// Latencies from nothing to the longest seen; a bar is as high as the worst of its seconds.
    func latencyLine(_ width: Int) -> String {
        Sparkline.text(self, width: width, from: 0, to: highest) { $0.max() }
    }

    private var highest: Double { figuresShown.max() ?? 0 }
    private var lowest: Double { figuresShown.min() ?? 1 }
    private var figuresShown: [Double] { bars(Self.drawn).flatMap { $0 } }
}
