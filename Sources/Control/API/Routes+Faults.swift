// Rules by hand: a fault entry in a file's grammar and a time to live, after which it ends whoever forgets it.

import EventLoop
import Scenario

extension Route {
    private static let name = RouteParameter.path("fault", "The fault's name.")
    private static let timeToLive = RouteParameter.duration(
        "ttl", "After which it ends, whoever forgets it.", isRequired: true)

    static let faults: [Route] = [
        Route(
            method: .get, template: "/v1/faults", name: "faults",
            about: "Rules by hand, and the entries of the current run that are in force.",
            answers: [.json("All of them.", FaultsAnswer.self)],
            act: { api, _ in .answer(.json(FaultsAnswer(faults: api.desk.faults))) }),
        Route(
            method: .post, template: "/v1/faults", name: "addFault",
            about: "Adds a rule, in force on every worker when this answers.", parameters: [timeToLive],
            body: .fault,
            answers: [
                .json(status: 201, "Added.", FaultAnswer.self), .invalid, .conflict, .failed, .busy,
            ],
            compose: { call, world throws(ControlError) in
                let given = try world.entry(text: call.text())
                return { api, call throws(ControlError) in
                    var entry = given
                    if entry.name.isEmpty { entry.name = api.desk.freeName(for: entry) }
                    try api.desk.addRule(entry, ttl: call.span("ttl"), by: call.requester)
                    return .answerOnce(
                        version: api.desk.planVersion, .json(status: 201, try api.desk.answer(fault: entry.name)))
                }
            }),
        Route(
            method: .delete, template: "/v1/faults", name: "clearFaults",
            about: """
                The all-clear: every rule by hand is removed and a run that is being played is aborted. Nothing acts any \
                more, on any worker, when this answers.
                """,
            answers: [.done("No fault acts."), .busy],
            act: { api, call in
                api.desk.clearFaults(by: call.requester)
                return .answerOnce(version: api.desk.planVersion, .nothing)
            }),
        Route(
            method: .get, template: "/v1/faults/{fault}", name: "fault", about: "One rule by hand.",
            parameters: [name], answers: [.json("This one.", FaultAnswer.self), .invalid, .missing],
            act: { api, call throws(ControlError) in
                .answer(.json(try api.desk.answer(fault: call.part("fault"))))
            }),
        Route(
            method: .put, template: "/v1/faults/{fault}", name: "putFault",
            about: "Adds the rule, or changes it to this: ordinals and cohort go on, its time to live begins anew.",
            parameters: [name, timeToLive], body: .fault,
            answers: [
                .json("Changed.", FaultAnswer.self), .json(status: 201, "Added.", FaultAnswer.self), .invalid,
                .conflict,
                .failed, .busy,
            ],
            compose: { call, world throws(ControlError) in
                var entry = try world.entry(text: call.text())
                entry.name = call.part("fault")
                return { [entry] api, call throws(ControlError) in try api.put(entry, call) }
            }),
        Route(
            method: .patch, template: "/v1/faults/{fault}", name: "prolongFault",
            about: "Gives a rule a new time to live from now on.", parameters: [name, timeToLive],
            answers: [.json("Prolonged.", FaultAnswer.self), .invalid, .missing, .conflict, .failed, .busy],
            act: { api, call throws(ControlError) in
                let rule = try api.desk.rule(named: call.part("fault"))
                try api.desk.changeRule(rule.name, to: rule.entry, ttl: call.span("ttl"), by: call.requester)
                return .answerOnce(version: api.desk.planVersion, .json(try api.desk.answer(fault: rule.name)))
            }),
        Route(
            method: .delete, template: "/v1/faults/{fault}", name: "removeFault",
            about: "Removes a rule, on every worker when this answers.", parameters: [name],
            answers: [.done("Gone."), .invalid, .missing, .busy],
            act: { api, call throws(ControlError) in
                try api.desk.removeRule(call.part("fault"), by: call.requester)
                return .answerOnce(version: api.desk.planVersion, .nothing)
            }),
    ]
}

extension RouteBody {
    fileprivate static let fault = RouteBody(
        about: "A fault entry as in a file, as JSON or YAML: where, how much, and exactly one fault.",
        schemas: [
            "application/json": .component("faultEntry"),
            "application/yaml": .object(["type": .text("string")]),
        ])
}

extension ControlAPI {
    fileprivate func put(_ entry: FaultEntry, _ call: RouteCall) throws(ControlError) -> RouteOutcome {
        let isKnown = desk.rules.contains { $0.name == entry.name }
        if isKnown {
            try desk.changeRule(entry.name, to: entry, ttl: call.span("ttl"), by: call.requester)
        } else {
            try desk.addRule(entry, ttl: call.span("ttl"), by: call.requester)
        }
        return .answerOnce(
            version: desk.planVersion, .json(status: isKnown ? 200 : 201, try desk.answer(fault: entry.name)))
    }
}
