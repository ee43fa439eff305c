// From a decoded scenario to an exit code: what `run`, `proxy` and `demo` share.

import ArgumentParser
import Control
import EventLoop
import Faults
import Glibc
import Observation
import Proxy
import Scenario

struct Session {
    let proxy: ProxyOptions
    var settings: RunSettings
    /// Whether answers of ours are marked where neither file nor flag says so.
    let mark: Bool
    let console: RunConsole

    /// Make one before any thread starts.
    init(proxy: ProxyOptions, settings: RunSettings, mark: Bool) {
        self.proxy = proxy
        self.settings = settings
        self.mark = mark
        Signals.prepare()
        console = RunConsole(
            isQuiet: settings.isQuiet, isOutputTaken: settings.paths.takesOutput,
            sharesTerminal: !settings.command.isEmpty)
        OperatorLogging.begin(proxy.logLevel)
    }

    /// Opens, plays, reports; ends by throwing the exit code, unless it is zero. `load` calls the services meanwhile.
    func play(
        _ file: ScenarioFile, _ identity: ScriptIdentity, seed: UInt64?, speed: Double = 1,
        door: ControlDoor? = nil,
        load: (any RunLoad)? = nil
    ) throws {
        defer { console.close() }
        let production = production(file, seed: seed, speed: speed)
        try refuse(production.problems(in: file.services, callers: file.zones, fileName: identity.name))
        let opened = try open(file)
        defer { opened.host.server.stop() }
        try load?.begin(on: opened.host)
        let code = try orFail { () throws(SystemError) in
            try Runner(
                production, identity: identity, host: opened.host, settings: settings, console: console,
                outputs: opened.outputs, loop: opened.loop
            ).run(readsSignals: true, door: door)
        }
        console.close()
        load?.end()
        if code != 0 { throw ArgumentParser.ExitCode(code) }
    }

    private func services(_ file: ScenarioFile) -> ServiceSet { ServiceSet(file, mark: proxy.mark ?? mark) }

    func production(_ file: ScenarioFile, seed: UInt64?, speed: Double) -> Production {
        Production(file, seed: seed ?? file.seed ?? UInt64.random(in: .min ... .max), speed: speed)
    }

    /// Everything that a run has open.
    struct Opened {
        let loop: EventLoop
        let outputs: RunOutputs
        let host: ProxyHost
    }

    /// Files first: a path that cannot be written is said before anything starts.
    func open(_ file: ScenarioFile) throws -> Opened {
        let loop = try orFail { () throws(SystemError) in try EventLoop() }
        do {
            return try open(file, on: loop)
        } catch {
            loop.close()
            throw error
        }
    }

    private func open(_ file: ScenarioFile, on loop: EventLoop) throws -> Opened {
        let outputs = try orFail { () throws(ObservationError) in try RunOutputs(settings.paths, now: loop.now) }
        let host = try orFail { () throws(ListenError) in
            try ProxyHost(services(file), workers: proxy.workerCount, limits: proxy.limits)
        }
        for line in host.announcement { console.say(line) }
        return Opened(loop: loop, outputs: outputs, host: host)
    }

    /// The file, when it has no mistake; else all of them are said, and the exit code is thrown.
    func accepted(_ decoded: DecodedScenario, only: String? = nil) throws -> ScenarioFile {
        for diagnostic in decoded.diagnostics { console.complain(diagnostic.description) }
        guard let file = decoded.file else { throw ended(RunExit.invalidFile) }
        guard let only else { return file }
        guard let part = file.only(phase: only) else {
            console.complain("brownout: there is no phase \"\(only)\" in this file")
            throw ended(RunExit.usage)
        }
        return part
    }

    func refuse(_ problems: [Diagnostic]) throws {
        for problem in problems { console.complain(problem.description) }
        if !problems.isEmpty { throw ended(RunExit.invalidFile) }
    }

    /// Says why it cannot begin, and ends with exit code 1.
    func orFail<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            console.complain("brownout: \(error)")
            throw ended(RunExit.failure)
        }
    }

    /// What was said is written before the process ends.
    func ended(_ code: Int32) -> ArgumentParser.ExitCode {
        console.close()
        return ArgumentParser.ExitCode(code)
    }
}

/// Who calls the services of a run, where no command does.
protocol RunLoad: AnyObject {
    func begin(on host: ProxyHost) throws
    /// Stops calling, and says what it saw.
    func end()
}

/// Signals as every command that stays wants them.
enum Signals {
    /// Blocked before any thread starts, to be read in the loop.
    static func prepare() {
        ProcessSignals.ignoreBrokenPipes()
        SignalWatcher<Runner>.block([SIGINT, SIGTERM, SIGHUP])
    }
}

/// Ends that are no usage errors.
enum Failure {
    /// Says why and ends with exit code 1.
    static func `internal`(_ message: String, _ console: Console) -> ArgumentParser.ExitCode {
        console.complain("brownout: \(message)")
        return ArgumentParser.ExitCode(RunExit.failure)
    }
}
