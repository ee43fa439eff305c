// Runs: load a scenario, look at what was loaded, start it. What is being played is steered by Routes+Steering.

import EventLoop
import Scenario

extension Route {
    private static let id = RouteParameter.path("run", "The run's id.")

    static let runs: [Route] = [
        Route(
            method: .get, template: "/v1/runs", name: "runs", about: "Every run that is kept, the oldest first.",
            answers: [.json("All of them, without their reports.", RunsAnswer.self)],
            act: { api, _ in
                let runs = api.desk.runs.runs.map { api.desk.answer($0, withReport: false) }
                return .answer(.json(RunsAnswer(runs: runs)))
            }),
        Route(
            method: .post, template: "/v1/runs", name: "loadRun",
            about: "Loads a scenario, and with `start` plays it at once.",
            parameters: [
                .text("name", "What the scenario's file is called, for reports."), .seed, .speed,
                .flag("start", "Starts it at once."), .flag("force", "Does not wait for the steady state."),
            ],
            body: .scenario,
            answers: [.json(status: 201, "Loaded.", RunAnswer.self), .invalid, .conflict, .busy],
            compose: { call, world throws(ControlError) in
                let script = try world.scenario(call)
                return { api, call throws(ControlError) in try api.load(script, call) }
            }),
        Route(
            method: .get, template: "/v1/runs/{run}", name: "run",
            about: "One run, with its report once it is over.", parameters: [id],
            answers: [.json("This one.", RunAnswer.self), .invalid, .missing],
            act: { api, call throws(ControlError) in
                .answer(.json(api.desk.answer(try api.desk.run(call.part("run")), withReport: true)))
            }),
        Route(
            method: .delete, template: "/v1/runs/{run}", name: "removeRun",
            about: "Forgets a run that is not being played.", parameters: [id],
            answers: [.done("Gone."), .invalid, .missing, .conflict],
            act: { api, call throws(ControlError) in
                try api.desk.removeRun(try api.desk.run(call.part("run")), by: call.requester)
                return .answer(.nothing)
            }),
        Route(
            method: .post, template: "/v1/runs/{run}/start", name: "startRun",
            about: "Plays a loaded run; one at a time.",
            parameters: [id, .flag("force", "Does not wait for the steady state.")],
            answers: [.json("It begins.", RunAnswer.self), .invalid, .missing, .conflict, .busy],
            act: { api, call throws(ControlError) in
                let run = try api.desk.run(call.part("run"))
                try api.desk.startRun(run, force: call.flag("force"), by: call.requester)
                return .answer(.json(api.desk.answer(run, withReport: true)))
            }),
    ]
}

extension RouteBody {
    fileprivate static let scenario = RouteBody(
        about: "A scenario file, as YAML or JSON. Services that it names must be open.",
        schemas: [
            "application/yaml": .object(["type": .text("string")]),
            "application/json": .object(["type": .text("object"), "required": .texts(["brownout"])]),
        ])
}

extension ControlAPI {
    fileprivate func load(_ script: LoadedScript, _ call: RouteCall) throws(ControlError) -> RouteOutcome {
        let isStarting = call.flag("start")
        if isStarting, let run = desk.runs.current {
            throw ControlError(.conflict, "run \(run.id) is being played: abort it first")
        }
        let run = try desk.loadRun(script, by: call.requester)
        if isStarting { try desk.startRun(run, force: call.flag("force"), by: call.requester) }
        return .answer(.json(status: 201, desk.answer(run, withReport: false)))
    }
}
