// `brownout run` and `brownout proxy`: one scenario, perhaps with a command, from open listeners to an exit code.
//
//      command starts ─► steady? ─► play ─► (command goes on without faults) ─► steady again? ─► report
//
// Everything that happens comes as a callback on the control thread: the director's events and ticks, signals, the
// command's end. `conclude` is asked again by each of them, until nothing is left to wait for.

package import EventLoop
import class Foundation.ProcessInfo
import Glibc
package import Observation
import Scenario
package import Units

/// What reaches a runner from other threads.
package enum RunnerLetter: Sendable {
    case commandEnded(ExitStatus)
    /// As if this signal had come.
    case signal(Int32)
}

/// One run on the control thread.
package final class Runner: TimerOwner, RunAudience, SignalReader, MailboxReader {
    package let mailbox: Mailbox<RunnerLetter>
    package let director: Director
    package private(set) var report: RunReport?
    let loop: EventLoop
    let host: ProxyHost
    let desk: PlanDesk
    private let settings: RunSettings
    private let console: RunConsole
    private let outputs: RunOutputs
    let recorder: RunRecorder
    /// Counts only where a control plane can show it.
    let meter = TrafficMeter()
    private let stage: LiveStage
    /// Its one run.
    private(set) var runs = RunShelf()
    /// Told of what happens, beside the console and the journal.
    private weak var listener: (any ControlAudience)?
    private let view: RunView
    private var command: RunningCommand?
    private var steadyCheck: SteadyCheck?
    private var interruptions = 0
    private var isFinished = false
    private lazy var patience = Timer(on: loop, owner: self)

    /// A terminal that goes away is an interruption, too, unless somebody said that it shall not be.
    private static var signals: [Int32] {
        [SIGINT, SIGTERM] + (ProcessSignals.isIgnored(SIGHUP) ? [] : [SIGHUP])
    }

    /// How long a command may take to end once it was asked to.
    private static let commandGrace = TimeSpan.seconds(10)

    package init(
        _ production: Production, identity: ScriptIdentity, host: ProxyHost, settings: RunSettings, console: RunConsole,
        outputs: RunOutputs, loop: EventLoop
    ) throws(SystemError) {
        self.loop = loop
        self.host = host
        self.settings = settings
        self.console = console
        self.outputs = outputs
        mailbox = try Mailbox()
        recorder = RunRecorder(production, identity, zones: host.set.zones, journal: outputs.journal, now: loop.now)
        view = RunView(console, recorder, now: loop.now)
        desk = PlanDesk(host.set, seed: production.seed)
        stage = LiveStage(host.server, production, desk: desk, recorder: recorder, accessLog: outputs.accessLog)
        director = Director(production, stage: stage, loop: loop, desk: desk)
        super.init()
        director.audience = self
        let script = LoadedScript(
            file: production.script, identity: identity, seed: production.seed, speed: production.speed)
        (try? runs.add(script, by: Requester("file \(identity.name)")))?.state = .current
    }

    /// Plays to the end and answers the exit code. `readsSignals`: SIGINT and SIGTERM, blocked before, come here.
    /// `door`: where the control plane is served.
    package func run(readsSignals: Bool, door: ControlDoor? = nil) throws(SystemError) -> Int32 {
        defer { loop.close() }
        let plane = try door.map { door throws(SystemError) in try ControlPlane(door, desk: self) }
        listener = plane?.audience
        if plane != nil { stage.open(to: meter) }
        let wakeUp = try WakeUp(loop: loop, mailbox: mailbox, reader: self)
        let watcher = readsSignals ? try SignalWatcher(loop: loop, signals: Self.signals, reader: self) : nil
        defer {
            plane?.close()
            wakeUp.close()
            watcher?.close()
            director.close()
            patience.cancel()
        }
        guard begin() else {
            director.end(.stopped)
            _ = outputs.close(nil, of: recorder)
            return RunExit.noCommand
        }
        if !isFinished { loop.run() }
        plane?.finishAnswers()
        return finish()
    }

    /// The command makes the steady state, where there is one to wait for; else the first plan is in force before it.
    private func begin() -> Bool {
        for note in settings.notes { recorder.record(.note(text: note), at: loop.now) }
        let waits = director.production.file.steady != nil && !settings.force
        if !waits { director.begin(force: settings.force) }
        guard startCommand() else { return false }
        if waits { director.begin() }
        return true
    }

    // MARK: The command

    private func startCommand() -> Bool {
        guard !settings.command.isEmpty else { return true }
        let environment = ProcessInfo.processInfo.environment.merging(host.addresses.environment) { _, new in new }
        do throws(SystemError) {
            command = try RunningCommand(settings.command, environment: environment, mailbox: mailbox)
            return true
        } catch {
            console.complain("brownout: cannot start \(settings.command[0]): \(error.reason)")
            return false
        }
    }

    /// Asks the command to end; what does not hear is ended.
    private func stopCommand(_ signal: Int32) {
        guard command?.stop(signal) == true else { return }
        patience.set(after: Self.commandGrace)
    }

    package override func fired(_ timer: Timer) { command?.kill() }

    // MARK: What happens

    package func read(_ letter: RunnerLetter) {
        switch letter {
        case .signal(let signal): received(signal: signal)
        case .commandEnded(let status):
            command?.status = status
            patience.cancel()
            director.end(endingWithCommand)
            conclude()
        }
    }

    /// A command that ends before the run has begun leaves nothing to be judged.
    private var endingWithCommand: RunEnding {
        guard case .steadying = director.state else { return .commandEnded }
        return .refused(reasons: ["the command ended before the steady state was reached"])
    }

    /// The first clears all faults and lets the report be written; the second ends everything.
    package func received(signal: Int32) {
        interruptions += 1
        if interruptions > 1 {
            command?.kill()
            // At once: workers and the console still run, and nothing that they hold is given back.
            _exit(RunExit.interrupted)
        }
        director.end(settings.endsBySignal ? .played : .interrupted)
        steadyCheck = nil
        stopCommand(signal)
        conclude()
    }

    package func happened(_ event: JournalEvent, at now: Instant) {
        recorder.record(event, at: now)
        view.say(event, at: now)
        listener?.happened(event, at: now)
    }

    package func ended(_ ending: RunEnding, at now: Instant) {
        let isWhole = ending == .played || ending == .commandEnded
        if isWhole, director.hasPlayed, let steady = director.production.file.steady, !steady.that.isEmpty {
            steadyCheck = SteadyCheck(steady, from: now)
        }
        conclude()
    }

    package func ticked(at now: Instant) {
        view.show(director, at: now)
        meter.note(injections)
        listener?.ticked(at: now)
        conclude()
    }

    // MARK: The end

    /// Goes on with the end of the run as far as it can at this moment.
    private func conclude() {
        guard case .ended(let ending) = director.state, !isFinished else { return }
        let isAlone = command != nil && command?.isRunning == false
        steadyCheck?.look(director, at: loop.now, isLast: isAlone)
        if command?.isRunning == true { return keepCommand(after: ending) }
        if let steadyCheck, steadyCheck.result == nil { return }
        isFinished = true
        loop.stop()
    }

    /// The command goes on without faults, until the time to live is over.
    private func keepCommand(after ending: RunEnding) {
        if case .refused = ending { return stopCommand(SIGTERM) }
        guard let began = director.beganAt, loop.now - began >= director.production.timeToLive else { return }
        stopCommand(SIGTERM)
    }

    /// Writes everything down and answers the exit code.
    private func finish() -> Int32 {
        var ending = RunEnding.unknown
        if case .ended(let how) = director.state { ending = how }
        director.tick()
        let verdicts = steadyCheck?.result.map { [$0] } ?? []
        let code = command?.code
        let report = recorder.finish(ending, command: code.map { Int($0) }, also: verdicts, at: loop.now)
        self.report = report
        runs.finish(report)
        view.say(.finished(ending: ending, command: nil), at: loop.now)
        console.conclude(report.text(colour: console.isTerminal))
        if settings.annotates { report.annotations.forEach(console.complain) }
        for problem in outputs.close(report, of: recorder) {
            console.complain("brownout: \(problem)")
        }
        return settings.endsBySignal ? 0 : Int32(truncatingIfNeeded: report.exitCode())
    }
}
