// What programs read: the metrics and the description of the API itself.

import EventLoop
import Scenario

extension Route {
    private static let metricsType = "text/plain; version=0.0.4; charset=utf-8"

    static let documents: [Route] = [
        Route(
            method: .get, template: "/metrics", name: "metrics", about: "Everything counted, for Prometheus.",
            answers: [.text("The metrics.", type: metricsType)],
            act: { api, _ in .answer(.text(type: metricsType, Array(api.desk.metrics().utf8))) }),
        Route(
            method: .get, template: "/v1/openapi.json", name: "openapi", about: "This document.",
            answers: [
                RouteAnswer(
                    status: 200, about: "OpenAPI 3.1.", schema: .object(["type": .text("object")]))
            ],
            act: { _, _ in .answer(.json(RouteTable.standard.document)) }),
    ]
}
