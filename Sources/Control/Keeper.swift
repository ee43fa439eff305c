// `brownout serve`: the services stay open; a scenario may be played meanwhile.
//
//      SIGHUP            the file again: services are changed where that needs no new binding; a bad file changes nothing
//      SIGTERM, SIGINT   faults cleared, no more accepted, what is open may finish; the second ends at once
//
// Between scenarios there is a director all the same: it collects what the workers count, and renews nothing that acts.

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

    package init() {}
}

/// Reads the file again, for SIGHUP.
package typealias Reread = () -> (scenario: DecodedScenario, identity: ScriptIdentity)?

/// Services that stay open.
package final class Keeper: TimerOwner, RunAudience, SignalReader, MailboxReader {
    package let mailbox: Mailbox<RunnerLetter>
    package internal(set) var director: Director
    /// The services as they are now.
    private(set) var serviceSet: ServiceSet
    let loop: EventLoop
    let server: ProxyServer
    let settings: KeeperSettings
    let console: RunConsole
    let outputs: RunOutputs
    private let reread: Reread
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
        serviceSet = host.set
        mailbox = try Mailbox()
        let production = Self.production(file, host.set, settings)
        recorder = RunRecorder(production, identity, zones: host.set.zones, journal: outputs.journal, now: loop.now)
        view = RunView(console, recorder, now: loop.now)
        director = Director(
            production,
            stage: LiveStage(
                host.server, production, recorder: recorder, meter: meter, accessLog: outputs.accessLog),
            loop: loop)
        super.init()
        director.audience = self
        shelve(file, identity)
    }

    /// Stays until it is told to end; answers the exit code. `door`: where the control plane is served.
    package func run(readsSignals: Bool, door: ControlDoor? = nil) throws(SystemError) -> Int32 {
        let plane = try door.map { door throws(SystemError) in try ControlPlane(door, desk: self) }
        listener = plane?.audience
        let wakeUp = try WakeUp(loop: loop, mailbox: mailbox, reader: self)
        let signals = [SIGINT, SIGTERM, SIGHUP]
        let watcher = readsSignals ? try SignalWatcher(loop: loop, signals: signals, reader: self) : nil
        defer {
            plane?.close()
            wakeUp.close()
            watcher?.close()
            director.close()
            loop.close()
        }
        begin()
        loop.run()
        for problem in outputs.close(nil, directory: recorder.store.directory) {
            console.complain("brownout: \(problem)")
        }
        return 0
    }

    private static func production(
        _ file: ScenarioFile, _ services: ServiceSet, _ settings: KeeperSettings
    ) -> Production {
        Production(
            file, services: services, seed: settings.seed ?? file.seed ?? UInt64.random(in: .min ... .max),
            speed: settings.speed)
    }

    // MARK: What happens

    package func read(_ letter: RunnerLetter) {
        if case .signal(let signal) = letter { received(signal: signal) }
    }

    package func received(signal: Int32) {
        if signal == SIGHUP { return reload() }
        if drainsUntil != nil { return loop.stop() }
        drainsUntil = loop.now + settings.drain
        if director.state != .idle { director.end(.interrupted) }
        server.drain()
        logger.notice("draining", metadata: ["open": "\(server.openConnections)"])
        director.tick()
    }

    package func happened(_ event: JournalEvent, at now: Instant) {
        recorder.record(event, at: now)
        view.say(event, at: now)
        listener?.happened(event, at: now)
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
        listener?.ticked(at: now)
        if let drainsUntil, server.openConnections == 0 || now >= drainsUntil { loop.stop() }
    }

    // MARK: Reading again

    /// An error leaves everything as it is.
    private func reload() {
        guard let (scenario, identity) = reread() else { return refuse("the file cannot be read") }
        for diagnostic in scenario.diagnostics { console.complain(diagnostic.description) }
        guard let file = scenario.file else { return refuse("the file has errors") }
        switch ServiceReload(from: serviceSet, to: file, mark: settings.mark) {
        case .unchanged: console.say("read again: no service has changed")
        case .needsRestart(let obstacles): refuse("these need a restart: \(obstacles.joined(separator: ", "))")
        case .applicable(let set, let changed):
            if director.state != .idle && !director.isOver { return refuse("a scenario is being played") }
            apply(set, file, identity)
            console.say("read again: \(changed.joined(separator: ", ")) changed, for connections from now on")
        }
    }

    private func refuse(_ reason: String) {
        console.complain("brownout: services stay as they were: \(reason)")
    }

    /// New books, since endpoints have other numbers and names.
    private func apply(_ new: ServiceSet, _ file: ScenarioFile, _ identity: ScriptIdentity) {
        serviceSet = new
        server.reconfigure(new.update)
        direct(Self.production(file, new, settings), identity, journal: nil)
        director.tick()
    }

    /// From now on this is what is directed, with books of its own.
    func direct(_ production: Production, _ identity: ScriptIdentity, journal: Journal?) {
        let version = director.planVersion
        director.close()
        director.audience = nil
        recorder = RunRecorder(production, identity, zones: serviceSet.zones, journal: journal, now: loop.now)
        view = RunView(console, recorder, now: loop.now)
        director = Director(
            production,
            stage: LiveStage(server, production, recorder: recorder, meter: meter, accessLog: outputs.accessLog),
            loop: loop, version: version)
        director.audience = self
    }
}
