// `brownout serve`: the services stay open; a scenario may be played meanwhile.
//
//      SIGHUP            the file again: its services are added, changed and removed (Keeper+Reload)
//      SIGTERM, SIGINT   faults cleared, no more accepted, what is open may finish; the second ends at once
//      by hand           services (Keeper+Services) and rules (Keeper+Rules)
//
// Between scenarios there is a director all the same: it collects what the workers count, and carries out the rules by hand.

package import EventLoop
import Glibc
import Logging
package import Observation
import Proxy
package import Scenario
package import Units

/// What a keeper is told.
package struct KeeperSettings: Sendable {
    /// Plays the file's own scenario at once.
    package var plays = false
    package var force = false
    /// Seed, when it is not the file's to say.
    package var seed: UInt64?
    package var speed = 1.0
    /// The command's default for marking answers.
    package var mark = false
    /// How long what is open may take to finish.
    package var drain = TimeSpan.seconds(30)
    /// Proxies of the compatible API that are there from the start.
    package var proxies: [ProxyRequest] = []

    package init() {}
}

/// Reads the file again, for SIGHUP; nil: it cannot be read.
package typealias Reread = () -> DecodedScenario?

/// Services that stay open.
package final class Keeper: TimerOwner, RunAudience, SignalReader, MailboxReader {
    package let mailbox: Mailbox<RunnerLetter>
    package private(set) var director: Director
    /// Services, rules and plans, whatever runs come and go.
    let desk: PlanDesk
    /// In the order in which they came.
    var kept: [KeptService]
    let loop: EventLoop
    let server: ProxyServer
    let console: RunConsole
    let reread: Reread
    let settings: KeeperSettings
    let outputs: RunOutputs
    private let logger = Logger(label: "brownout")
    /// The books of the current run, or of the time between runs.
    private(set) var recorder: RunRecorder
    /// What was counted since the process began.
    let meter = TrafficMeter()
    var runs = RunShelf()
    /// Told of what happens, beside the console and the journal.
    weak var listener: (any ControlAudience)?
    private var view: RunView
    private var drainsUntil: Instant?

    package init(
        _ file: ScenarioFile, identity: ScriptIdentity, host: ProxyHost, settings: KeeperSettings,
        console: RunConsole, outputs: RunOutputs, loop: EventLoop, reread: @escaping Reread
    ) throws(SystemError) {
        self.loop = loop
        self.settings = settings
        self.console = console
        self.outputs = outputs
        self.reread = reread
        server = host.server
        mailbox = try Mailbox()
        kept = KeptService.opened(by: host)
        let seed = settings.seed ?? file.seed ?? UInt64.random(in: .min ... .max)
        let production = Production(file, seed: seed, speed: settings.speed)
        desk = PlanDesk(host.set, seed: seed)
        recorder = RunRecorder(production, identity, zones: host.set.zones, journal: outputs.journal, now: loop.now)
        view = RunView(console, recorder, now: loop.now)
        let stage = LiveStage(
            host.server, production, desk: desk, recorder: recorder, accessLog: outputs.accessLog, readers: [meter])
        director = Director(production, stage: stage, loop: loop, desk: desk)
        super.init()
        director.audience = self
        shelve(file, identity)
    }

    /// Stays until it is told to end; answers the exit code. `door`: where the control plane is served.
    package func run(readsSignals: Bool, door: ControlDoor? = nil) throws(SystemError) -> Int32 {
        defer { loop.close() }
        let plane = try door.map { door throws(SystemError) in try ControlPlane(door, desk: self) }
        let toxiproxy = ToxiproxyDesk(self)
        if let plane { plane.add(try ToxiproxyAPI(toxiproxy, loop: loop, confirmations: plane.confirmations)) }
        listener = plane?.audience
        let wakeUp = try WakeUp(loop: loop, mailbox: mailbox, reader: self)
        let signals = [SIGINT, SIGTERM, SIGHUP]
        let watcher = readsSignals ? try SignalWatcher(loop: loop, signals: signals, reader: self) : nil
        defer {
            plane?.close()
            wakeUp.close()
            watcher?.close()
            director.close()
        }
        begin()
        if let failure = toxiproxy.populate(settings.proxies, by: Requester("start-up file")).failure {
            console.complain("brownout: \(failure)")
            return RunExit.failure
        }
        loop.run()
        for problem in outputs.close(nil, of: recorder) {
            console.complain("brownout: \(problem)")
        }
        return 0
    }

    // MARK: What happens

    package func read(_ letter: RunnerLetter) {
        if case .signal(let signal) = letter { received(signal: signal) }
    }

    package func received(signal: Int32) {
        if signal == SIGHUP { return reload() }
        if drainsUntil != nil { return loop.stop() }
        drainsUntil = loop.now + settings.drain
        desk.rules.removeAll()
        if director.state != .idle { director.end(.interrupted) }
        server.drain()
        logger.notice("draining", metadata: ["open": "\(server.openConnections)"])
        director.tick()
    }

    var isDraining: Bool { drainsUntil != nil }

    /// What is counted at the moment.
    package var books: MetricStore { recorder.store }

    package func happened(_ event: JournalEvent, at now: Instant) {
        recorder.record(event, at: now)
        view.say(event, at: now)
        listener?.happened(event, at: now)
    }

    /// Writes down what `requester` did, and says it.
    func tell(_ action: Change.Action, _ subject: String?, _ detail: String?, by requester: Requester) {
        let change = Change(by: requester.description, action, subject, detail: detail)
        happened(.changed(change: change), at: loop.now)
    }

    package func ended(_ ending: RunEnding, at now: Instant) {
        guard runs.current != nil else { return }
        let report = recorder.finish(ending, at: now)
        runs.finish(report)
        console.conclude(report.text(colour: console.isTerminal))
        listener?.happened(.finished(ending: ending, command: nil), at: now)
    }

    package func ticked(at now: Instant) {
        if director.state == .playing { view.show(director, at: now) }
        meter.note(injections)
        listener?.ticked(at: now)
        if let drainsUntil, server.openConnections == 0 || now >= drainsUntil { loop.stop() }
    }

    /// From now on this is what is directed, with books of its own; services, rules and plans go on.
    func direct(_ production: Production, _ identity: ScriptIdentity) {
        director.close()
        director.audience = nil
        recorder = RunRecorder(
            production, identity, zones: desk.services.zones, journal: outputs.journal, now: loop.now)
        view = RunView(console, recorder, now: loop.now)
        let stage = LiveStage(
            server, production, desk: desk, recorder: recorder, accessLog: outputs.accessLog, readers: [meter])
        director = Director(production, stage: stage, loop: loop, desk: desk)
        director.audience = self
    }
}
