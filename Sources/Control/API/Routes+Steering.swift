// The current run: pause, resume, skip, continue, abort.

import EventLoop
import Scenario

extension Route {
    static let steering: [Route] = [
        Route(
            method: .get, template: "/v1/run", name: "currentRun", about: "Where the current run stands.",
            answers: [.json("It stands here.", PositionAnswer.self), .missing],
            act: { api, _ throws(ControlError) in .answer(.json(try api.position())) }),
        steer(
            "pause", "Freezes the timeline and all magnitudes; time to live runs on.",
            [.flag("clear", "Lifts the faults meanwhile.")]
        ) { desk, call throws(ControlError) in
            try desk.pause(clear: call.flag("clear"), by: call.requester)
        },
        steer("resume", "Goes on where it was paused.", []) { desk, call throws(ControlError) in
            try desk.resume(by: call.requester)
        },
        steer(
            "skip", "Leaves the current phase of the main line.",
            [.text("to", "A later phase to go to; without it the next one.")]
        ) { desk, call throws(ControlError) in
            try desk.skip(to: call["to"], by: call.requester)
        },
        steer("continue", "Opens the gates that wait.", []) { desk, call throws(ControlError) in
            try desk.goOn(by: call.requester)
        },
        Route(
            method: .post, template: "/v1/run/abort", name: "abortRun",
            about: "Ends the current run: every fault of it is cleared, on every worker, when this answers.",
            answers: [.done("Over; no fault of it acts any more."), .conflict, .busy],
            act: { api, call throws(ControlError) in
                try api.desk.abort(by: call.requester)
                return .answerOnce(version: api.desk.planVersion, .nothing)
            }),
    ]

    /// An operation after which the run's position is answered.
    private static func steer(
        _ verb: String, _ about: String, _ parameters: [RouteParameter],
        _ body: @escaping @Sendable (any ControlDesk, RouteCall) throws(ControlError) -> Void
    ) -> Route {
        Route(
            method: .post, template: "/v1/run/\(verb)", name: "\(verb)Run", about: about, parameters: parameters,
            answers: [.json("Done; it stands here.", PositionAnswer.self), .invalid, .missing, .conflict],
            act: { api, call throws(ControlError) in
                try body(api.desk, call)
                return .answer(.json(try api.position()))
            })
    }
}

extension ControlAPI {
    fileprivate func position() throws(ControlError) -> PositionAnswer {
        PositionAnswer(try desk.latest(), desk.director.status(at: desk.loop.now))
    }
}

extension ControlDesk {
    /// The current run, also when it has just ended by what was asked for.
    fileprivate func latest() throws(ControlError) -> Run {
        if let run = runs.current ?? runs.latest { return run }
        throw ControlError(.notFound, "no run was started yet")
    }
}
