// Round moments for the axis of a timeline.

import Units

/// The ticks of an axis.
enum TimeTicks {
    private static let steps: [Double] = [
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600,
        7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000, 31_536_000,
    ]

    /// From zero to `length`, at most `most` of them besides zero.
    static func ticks(of length: TimeSpan, most: Int = 10) -> [TimeSpan] {
        guard length > .zero else { return [.zero] }
        let largest = steps[steps.count - 1]
        let step =
            steps.first { length.seconds / $0 <= Double(most) } ?? (length.seconds / Double(most) / largest).rounded(
                .up) * largest
        return (0...Int(length.seconds / step + 1e-9)).map { TimeSpan(seconds: Double($0) * step) }
    }
}
