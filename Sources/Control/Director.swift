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
    let desk: PlanDesk
    private var log = PhaseLog()
    private var left: Set<String> = []
    private var hasOpenedGate = false
    private lazy var timer = Timer(on: loop, owner: self)

    static let tickSpan = TimeSpan.milliseconds(50)
    static let leaseSpan = TimeSpan.seconds(5)

    package init(_ production: Production, stage: any Stage, loop: EventLoop, desk: PlanDesk) {
        self.production = production
        self.stage = stage
        self.loop = loop
        self.desk = desk
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
        replan()
        stage.collect(at: loop.now)
        notePhases()
        audience?.ended(ending, at: loop.now)
    }

    private func play() {
        state = .playing
        beganAt = loop.now
        playback = Playback(production.timeline, at: loop.now)
    }

    /// The entries in force, of the run and by hand, with the names of all, and the zones that are dark.
    package var entriesInForce: [LiveEntry] { desk.posted?.acting ?? [] }
    package var faultsInForce: [String] { desk.posted?.acting.map(\.entry.name) ?? [] }
    package var darkZones: [String] { desk.posted?.darkZones.sorted() ?? [] }

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
        expireRules()
        switch state {
        case .idle, .ended: break
        case .steadying(let deadline): steady(until: deadline)
        case .playing: proceed()
        }
        if state != .playing { replan() }
        let regular = loop.now + Self.tickSpan
        // A run that is over changes no more, wherever it stopped.
        let ofRun = state == .playing ? playback?.nextChange : nil
        let next = [ofRun, desk.rules.nextChange(after: loop.now)].compactMap { $0 }.min()
        timer.set(at: min(regular, max(next ?? regular, loop.now + .microseconds(100))))
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
        replan()
    }

    private func expireRules() {
        for rule in desk.rules.expire(at: loop.now) {
            tell(.changed(change: Change(by: Requester.time.description, .ruleExpired, rule.entry.name)))
        }
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

    /// A new plan at once, if it asks for anything else than the last, or if a worker no longer follows that.
    package func replan() {
        stage.followDesk()
        let request = request
        if desk.isSettled(request, droppedPlans: stage.droppedPlans) { return }
        let draft = production.builder.draft(
            request, history: &desk.history, baseline: { stage.baseline(service: $0) },
            holds: { truth($0, dark: $1) == .yes })
        if let posted = desk.posted, posted.asks(theSameAs: draft), stage.droppedPlans == desk.knownDroppedPlans {
            return
        }
        post(draft)
        for event in log.faults(draft) { tell(event) }
    }

    private func post(_ draft: PlanDraft) {
        desk.knownDroppedPlans = stage.droppedPlans
        desk.posted = draft
        desk.version += 1
        stage.post(
            draft.plan(
                version: desk.version, entryNames: production.entries.names, handNames: desk.rules.names))
        for (service, plan) in draft.services.enumerated() { stage.note(isQuiet: plan.isClear, service: service) }
    }

    /// The run's entries, then the rules by hand.
    private var request: PlanRequest {
        let isPlaying = state == .playing
        let live = isPlaying ? playback?.live(production.entries) ?? [] : []
        let ends = [isPlaying ? beganAt.map { $0 + production.timeToLive } : nil, desk.rules.expires]
        return PlanRequest(
            services: desk.services, live: live + desk.rules.live(at: loop.now, seed: desk.seed),
            phase: isPlaying ? phaseNumber : .max, now: loop.now,
            expires: ends.compactMap { $0 }.max() ?? .distantFuture)
    }

    /// What is live, as records name it.
    private var phaseNumber: UInt16 {
        let live = playback?.cursor.live.compactMap { production.entries.number(ofPhase: $0.stretch.phase) }
        return stage.recordNumber(ofPhases: live ?? [])
    }

    // MARK: Conditions

    /// Whether `condition` holds now.
    package func truth(_ condition: Condition) -> Truth { truth(condition, dark: desk.posted?.darkZones ?? []) }

    private func truth(_ condition: Condition, dark: Set<String>) -> Truth {
        condition.evaluate(conditions(dark: dark), window: production.defaultWindow)
    }

    private func measured(_ condition: Condition) -> String {
        condition.measured(conditions(dark: desk.posted?.darkZones ?? []), window: production.defaultWindow)
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
