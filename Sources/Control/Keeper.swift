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
    package private(set) var director: Director
    /// The services as they are now.
    private(set) var serviceSet: ServiceSet
    let loop: EventLoop
    let server: ProxyServer
    private let settings: KeeperSettings
    private let console: RunConsole
    private let outputs: RunOutputs
    private let reread: Reread
    private let logger = Logger(label: "brownout")
    private var recorder: RunRecorder
    private var view: RunView
    private var drainsUntil: Instant?
    private var isReported = false

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
            production, stage: LiveStage(host.server, production, recorder: recorder, accessLog: outputs.accessLog),
            loop: loop)
        super.init()
        director.audience = self
    }

    /// Stays until it is told to end; answers the exit code.
    package func run(readsSignals: Bool) throws(SystemError) -> Int32 {
        let wakeUp = try WakeUp(loop: loop, mailbox: mailbox, reader: self)
        let signals = [SIGINT, SIGTERM, SIGHUP]
        let watcher = readsSignals ? try SignalWatcher(loop: loop, signals: signals, reader: self) : nil
        defer {
            wakeUp.close()
            watcher?.close()
            director.close()
            loop.close()
        }
        if settings.plays { director.begin(force: settings.force) } else { director.tick() }
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
    }

    package func ended(_ ending: RunEnding, at now: Instant) {
        guard !isReported else { return }
        isReported = true
        console.conclude(recorder.finish(ending, at: now).text(colour: console.isTerminal))
    }

    package func ticked(at now: Instant) {
        if director.state == .playing { view.show(director, at: now) }
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
        let production = Self.production(file, new, settings)
        let version = director.planVersion
        director.close()
        director.audience = nil
        recorder = RunRecorder(production, identity, zones: new.zones, journal: nil, now: loop.now)
        view = RunView(console, recorder, now: loop.now)
        director = Director(
            production, stage: LiveStage(server, production, recorder: recorder, accessLog: outputs.accessLog),
            loop: loop, version: version)
        director.audience = self
        director.tick()
    }
}
