// What the control plane acts on: everything that people may look at and do while a proxy runs. A keeper (`brownout serve`)
// can do all of it; a runner (`brownout run`) steers its one run and shows the rest.

import EventLoop
import Observation
import Proxy
import Scenario
import Units

/// The control thread's desk.
protocol ControlDesk: AnyObject {
    var loop: EventLoop { get }
    var server: ProxyServer { get }
    var director: Director { get }
    var recorder: RunRecorder { get }
    var meter: TrafficMeter { get }
    /// Services, rules and plans, whatever runs come and go.
    var desk: PlanDesk { get }
    var services: [ServiceStatus] { get }
    var rules: [RuleStatus] { get }
    func service(_ name: String) -> ServiceStatus?
    func rule(_ name: String) -> RuleStatus?
    var runs: RunShelf { get }

    func addService(_ service: Service, enabled: Bool, by requester: Requester) throws(ControlError)
    func changeService(_ name: String, to service: Service, by requester: Requester) throws(ControlError)
    func removeService(_ name: String, by requester: Requester) throws(ControlError)
    func setEnabled(_ name: String, _ isEnabled: Bool, by requester: Requester) throws(ControlError)

    func addRule(_ entry: FaultEntry, ttl timeToLive: TimeSpan, by requester: Requester) throws(ControlError)
    func changeRule(
        _ name: String, to entry: FaultEntry, ttl timeToLive: TimeSpan, by requester: Requester
    ) throws(ControlError)
    func removeRule(_ name: String, by requester: Requester) throws(ControlError)
    func clearFaults(by requester: Requester)

    func loadRun(_ script: LoadedScript, by requester: Requester) throws(ControlError) -> Run
    func startRun(_ run: Run, force: Bool, by requester: Requester) throws(ControlError)
    func removeRun(_ run: Run, by requester: Requester) throws(ControlError)
}

/// Told of what happens on a desk.
protocol ControlAudience: AnyObject {
    func happened(_ event: JournalEvent, at now: Instant)
    func ticked(at now: Instant)
}

extension ControlDesk {
    /// The version that workers must follow for all that was asked for so far to be in force.
    var planVersion: UInt64 { desk.version }

    /// Writes a change down, for the journal and for whoever listens.
    func note(_ change: Change) {
        director.audience?.happened(.changed(change: change), at: loop.now)
    }

    /// Freezes the current run; `clear` lifts its faults meanwhile.
    func pause(clear: Bool, by requester: Requester) throws(ControlError) {
        let run = try playing()
        director.pause(clear: clear)
        note(Change(by: "\(requester)", .runPaused, run.id, detail: clear ? "faults lifted" : nil))
    }

    func resume(by requester: Requester) throws(ControlError) {
        let run = try playing()
        guard director.resume() else { throw ControlError(.conflict, "run \(run.id) is not paused") }
        note(Change(by: "\(requester)", .runResumed, run.id))
    }

    /// To a later phase of the main line; nil: the next one.
    func skip(to phase: String?, by requester: Requester) throws(ControlError) {
        let run = try playing()
        if let phase {
            guard run.script.file.timeline.contains(where: { $0.name == phase }) else {
                throw ControlError(.notFound, "run \(run.id) has no phase \"\(phase)\" in its main line")
            }
            guard director.jump(to: phase) else {
                throw ControlError(.conflict, "phase \"\(phase)\" is not ahead")
            }
        } else if !director.skip() {
            throw ControlError(.conflict, "nothing is left to be skipped")
        }
        note(Change(by: "\(requester)", .runSkipped, run.id, detail: phase.map { "to \($0)" }))
    }

    /// Opens the gates that wait.
    func goOn(by requester: Requester) throws(ControlError) {
        let run = try playing()
        guard director.goOn() else { throw ControlError(.conflict, "no gate of run \(run.id) waits") }
        note(Change(by: "\(requester)", .runContinued, run.id))
    }

    /// Ends the current run: its faults are cleared at once.
    func abort(by requester: Requester) throws(ControlError) {
        let run = try current()
        note(Change(by: "\(requester)", .runAborted, run.id))
        director.end(.stopped)
    }

    /// The run that was started and is not over.
    func current() throws(ControlError) -> Run {
        guard let run = runs.current else { throw ControlError(.conflict, "no run is being played") }
        return run
    }

    private func playing() throws(ControlError) -> Run {
        let run = try current()
        guard director.state == .playing else {
            throw ControlError(.conflict, "run \(run.id) still waits for its steady state")
        }
        return run
    }
}
