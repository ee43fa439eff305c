// Probes, the status and the events.

import EventLoop
import Proxy
import Scenario

extension Route {
    static let probes: [Route] = [
        Route(
            method: .get, template: "/healthz", name: "healthz", about: "Whether the control thread is alive.",
            answers: [.text("It is.", type: "text/plain; charset=utf-8")], isOpen: true,
            act: { _, _ in .answer(.text(type: "text/plain; charset=utf-8", Array("ok\n".utf8))) }),
        Route(
            method: .get, template: "/readyz", name: "readyz",
            about: "Whether the workers are there and follow the latest plan.",
            answers: [
                .text("They do.", type: "text/plain; charset=utf-8"), .busy,
            ], isOpen: true,
            act: { api, _ throws(ControlError) in
                guard api.desk.server.follows(api.desk.planVersion) else {
                    throw ControlError(.busy, "the workers do not follow the latest plan yet")
                }
                return .answer(.text(type: "text/plain; charset=utf-8", Array("ready\n".utf8)))
            }),
    ]

    static let status: [Route] = [
        Route(
            method: .get, template: "/v1/status", name: "status", about: "The process at a glance.",
            answers: [.json("How everything stands.", StatusAnswer.self)],
            act: { api, _ in .answer(.json(api.desk.status(since: api.startedAt))) }),
        Route(
            method: .get, template: "/v1/events", name: "events",
            about: """
                Server-sent events: phases, faults, gates, guards, changes as they happen, and once a second `second` with \
                rates, percentiles and injections. A Last-Event-ID field brings what was missed.
                """,
            parameters: [.text("after", "As Last-Event-ID, for clients that cannot set the field.")],
            answers: [.text("Events without end.", type: "text/event-stream"), .invalid, .busy],
            act: { _, call in .events(after: call.request["last-event-id"].first ?? call["after"]) }),
    ]
}
