// Services: look, put, remove, switch, move.

import EventLoop
import Foundation
import Scenario

extension Route {
    private static let name = RouteParameter.path("service", "The service's name.")

    static let services: [Route] = [
        Route(
            method: .get, template: "/v1/services", name: "services",
            about: "Every service with its endpoints, zones, state and counters.",
            answers: [.json("All of them.", ServicesAnswer.self)],
            act: { api, _ in
                let figures = api.desk.figures
                let services = api.desk.services.map { ServiceAnswer($0, figures: figures) }
                return .answer(.json(ServicesAnswer(services: services)))
            }),
        Route(
            method: .get, template: "/v1/services/{service}", name: "service", about: "One service.",
            parameters: [name], answers: [.json("This one.", ServiceAnswer.self), .invalid, .missing],
            act: { api, call throws(ControlError) in
                .answer(.json(try api.desk.answer(service: call.part("service"))))
            }),
        Route(
            method: .put, template: "/v1/services/{service}", name: "putService",
            about: """
                Adds the service, or changes it to this. While `listen` and `protocol` stay, nothing is cut; else its \
                connections are dropped and it is bound anew.
                """,
            parameters: [name, .flag("enabled", "false: a new service is not bound yet.")], body: .service,
            answers: [
                .json("Changed.", ServiceAnswer.self), .json(status: 201, "Added.", ServiceAnswer.self), .invalid,
                .conflict,
                .failed, .busy,
            ],
            compose: { call, world throws(ControlError) in
                let service = try world.service(call, named: call.part("service"))
                return { api, call throws(ControlError) in try api.put(service, call) }
            }),
        Route(
            method: .delete, template: "/v1/services/{service}", name: "removeService",
            about: "Closes its listeners and connections at once and forgets it.", parameters: [name],
            answers: [.done("Gone."), .invalid, .missing, .conflict, .busy],
            act: { api, call throws(ControlError) in
                try api.desk.removeService(call.part("service"), by: call.requester)
                return .answer(.nothing)
            }),
        toggle("enable", "Binds its listeners again.", true),
        toggle("disable", "Closes its listeners and connections at once; its rules stay.", false),
        Route(
            method: .post, template: "/v1/services/{service}/move", name: "moveService",
            about: "Leads it to another endpoint, for connections from now on; nothing is cut.",
            parameters: [
                name, .text("to", "host:port or unix:/path of the endpoint.", isRequired: true),
                .text("zone", "The endpoint's zone."),
            ],
            answers: [.json("Moved.", ServiceAnswer.self), .invalid, .missing, .conflict, .failed, .busy],
            act: { api, call throws(ControlError) in
                var service = try api.desk.service(named: call.part("service")).service
                service.endpoints = try call.endpoints(of: service)
                service.prefer = []
                try api.desk.changeService(service.name, to: service, by: call.requester)
                return .answer(.json(try api.desk.answer(service: service.name)))
            }),
    ]

    private static func toggle(_ verb: String, _ about: String, _ isEnabled: Bool) -> Route {
        Route(
            method: .post, template: "/v1/services/{service}/\(verb)", name: "\(verb)Service", about: about,
            parameters: [name],
            answers: [.json("So it is.", ServiceAnswer.self), .invalid, .missing, .conflict, .failed, .busy],
            act: { api, call throws(ControlError) in
                try api.desk.setEnabled(call.part("service"), isEnabled, by: call.requester)
                return .answer(.json(try api.desk.answer(service: call.part("service"))))
            })
    }
}

extension RouteBody {
    fileprivate static let service = RouteBody(
        about: "The service as it stands behind its name in a file, as JSON or YAML.",
        schemas: [
            "application/json": .component("service"),
            "application/yaml": .object(["type": .text("string")]),
        ])
}

extension RouteCall {
    /// The one endpoint of a move, by the rules of a file.
    fileprivate func endpoints(of service: Service) throws(ControlError) -> [Endpoint] {
        struct Form: Encodable {
            struct Place: Encodable {
                var to: String
                var zone: String?
            }
            var listen = "127.0.0.1:0"
            var endpoints: [Place]
        }
        let form = Form(endpoints: [Form.Place(to: part("to"), zone: self["zone"])])
        let text = (try? JSONEncoder().encode(form)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return try WorldView.service(service.name, text: text).endpoints
    }
}

extension ControlAPI {
    fileprivate func put(_ service: Service, _ call: RouteCall) throws(ControlError) -> RouteOutcome {
        let isKnown = desk.services.contains { $0.name == service.name }
        if isKnown {
            try desk.changeService(service.name, to: service, by: call.requester)
        } else {
            try desk.addService(service, enabled: call["enabled"] != "false", by: call.requester)
        }
        return .answer(.json(status: isKnown ? 200 : 201, try desk.answer(service: service.name)))
    }
}
