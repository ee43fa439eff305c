// Plays one scenario: keeps the time, asks the conditions, and tells the workers what to do. Lives on the control thread.
//
//      idle ─ begin ─► steadying ─► playing ⇄ paused ─► ended        (any state ─ end ─► ended: faults cleared at once)
//
// Every tick (50 ms, or earlier where the timeline changes): collect · renew the lease · abort_if · advance · until ·
// time to live · a new plan, if it asks for anything else than the last.

package import EventLoop
package import Observation
import Proxy
package import Scenario
package import Units

/// The one who runs a scenario.
package final class Director: TimerOwner {
    package enum State: Sendable, Hashable {
        case idle
        /// Waits for the steady state, until then.
        case steadying(Instant)
        case playing
        case ended(RunEnding)
    }

    package let production: Production
    package private(set) var state = State.idle
    package private(set) var playback: Playback?
    package private(set) var beganAt: Instant?
    package private(set) var endedAt: Instant?
    package weak var audience: (any RunAudience)?

    let loop: EventLoop
    let stage: any Stage
    private var history = PlanHistory()
    private var posted: PlanDraft?
    private var version: UInt64
    private var log = PhaseLog()
    private var left: Set<String> = []
    private var hasOpenedGate = false
    private var knownDroppedPlans: Int
    private lazy var timer = Timer(on: loop, owner: self)

    static let tickSpan = TimeSpan.milliseconds(50)
    static let leaseSpan = TimeSpan.seconds(5)

    /// `version`: of the last plan that was posted to these workers.
    package init(_ production: Production, stage: any Stage, loop: EventLoop, version: UInt64 = 0) {
        self.production = production
        self.stage = stage
        self.loop = loop
        self.version = version
        knownDroppedPlans = stage.droppedPlans
        super.init()
    }

    // MARK: Beginning and ending

    /// Waits for the steady state, then plays. `force`: plays at once.
    package func begin(force: Bool = false) {
        guard state == .idle else { return }
        if let steady = production.file.steady, !steady.that.isEmpty, !force {
            state = .steadying(loop.now + steady.within)
        } else {
            play()
        }
        tick()
    }

    /// Clears every fault at once.
    package func end(_ ending: RunEnding) {
        if isOver { return }
        state = .ended(ending)
        endedAt = loop.now
        update()
        stage.collect(at: loop.now)
        notePhases()
        audience?.ended(ending, at: loop.now)
    }

    private func play() {
        state = .playing
        beganAt = loop.now
        playback = Playback(production.timeline, at: loop.now)
    }

    /// Numbers and names of the entries in force, and the zones that are dark.
    package var entriesInForce: [Int] { posted?.inForce ?? [] }
    package var faultsInForce: [String] { posted?.inForce.map { production.entries.names[$0] } ?? [] }
    package var darkZones: [String] { posted?.darkZones.sorted() ?? [] }

    /// Whether a blackout of this endpoint is in force.
    package func isDark(service: Int, endpoint: Int) -> Bool {
        guard let services = posted?.services, services.indices.contains(service) else { return false }
        let dark = services[service].darkSince
        return dark.indices.contains(endpoint) && dark[endpoint] != nil
    }

    /// Whether a timeline was begun.
    package var hasPlayed: Bool { beganAt != nil }

    package var isOver: Bool { if case .ended = state { true } else { false } }

    // MARK: What people do

    /// Freezes the timeline and all magnitudes; `clear` lifts the faults meanwhile. Time to live runs on.
    @discardableResult
    package func pause(clear: Bool = false) -> Bool {
        guard state == .playing, playback?.pause(clear: clear, at: loop.now) != nil else { return false }
        tell(.paused(cleared: clear))
        tick()
        return true
    }

    @discardableResult
    package func resume() -> Bool {
        guard state == .playing, playback?.resume(at: loop.now) == true else { return false }
        tell(.resumed)
        tick()
        return true
    }

    /// Leaves the current phase of the main line.
    @discardableResult
    package func skip() -> Bool {
        change { $0.skip() }
    }

    /// Goes to a later phase of the main line.
    @discardableResult
    package func jump(to phase: String) -> Bool {
        change { $0.jump(to: phase) }
    }

    /// Opens the gates that wait.
    @discardableResult
    package func goOn() -> Bool {
        hasOpenedGate = true
        defer { hasOpenedGate = false }
        return change { $0.openGates() }
    }

    private func change(_ body: (inout Playback) -> Bool) -> Bool {
        guard state == .playing, playback != nil else { return false }
        let hasChanged = body(&playback!)
        if hasChanged { tick() }
        return hasChanged
    }

    // MARK: Time

    package override func fired(_ timer: Timer) { tick() }

    /// Looks at everything once.
    package func tick() {
        stage.collect(at: loop.now)
        stage.renewLease(until: loop.now + Self.leaseSpan)
        switch state {
        case .idle, .ended: break
        case .steadying(let deadline): steady(until: deadline)
        case .playing: proceed()
        }
        let regular = loop.now + Self.tickSpan
        timer.set(at: min(regular, max(playback?.nextChange ?? regular, loop.now + .microseconds(100))))
        audience?.ticked(at: loop.now)
    }

    /// No more ticks: the workers drop their plan when its lease is over.
    package func close() { timer.cancel() }

    private func steady(until deadline: Instant) {
        let missing = unsteady
        if missing.isEmpty {
            tell(.steady(holds: true, conditions: production.file.steady?.that.map(\.text) ?? []))
            play()
            proceed()
        } else if loop.now >= deadline {
            tell(.steady(holds: false, conditions: missing))
            end(.refused(reasons: missing.map { "steady state: \($0)" }))
        }
    }

    /// Conditions of the steady state that do not hold now.
    package var unsteady: [String] {
        (production.file.steady?.that ?? []).filter { truth($0.condition) != .yes }.map(\.text)
    }

    private func proceed() {
        if let guardian = production.file.abortIf.first(where: { truth($0.condition) == .yes }) {
            tell(.guardTripped(condition: guardian.text, measured: measured(guardian.condition)))
            return end(.aborted(condition: guardian.text))
        }
        playback?.advance(to: loop.now)
        leaveEarly()
        if playback?.isOver == true { return end(.played) }
        if let beganAt, loop.now - beganAt >= production.timeToLive { return end(.outlived) }
        notePhases()
        update()
    }

    private func leaveEarly() {
        guard let playback, playback.pausedAt == nil else { return }
        for live in playback.cursor.live {
            guard let until = live.stretch.until, truth(until.condition) == .yes,
                self.playback?.leave(phase: live.stretch.phase) == true
            else { continue }
            left.insert(live.stretch.phase)
            tell(.guardTripped(condition: until.text, measured: measured(until.condition)))
        }
    }

    // MARK: Plans

    /// A new plan, if it asks for anything else than the last, or if a worker no longer follows that.
    private func update() {
        let draft = draft()
        if let posted, posted.asks(theSameAs: draft), stage.droppedPlans == knownDroppedPlans { return }
        knownDroppedPlans = stage.droppedPlans
        posted = draft
        version += 1
        stage.post(draft.plan(version: version, entryNames: production.entries.names))
        for (service, plan) in draft.services.enumerated() { stage.note(isQuiet: plan.isClear, service: service) }
        for event in log.faults(draft, production.entries) { tell(event) }
    }

    private func draft() -> PlanDraft {
        let isPlaying = state == .playing
        let request = PlanRequest(
            live: isPlaying ? playback?.live(production.entries) ?? [] : [], phase: isPlaying ? phaseNumber : .max,
            now: loop.now, expires: beganAt.map { $0 + production.timeToLive } ?? .distantFuture)
        return production.builder.draft(request, history: &history, baseline: { stage.baseline(service: $0) }) {
            truth($0, dark: $1) == .yes
        }
    }

    /// The version of the last plan.
    package var planVersion: UInt64 { version }

    /// What is live, as records name it.
    private var phaseNumber: UInt16 {
        let live = playback?.cursor.live.compactMap { production.entries.number(ofPhase: $0.stretch.phase) }
        return stage.recordNumber(ofPhases: live ?? [])
    }

    // MARK: Conditions

    /// Whether `condition` holds now.
    package func truth(_ condition: Condition) -> Truth { truth(condition, dark: posted?.darkZones ?? []) }

    private func truth(_ condition: Condition, dark: Set<String>) -> Truth {
        condition.evaluate(conditions(dark: dark), window: production.defaultWindow)
    }

    private func measured(_ condition: Condition) -> String {
        condition.measured(conditions(dark: posted?.darkZones ?? []), window: production.defaultWindow)
    }

    private func conditions(dark: Set<String>) -> DirectedConditions {
        DirectedConditions(traffic: stage.traffic, darkZones: dark, cursor: playback?.cursor)
    }

    // MARK: Telling

    private func tell(_ event: JournalEvent) { audience?.happened(event, at: loop.now) }

    private func notePhases() {
        guard let cursor = playback?.cursor else { return }
        let events = log.phases(
            cursor, of: production.timeline.phases, cut: isOver, left: left, opened: hasOpenedGate)
        for event in events { tell(event) }
    }
}
