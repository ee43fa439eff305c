// `brownout play`: starts a run on a proxy that runs elsewhere, and is then to it what `run` is to its own: the same lines,
// the same progress, the same report, the same exit code. The run does not need us: who stops following leaves it to go on.
//
//      events connected ─► load and start ─► lines, progress ─► over? its report ─► exit code
//                                              └─ lost: comes back, for a while

package import Control
package import EventLoop
import struct Foundation.Data
import class Foundation.FileHandle
import Glibc
package import Observation
import Units

/// How somebody stopped following.
package enum Departure: Sendable, Hashable {
    /// The run is over; its report's exit code.
    case over(Int32)
    /// The run goes on.
    case left
}

/// Follows one run to its end.
package final class RunFollower: TimerOwner, EventReader, SignalReader {
    package struct Settings: Sendable {
        package var abortsOnExit = false
        /// The report is printed as JSON.
        package var isJSON = false

        package init() {}
    }

    private let client: ControlClient
    private let request: ControlRequest
    private let console: RunConsole
    private let settings: Settings
    private var run: RunAnswer?
    /// What happened before it was known that it is our run's.
    private var early: [EventAnswer] = []
    private var hasAsked = false
    private var began = Instant.zero
    private var shownAt = Instant.zero
    private var outcome: Result<Departure, ClientError>?
    private var isLooking = false
    private var isAborting = false
    private lazy var follower = EventFollower(client, reader: self)
    /// Looks again for a report that was not there yet.
    private lazy var lookTimer = Timer(on: client.loop, owner: self, kind: 0)
    /// Ends the waiting for one who does not come back.
    private lazy var absence = Timer(on: client.loop, owner: self, kind: 1)

    /// Blocked before any thread starts.
    package static let signals = [SIGINT, SIGTERM, SIGHUP]
    private static let patience = TimeSpan.seconds(30)
    private static let glance = TimeSpan.milliseconds(100)

    /// `request` loads and starts the run.
    package init(_ client: ControlClient, _ request: ControlRequest, console: RunConsole, settings: Settings) {
        self.client = client
        self.request = request
        self.console = console
        self.settings = settings
    }

    /// Until the run is over, or a signal comes.
    package func follow() throws(ClientError) -> Departure {
        let signals: SignalWatcher<RunFollower>
        do throws(SystemError) {
            signals = try SignalWatcher(loop: client.loop, signals: Self.signals, reader: self)
        } catch {
            throw .broken(client.place.label, reason: "\(error)")
        }
        defer {
            signals.close()
            follower.close()
            lookTimer.cancel()
            absence.cancel()
        }
        follower.begin()
        if outcome == nil { client.loop.run() }
        return try (outcome ?? .success(.left)).get()
    }

    private func end(_ outcome: Result<Departure, ClientError>) {
        if self.outcome == nil { self.outcome = outcome }
        client.loop.stop()
    }

    // MARK: The beginning

    package func connected(_ follower: EventFollower) {
        absence.cancel()
        guard hasAsked else { return start() }
        console.complain("brownout: connected again")
        look()
    }

    private func start() {
        hasAsked = true
        began = client.loop.now
        shownAt = began
        client.send(request) { [weak self] outcome in
            guard let self else { return }
            do throws(ClientError) {
                let run = try outcome.get().decoded(RunAnswer.self, from: client.place)
                console.say("run \(run.id) at \(client.place.label), seed \(run.seed)")
                self.run = run
                early.forEach(say)
                early = []
            } catch {
                end(.failure(error))
            }
        }
    }

    // MARK: What happens

    package func heard(_ event: HeardEvent, _ follower: EventFollower) {
        switch event {
        case .happened(let happened) where run == nil: early.append(happened)
        case .happened(let happened): say(happened)
        case .second(let second):
            if second.run == nil || second.run?.id != run?.id { return look() }
            show(second)
        case .missed: look()
        }
    }

    private func say(_ happened: EventAnswer) {
        if case .changed(let change) = happened.event, [.runLoaded, .runStarted].contains(change.action) { return }
        if let line = happened.event.line(at: client.loop.now - began) { console.say(line) }
        if case .finished = happened.event { look() }
    }

    /// As a run of our own shows its progress.
    private func show(_ second: SecondAnswer) {
        if console.isTerminal { return console.show(ProgressLine.live(second.progress)) }
        guard !console.isQuiet, client.loop.now - shownAt >= .seconds(10) else { return }
        shownAt = client.loop.now
        console.say(ProgressLine.plain(second.progress))
    }

    package func lost(_ error: ClientError, _ follower: EventFollower) {
        guard hasAsked else { return end(.failure(error)) }
        guard !absence.isSet else { return }
        console.complain("brownout: \(client.place.label): \(error.brief); trying again")
        absence.set(after: Self.patience)
    }

    package override func fired(_ timer: Timer) {
        if timer.kind == 0 { return look() }
        end(
            .failure(
                .unreachable(
                    client.place.label, reason: "the proxy does not come back, and its faults are gone with it")))
    }

    // MARK: The end

    /// Whether the run is over.
    private func look() {
        guard let run, !isLooking, outcome == nil else { return }
        isLooking = true
        client.send(ControlRequest("GET", ["v1", "runs", run.id])) { [weak self] outcome in
            self?.isLooking = false
            self?.looked(outcome, at: run)
        }
    }

    private func looked(_ outcome: ControlClient.Outcome, at run: RunAnswer) {
        do throws(ClientError) {
            let now = try outcome.get().decoded(RunAnswer.self, from: client.place)
            // A proxy that was started again counts its runs from the beginning.
            guard now.loadedAt == run.loadedAt, now.seed == run.seed else { return end(.failure(.gone(run: run.id))) }
            guard let report = now.report else { return lookTimer.set(after: Self.glance) }
            conclude(report)
        } catch {
            if case .refused(404, _, _) = error { return end(.failure(.gone(run: run.id))) }
        }
    }

    private func conclude(_ report: RunReport) {
        let text = settings.isJSON ? (try? report.json()).map { $0 + "\n" } : nil
        if let text { Console().show(text) }
        if !settings.isJSON { console.conclude(report.text(colour: console.isTerminal)) }
        end(.success(.over(Int32(truncatingIfNeeded: report.exitCode()))))
    }

    /// Leaves, or aborts first; the second signal leaves at once.
    package func received(signal: Int32) {
        guard settings.abortsOnExit, !isAborting, run != nil, outcome == nil else { return end(.success(.left)) }
        isAborting = true
        client.send(ControlRequest("POST", ["v1", "run", "abort"])) { [weak self] outcome in
            guard let self else { return }
            if case .failure(let error) = outcome { console.complain("brownout: cannot abort: \(error)") }
            look()
        }
    }

    /// What to do about a run that was left.
    package var farewell: String {
        let place = client.place.label == ControlPlace.standard ? "" : " --at \(client.place.label)"
        return "run \(run?.id ?? "") goes on; brownout abort\(place) ends it, brownout status\(place) --watch shows it"
    }
}

extension SecondAnswer {
    /// As progress shows it.
    package var progress: RunProgress {
        let phase = run?.phases.first
        return RunProgress(
            phases: run?.phases.map(\.name) ?? [], phaseElapsed: phase.map { TimeSpan(seconds: $0.elapsedSeconds) },
            phaseLength: phase.map { TimeSpan(seconds: $0.lengthSeconds) },
            elapsed: TimeSpan(seconds: run?.elapsedSeconds ?? 0), total: TimeSpan(seconds: run?.lengthSeconds ?? 0),
            state: run == nil ? "no run" : run?.words,
            services: services.map { figures in
                RunProgress.ServiceLine(
                    name: figures.name, ratePerSecond: figures.ratePerSecond, success: figures.success,
                    p50: figures.p50, p99: figures.p99)
            }, faults: faults)
    }
}
