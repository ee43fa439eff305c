// What the caller went through, counted by the caller itself: nothing here comes from the proxy.

package import Units

/// The caller's counts and the latencies of its requests.
package struct CallerTally: Sendable {
    /// Beyond these, latencies are not kept any more (requests are still counted).
    static let latenciesMaximum = 1_000_000

    package internal(set) var requests = 0
    package internal(set) var succeeded = 0
    package internal(set) var failed = 0
    /// Neither, when the caller's patience at the end was over.
    package internal(set) var unfinished = 0
    package internal(set) var attempts = 0
    package internal(set) var retries = 0
    package internal(set) var timeouts = 0
    package internal(set) var refused = 0
    /// Connections that ended in the middle of an attempt, and answers that were none.
    package internal(set) var broken = 0
    package internal(set) var statuses: [Int: Int] = [:]
    package internal(set) var connectionsOpened = 0
    package internal(set) var connectionsMost = 0
    package internal(set) var waitedForConnection = 0
    package internal(set) var turnedAway = 0
    private var latencies: [TimeSpan] = []

    mutating func count(_ result: AttemptResult) {
        switch result {
        case .answer(let status, _): statuses[status, default: 0] += 1
        case .timedOut: timeouts += 1
        case .refused: refused += 1
        case .broken: broken += 1
        }
    }

    mutating func note(_ latency: TimeSpan) {
        if latencies.count < Self.latenciesMaximum { latencies.append(latency) }
    }

    /// The latencies that the shares of requests stay under (nearest rank); nil without requests. O(n log n).
    package func percentiles(_ shares: [Double]) -> [TimeSpan]? {
        guard !latencies.isEmpty else { return nil }
        let sorted = latencies.sorted()
        return shares.map { share in
            sorted[min(max(Int((share * Double(sorted.count)).rounded(.up)) - 1, 0), sorted.count - 1)]
        }
    }

    /// Attempts per request; 1 where nothing was tried again.
    package var amplification: Double { requests == 0 ? 1 : Double(attempts) / Double(requests) }
}
