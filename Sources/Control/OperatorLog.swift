// What somebody who runs the proxy can act on, said once when it begins and at most every ten seconds: descriptors that
// ran out, records that did not fit, listeners that could not be black-holed, plans that nobody renewed.

import Logging
import Proxy
import Units

/// Watches the workers' counters for trouble.
final class OperatorLog {
    private struct Trouble {
        let text: String
        /// Whoever reads the report should know, too.
        let isForReport: Bool
        let count: (ProxyServer) -> Int
        var seen = 0
        var saidAt: Instant?
    }

    private let server: ProxyServer
    private let logger = Logger(label: "brownout")
    private var troubles = [
        Trouble(text: "out of descriptors: accepting pauses until some are free (ulimit -n)", isForReport: true) {
            $0.exhaustions
        },
        Trouble(text: "records dropped: more traffic than the control thread could take in", isForReport: false) {
            Int(clamping: $0.droppedRecords)
        },
        Trouble(
            text: "this kernel lets a listener drop no SYNs: connections are accepted and left to hang instead",
            isForReport: true
        ) { $0.blackHoleFallbacks },
        Trouble(
            text: "faults were off for a moment: the control thread did not renew their lease in time",
            isForReport: true
        ) { $0.droppedPlans },
    ]

    private static let silence = TimeSpan.seconds(10)

    init(_ server: ProxyServer) {
        self.server = server
        for index in troubles.indices { troubles[index].seen = troubles[index].count(server) }
    }

    /// Logs what is new; answers what belongs into the report, once each.
    func look(at now: Instant) -> [String] {
        var notes: [String] = []
        for index in troubles.indices {
            let count = troubles[index].count(server)
            guard count > troubles[index].seen else { continue }
            if let saidAt = troubles[index].saidAt, now - saidAt < Self.silence { continue }
            logger.warning("\(troubles[index].text)", metadata: ["count": "\(count - troubles[index].seen)"])
            if troubles[index].saidAt == nil, troubles[index].isForReport { notes.append(troubles[index].text) }
            troubles[index].seen = count
            troubles[index].saidAt = now
        }
        return notes
    }
}
