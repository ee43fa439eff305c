// How long a built-in origin works on a request: log-normal through two percentiles, cut off at a maximum. By default
// what the founding incident calls healthy: 20 ms in the middle, 200 ms at the 99th percentile.

import Foundation
package import Units

/// A distribution of service times.
package struct ServiceTime: Sendable, Hashable {
    /// The 99th percentile of the standard normal distribution.
    private static let probit99 = 2.326_347_874_040_841

    package var p50: TimeSpan
    package var p99: TimeSpan
    package var longest: TimeSpan

    package init(
        p50: TimeSpan = .milliseconds(20), p99: TimeSpan = .milliseconds(200), longest: TimeSpan = .milliseconds(500)
    ) {
        self.p50 = p50
        self.p99 = p99
        self.longest = longest
    }

    /// The same time for every request.
    package static func fixed(_ span: TimeSpan) -> ServiceTime { ServiceTime(p50: span, p99: span, longest: span) }

    func draw(_ dice: inout DemoDice) -> TimeSpan {
        guard p99 > p50, p50 > .zero else { return min(p50, longest) }
        let sigma = log(p99.seconds / p50.seconds) / Self.probit99
        return min(TimeSpan(seconds: p50.seconds * exp(sigma * dice.normal())), longest)
    }
}
