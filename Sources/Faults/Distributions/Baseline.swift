// What the dependency does by itself: the distribution against which `latency: to` ranks a measured time to first byte.
// Measured while no fault was live and frozen while the entry is; or written in the file.

/// F of the dependency's time to first byte.
package struct Baseline: Sendable {
    /// With fewer samples a rank says too little.
    package static let fewestSamples = 1_000
    /// Older ones are left out.
    package static let mostSamples = 10_000

    private enum Source: Sendable {
        case samples([Double])
        case curve(Distribution)
    }

    private let source: Source

    /// From measured `seconds`, in the order in which they came; nil when there are too few.
    package init?(seconds: [Double]) {
        guard seconds.count >= Self.fewestSamples else { return nil }
        source = .samples(seconds.suffix(Self.mostSamples).sorted())
    }

    /// From a distribution that the file gives.
    package init(_ distribution: Distribution) {
        source = .curve(distribution)
    }

    /// The rank of `seconds`, clipped to half a sample from both ends.
    package func rank(_ seconds: Double) -> Double {
        switch source {
        case .samples(let samples):
            let half = 0.5 / Double(samples.count)
            return min(max(Self.share(of: samples, under: seconds), half), 1 - half)
        case .curve(let distribution):
            let half = 0.5 / Double(Self.mostSamples)
            return min(max(distribution.cumulative(seconds), half), 1 - half)
        }
    }

    /// The empirical distribution, straight between neighbours, ties in their middle; O(log n).
    private static func share(of samples: [Double], under seconds: Double) -> Double {
        let below = firstIndex(in: samples) { $0 >= seconds }
        let through = firstIndex(in: samples) { $0 > seconds }
        if through > below { return (Double(below) + Double(through)) / 2 / Double(samples.count) }
        guard below > 0, below < samples.count else { return below == 0 ? 0 : 1 }
        let step = (seconds - samples[below - 1]) / (samples[below] - samples[below - 1])
        return (Double(below) - 0.5 + step) / Double(samples.count)
    }

    private static func firstIndex(in samples: [Double], _ holds: (Double) -> Bool) -> Int {
        var (low, high) = (0, samples.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(samples[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
