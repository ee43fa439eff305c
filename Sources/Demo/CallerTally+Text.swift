// The caller's own view, for the end of the demo's report: 80 columns, plain text.

import Foundation
import Units

extension CallerTally {
    /// A few lines for people.
    package func text(_ options: CallerOptions) -> String {
        var lines = ["The caller's own view"]
        lines.append(row("policy", Self.policy(options)))
        lines.append(
            row("requests", "\(requests): \(succeeded) served (\(share(succeeded))), \(failed) failed" + unended))
        lines.append(row("attempts", "\(attempts), \(fixed(amplification, 2)) per request; \(retries) were retries"))
        lines.append(row("answers", answers))
        lines.append(row("no answer", "\(timeouts) timed out, \(refused) refused, \(broken) broken off"))
        if let times = percentiles([0.5, 0.9, 0.99, 1]) {
            let named = zip(["p50", "p90", "p99", "longest"], times).map { "\($0) \(Self.words($1))" }
            lines.append(row("latency", named.joined(separator: ", ") + ", retries included"))
        }
        lines.append(row("connections", connections))
        return lines.joined(separator: "\n")
    }

    private static func policy(_ options: CallerOptions) -> String {
        let retry = options.retry
        return "\(fixed(options.requestsPerSecond, 0)) requests/s, time-out \(words(retry.attemptTimeout)),"
            + " \(retry.retriesMaximum) retries, exponential, full jitter"
    }

    private var unended: String { unfinished == 0 ? "" : ", \(unfinished) unfinished" }

    private var answers: String {
        let counted = statuses.sorted { $0.key < $1.key }.map { "\($0.value) x \($0.key)" }
        return counted.isEmpty ? "none" : counted.joined(separator: ", ")
    }

    private var connections: String {
        var text = "\(connectionsOpened) opened, \(connectionsMost) at once at most"
        if waitedForConnection > 0 { text += ", \(waitedForConnection) waits for one" }
        if turnedAway > 0 { text += ", \(turnedAway) requests turned away" }
        return text
    }

    private func share(_ count: Int) -> String {
        requests == 0 ? "-" : Self.fixed(100 * Double(count) / Double(requests), 2) + "%"
    }

    private func fixed(_ value: Double, _ digits: Int) -> String { Self.fixed(value, digits) }

    private static func fixed(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }

    private func row(_ name: String, _ text: String) -> String {
        "  " + name.padding(toLength: 13, withPad: " ", startingAt: 0) + text
    }

    private static func words(_ span: TimeSpan) -> String {
        span >= .seconds(1)
            ? fixed(span.seconds, span.nanoseconds % 1_000_000_000 == 0 ? 0 : 2) + "s"
            : fixed(span.milliseconds, 0) + "ms"
    }
}
