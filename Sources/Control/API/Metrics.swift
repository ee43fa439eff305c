// The metrics page in the Prometheus text format. Counters are those of the process: they go on over runs and changes of
// services. The values of labels are ours or a file's; long ones are cut, and what there can be many of is bounded.

import Foundation
import Observation
import Proxy
import Scenario
import Units

/// One page.
struct MetricsPage {
    private(set) var text = ""

    /// A label with its value.
    typealias Labels = KeyValuePairs<String, String>

    mutating func family(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    mutating func sample(_ name: String, _ labels: Labels, _ value: Double) {
        let written = labels.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
        text += written.isEmpty ? name : "\(name){\(written)}"
        text += " \(Self.number(value))\n"
    }

    mutating func sample(_ name: String, _ labels: Labels, _ value: Int) {
        sample(name, labels, Double(value))
    }

    private static let longestLabel = 120

    private static func escaped(_ value: String) -> String {
        // By scalar: a quote with a combining mark behind it is another character, and a quote all the same.
        shortened(value).unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    /// Long values end with a hash of the whole (FNV-1a), so that no two become one.
    private static func shortened(_ value: String) -> String {
        guard value.unicodeScalars.count > longestLabel else { return value }
        let hash = value.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let mark = "…" + String(hash, radix: 16)
        return String(String.UnicodeScalarView(value.unicodeScalars.prefix(longestLabel - mark.count))) + mark
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }
}

extension ControlDesk {
    /// Everything that there is to be scraped.
    func metrics() -> String {
        var page = MetricsPage()
        process(&page)
        connections(&page)
        exchanges(&page)
        latencies(&page)
        faults(&page)
        return page.text
    }

    private func process(_ page: inout MetricsPage) {
        page.family("brownout_build_info", "gauge", "The version that runs; always 1.")
        page.sample("brownout_build_info", ["version": Version.current], 1)
        page.family("brownout_loop_lag_seconds", "gauge", "How late the slowest worker's loop was at its last tick.")
        page.sample("brownout_loop_lag_seconds", [:], server.loopLag.seconds)
        page.family("brownout_held_bytes", "gauge", "Bytes that faults hold back at the moment.")
        page.sample("brownout_held_bytes", [:], server.heldBytes)
        page.family("brownout_records_dropped_total", "counter", "Records lost for want of room in a ring.")
        page.sample("brownout_records_dropped_total", [:], Double(server.droppedRecords))
        page.family("brownout_descriptor_exhaustions_total", "counter", "Times that no descriptor was left.")
        page.sample("brownout_descriptor_exhaustions_total", [:], server.exhaustions)
        page.family("brownout_plans_expired_total", "counter", "Plans that workers dropped by themselves.")
        page.sample("brownout_plans_expired_total", [:], server.droppedPlans)
        page.family("brownout_run_active", "gauge", "1 while a run is being played.")
        page.sample("brownout_run_active", [:], runs.current == nil ? 0 : 1)
    }

    private func connections(_ page: inout MetricsPage) {
        let services = services
        page.family("brownout_connections_accepted_total", "counter", "Callers' connections accepted.")
        for service in services {
            page.sample("brownout_connections_accepted_total", ["service": service.name], service.counts.accepted)
        }
        page.family("brownout_connections_open", "gauge", "Callers' connections open now.")
        for service in services {
            page.sample("brownout_connections_open", ["service": service.name], service.counts.open)
        }
        page.family("brownout_exchanges_in_flight", "gauge", "Exchanges begun and not finished.")
        for service in services {
            page.sample("brownout_exchanges_in_flight", ["service": service.name], service.counts.inFlight)
        }
        page.family("brownout_bytes_total", "counter", "Bytes passed on, those of open connections included.")
        for service in services {
            let counts = service.counts
            page.sample(
                "brownout_bytes_total", ["service": service.name, "direction": "upstream"], counts.bytesUpstream)
            page.sample(
                "brownout_bytes_total", ["service": service.name, "direction": "downstream"], counts.bytesDownstream)
        }
        page.family("brownout_service_enabled", "gauge", "1 while the service accepts connections.")
        for service in services {
            page.sample("brownout_service_enabled", ["service": service.name], service.isEnabled ? 1 : 0)
        }
    }

    private func exchanges(_ page: inout MetricsPage) {
        page.family(
            "brownout_requests_total", "counter", "Exchanges that are over, and TCP connections (status none).")
        for cell in meter.cells {
            let place = meter.places[cell.place]
            page.sample(
                "brownout_requests_total",
                [
                    "service": place.service, "endpoint": place.endpoint, "zone": place.zone,
                    "protocol": cell.isTCP ? "tcp" : "http", "status": cell.word,
                    "outcome": cell.outcome.word, "fault": cell.isUnderFault ? "true" : "false",
                ], cell.count)
        }
        page.family("brownout_exchange_bytes_total", "counter", "Bytes of exchanges and connections that are over.")
        for (number, place) in meter.places.enumerated() {
            let cells = meter.cells.filter { $0.place == number }
            for (direction, bytes) in [("upstream", \TrafficMeter.Cell.bytesUp), ("downstream", \.bytesDown)] {
                page.sample(
                    "brownout_exchange_bytes_total",
                    [
                        "service": place.service, "endpoint": place.endpoint, "zone": place.zone,
                        "direction": direction,
                    ], cells.reduce(0.0) { $0 + Double($1[keyPath: bytes]) })
            }
        }
    }

    private func latencies(_ page: inout MetricsPage) {
        let name = "brownout_request_duration_seconds"
        page.family(name, "histogram", "From the head received to the last byte sent, injected delay included.")
        for (place, latency) in zip(meter.places, meter.latencies) {
            var sum = 0
            for (bound, count) in zip(DurationBuckets.bounds.map { "\($0)" } + ["+Inf"], latency.counts) {
                sum += count
                page.sample(
                    "\(name)_bucket",
                    ["service": place.service, "endpoint": place.endpoint, "zone": place.zone, "le": bound], sum)
            }
            let labels: MetricsPage.Labels = [
                "service": place.service, "endpoint": place.endpoint, "zone": place.zone,
            ]
            page.sample("\(name)_sum", labels, latency.sum)
            page.sample("\(name)_count", labels, sum)
        }
    }

    private func faults(_ page: inout MetricsPage) {
        page.family("brownout_injections_total", "counter", "Times that a fault acted.")
        for (fault, count) in meter.injections.sorted(by: { $0.key.name < $1.key.name }) {
            page.sample("brownout_injections_total", ["fault": fault.name, "kind": fault.kind], count)
        }
        page.family("brownout_fault_live", "gauge", "1 for each fault in force.")
        var seen: Set<String> = []
        for fault in faults where fault.isInForce && seen.insert(fault.name).inserted {
            page.sample("brownout_fault_live", ["fault": fault.name, "kind": fault.kind], 1)
        }
    }
}

extension TrafficMeter.Cell {
    /// The status as a label.
    fileprivate var word: String {
        status == 0 ? "none" : (100...599).contains(status) ? "\(status)" : "other"
    }
}
