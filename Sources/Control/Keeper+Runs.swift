// Runs on a keeper: scenarios come by file or by API, are kept, and are played one at a time against the services of the
// moment. A run goes on, and ends by its time to live, whoever asked for it and wherever they are now.

import EventLoop
import Observation
import Proxy
import Scenario
import Units

extension Keeper: ControlDesk {
    /// The file's own scenario, where it has one, is the first run.
    func shelve(_ file: ScenarioFile, _ identity: ScriptIdentity) {
        guard !file.timeline.isEmpty else { return }
        let script = LoadedScript(
            file: file, identity: identity, seed: director.production.seed, speed: settings.speed)
        _ = try? runs.add(script, by: Requester("file \(identity.name)"))
    }

    /// Plays the file's own scenario, where that was asked for.
    func begin() {
        guard settings.plays, let run = runs.runs.first else { return director.tick() }
        run.state = .current
        director.begin(force: settings.force)
    }

    func loadRun(_ script: LoadedScript, by requester: Requester) throws(ControlError) -> Run {
        let run = try runs.add(script, by: requester)
        do throws(ControlError) {
            _ = try production(of: run)
        } catch {
            runs.remove(run.id)
            throw error
        }
        note(Change(by: "\(requester)", .runLoaded, run.id, detail: run.name))
        return run
    }

    func startRun(_ run: Run, force: Bool, by requester: Requester) throws(ControlError) {
        if let current = runs.current {
            throw ControlError(.conflict, "run \(current.id) is being played: abort it first")
        }
        guard case .loaded = run.state else {
            throw ControlError(.conflict, "run \(run.id) was played already: load it again")
        }
        let production = try production(of: run)
        if let name = production.entries.names.first(where: { desk.rules[$0] != nil }) {
            throw ControlError(
                .conflict, "a rule by hand is called \"\(name)\", as an entry of run \(run.id): remove it first")
        }
        direct(production, run.script.identity)
        run.state = .current
        note(Change(by: "\(requester)", .runStarted, run.id, detail: run.name))
        director.begin(force: force)
    }

    func removeRun(_ run: Run, by requester: Requester) throws(ControlError) {
        guard runs.current !== run else {
            throw ControlError(.conflict, "run \(run.id) is being played: abort it first")
        }
        runs.remove(run.id)
        note(Change(by: "\(requester)", .runRemoved, run.id))
    }

    /// The run against the services of the moment; an error where those do not fit any more.
    private func production(of run: Run) throws(ControlError) -> Production {
        var file = run.script.file
        let open = Set(kept.map(\.service.name))
        let missing = Set(file.timeline.flatMap(\.allFaults).flatMap(\.namedServices)).subtracting(open).sorted()
        guard missing.isEmpty else {
            throw ControlError(.conflict, "not open: \(missing.joined(separator: ", ")); add them first")
        }
        file.services = kept.map(\.service)
        let production = Production(file, seed: run.seed, speed: run.script.speed)
        let problems = production.problems(
            in: file.services, callers: desk.services.callers, fileName: run.script.identity.name)
        guard problems.isEmpty else {
            throw ControlError(.invalid, "the scenario cannot act on these services", diagnostics: problems)
        }
        return production
    }
}

extension FaultEntry {
    /// The services that it names.
    fileprivate var namedServices: [String] {
        if case .named(let names) = services { names } else { [] }
    }
}
