// What a control plane answers, as sentences and tables for people. Pure.

package import Control
import Observation
import Units

/// Answers in words.
package enum ControlText {
    /// "in brownout at 3m12s of 11m, run at 7m12s of 19m, paused".
    package static func words(_ position: PositionAnswer) -> String {
        let phases = position.phases.map { phase in
            "in \(phase.name) at \(whole(phase.elapsedSeconds)) of \(whole(phase.lengthSeconds))"
        }
        let run = "run \(position.id) at \(whole(position.elapsedSeconds)) of \(whole(position.lengthSeconds))"
        return (phases + [run] + [position.words].compactMap { $0 }).joined(separator: ", ")
    }

    /// "latency on payments, ends in 5m".
    package static func words(_ fault: FaultAnswer) -> String {
        let left = fault.timeLeftSeconds.map { ", ends in \(TimeSpan.seconds(Int64($0.rounded(.up))))" } ?? ""
        return "\(fault.kind) on \(fault.place)\(left)"
    }

    /// "http at 127.0.0.1:9001 -> 10.0.0.5:8080 (az-a)".
    package static func words(_ service: ServiceAnswer) -> String {
        let place = service.enabled ? service.bound.first ?? service.listen : "\(service.listen) (disabled)"
        return "\(service.protocol) at \(place) -> \(service.endpoints.map(words).joined(separator: ", "))"
    }

    private static func words(_ endpoint: ServiceAnswer.EndpointAnswer) -> String {
        endpoint.address + (endpoint.zone.map { " (\($0)\(endpoint.isDark ? ", dark" : ""))" } ?? "")
    }

    package static func lines(_ answer: FaultsAnswer) -> [String] {
        guard !answer.faults.isEmpty else { return ["no fault acts"] }
        var table = TextTable([
            .init(title: "fault"), .init(title: "kind"), .init(title: "where"),
            .init(title: "injected", isRightAligned: true),
            .init(title: "until"), .init(title: "by"),
        ])
        for fault in answer.faults {
            let until =
                fault.timeLeftSeconds.map { "\(whole($0)) left" } ?? fault.phase.map { "\($0) ends" } ?? "the run ends"
            table.add([
                fault.name, fault.kind, fault.place, fault.counts.injected.grouped,
                fault.isInForce ? until : "\(until), waits", fault.by ?? "the run",
            ])
        }
        return table.lines(width: .max, indent: 0)
    }

    package static func lines(_ answer: ServicesAnswer) -> [String] {
        guard !answer.services.isEmpty else { return ["there is no service"] }
        var table = TextTable([
            .init(title: "service"), .init(title: "protocol"), .init(title: "listens at"),
            .init(title: "connections", isRightAligned: true), .init(title: "rate", isRightAligned: true),
            .init(title: "success", isRightAligned: true), .init(title: "leads to"),
        ])
        for service in answer.services {
            table.add([
                service.name, service.protocol, service.enabled ? service.bound.first ?? service.listen : "disabled",
                "\(service.counters.openConnections)", service.figures?.ratePerSecond.asRate ?? "-",
                service.figures?.success?.asShare ?? "-", service.endpoints.map(words).joined(separator: ", "),
            ])
        }
        return table.lines(width: .max, indent: 0)
    }

    private static func whole(_ seconds: Double) -> TimeSpan { .seconds(Int64(seconds.rounded())) }
}

extension StatusBoard {
    /// As it stands now, for a look that does not stay.
    package init(_ status: StatusAnswer, asking client: ControlClient) throws(ClientError) {
        self.init(place: client.place.label)
        link = .live
        take(status)
        take(try client.ask(ControlRequest("GET", ["v1", "services"]), for: ServicesAnswer.self))
        take(try client.ask(ControlRequest("GET", ["v1", "faults"]), for: FaultsAnswer.self))
        if let id = status.run?.id {
            take(try? client.ask(ControlRequest("GET", ["v1", "runs", id]), for: RunAnswer.self))
        } else {
            let runs = try client.ask(ControlRequest("GET", ["v1", "runs"]), for: RunsAnswer.self).runs
            take(runs.last { $0.verdict != nil })
        }
    }
}
