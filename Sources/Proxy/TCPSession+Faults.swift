// What a plan does to a TCP connection: pipes for its streams, a stall, a reset, a cut. Taken up when the session begins and
// again whenever a plan arrives, so that open and idle connections are reached. The only place of the TCP session that knows
// of faults.

import EventLoop
import Faults
import Observation
import Scenario
import Units

extension TCPSession {
    func takeUpPlan() {
        if plan.isClear && order.isClear { return }
        if case .cut = state { return }
        let target = Target(endpoint: endpoint)
        let facts = ConnectionFacts(born: born)
        order = plan.chain.connectionPlan(
            client: worker.view(of: peer), connection: facts, target: target, now: worker.loop.now, draws: &draws,
            limits: plan.limits)
        if firstFired == nil, !order.isClear { firstFired = order.fired[0] }
        applySilence()
        applyBlackout()
        if !isOpen { return }
        applyReset()
        if !isOpen { return }
        applyHalfOpen()
        applyAge()
        if case .cut = state { return }
        applyPipes()
    }

    private func applyBlackout() {
        guard let blackout = order.blackout else { return resumeFromStall() }
        guard upstream != nil else { return applyBlackoutToNew(blackout) }
        switch blackout.blackout.existing {
        case .stall: stall()
        case .reset: inject(.injectedReset)
        case .drain: drain()
        case .leave: break
        }
    }

    private func applyBlackoutToNew(_ order: BlackoutOrder) {
        switch order.blackout.new {
        case .hang, .blackhole: downstream.pause(.stall)
        case .refuse, .reset: inject(.injectedReset)
        }
    }

    private func stall() {
        downstream.pause(.stall)
        upstream?.pause(.stall)
    }

    private func resumeFromStall() {
        if isSilenced { return stall() }
        downstream.resume(.stall)
        upstream?.resume(.stall)
    }

    // MARK: A hang at connect

    /// It has a time of its own on each connection, from when it first acted there.
    private func applySilence() {
        guard let hang = order.hang, hang.place == .connect else {
            silence = nil
            return silenceTimer.cancel()
        }
        if silence?.entry != order.hangEntry { silence = Silence(entry: order.hangEntry, since: worker.loop.now) }
        guard isSilenced, let silence, let length = hang.length else { return silenceTimer.cancel() }
        silenceTimer.set(at: silence.since + length)
    }

    /// Whether nothing is passed on at all.
    var isSilenced: Bool {
        guard let hang = order.hang, hang.place == .connect else { return false }
        guard let silence, let length = hang.length else { return true }
        return worker.loop.now < silence.since + length
    }

    func silenceIsOver() {
        guard order.blackout == nil else { return }
        resumeFromStall()
        dialUnlessWithheld()
    }

    // MARK: Resets and ages

    private func applyReset() {
        reset.follow(order.reset)
        countsBytes = order.reset?.afterBytes != nil
        guard let wanted = order.reset, let instant = wanted.at else { return faultTimer.cancel() }
        if instant <= worker.loop.now { injectReset() } else { faultTimer.set(at: instant) }
    }

    private func applyHalfOpen() {
        for connection in [downstream, upstream] {
            if order.isHalfOpen { connection?.pause(.halfOpen) } else { connection?.resume(.halfOpen) }
        }
    }

    private func applyAge() {
        guard let lifetime = order.lifetime else { return ageTimer.cancel() }
        if lifetime.at <= worker.loop.now { isTooOld() } else { ageTimer.set(at: lifetime.at) }
    }

    /// Closed wherever it stands: a stream of bytes has no end of an exchange to wait for.
    func isTooOld() {
        guard let lifetime = order.lifetime else { return }
        cut(.close, lifetime.entry)
    }

    func injectReset() {
        inject(.injectedReset)
    }

    private func inject(_ outcome: Outcome) {
        fail(outcome, reset: true)
    }

    // MARK: Streams

    func applyPipes() {
        guard isOpen, let upstream else { return }
        if upPipe != nil || !order.streams.upstream.isEmpty {
            let pipe = upPipe ?? HeldPipe(session: self, destination: upstream)
            upPipe = pipe
            downstream.isMetered = true
            follow(order.streams.upstream, pipe)
        }
        if case .cut = state { return }
        guard isOpen, downPipe != nil || !order.streams.downstream.isEmpty else { return }
        let pipe = downPipe ?? HeldPipe(session: self, destination: downstream)
        downPipe = pipe
        upstream.isMetered = true
        follow(order.streams.downstream, pipe)
    }

    private func follow(_ stages: [StreamStage], _ pipe: HeldPipe) {
        if stages.isEmpty && !pipe.isEmpty { wasReleasedEarly = true }
        pipe.follow(stages)
    }

    // MARK: Cuts

    private static let lingering = TimeSpan.seconds(2)
    private static let deliveryPoll = TimeSpan.milliseconds(5)

    /// All that may pass has passed. A close is a FIN behind the last byte to both sides, then a while of reading and dropping,
    /// so that no RST of ours eats it; a reset waits until the peer's kernel has what was sent.
    func cut(_ ending: Ending, _ entry: UInt16) {
        (lastEntry, lastDraw) = (entry, order.fired.ordinal(of: entry))
        state = .cut(ending)
        for pipe in [upPipe, downPipe].compactMap({ $0 }) {
            tally.add(pipe.tally)
            pipe.discard()
        }
        (upPipe, downPipe) = (nil, nil)
        downstream.isMetered = false
        upstream?.isMetered = false
        if ending == .reset { return resetOnceDelivered() }
        outcome = .injectedClose
        for connection in [downstream, upstream].compactMap({ $0 }) {
            connection.finish()
            connection.resume([.backPressure, .hold, .stall, .halfOpen])
        }
        endCut()
    }

    /// Closes once both sides have ended, or had time to.
    func endCut() {
        guard case .cut(let ending) = state, isOpen else { return }
        if ending == .reset { return resetOnceDelivered() }
        let connections = [downstream, upstream].compactMap { $0 }
        if connections.allSatisfy({ $0.hasSeenEnd && $0.unsentCount == 0 }) { return close() }
        let isLate = cutTimer.deadline <= worker.loop.now
        if isLate, connections.allSatisfy({ $0.unsentCount == 0 }) { return close() }
        if !cutTimer.isSet { cutTimer.set(after: Self.lingering) }
    }

    private func resetOnceDelivered() {
        let connections = [downstream, upstream].compactMap { $0 }
        let isDelivered = connections.allSatisfy { $0.unsentCount == 0 && !$0.socket.hasUndelivered }
        if isDelivered { return injectReset() }
        cutTimer.set(after: Self.deliveryPoll)
    }

    // MARK: Records

    /// Delays of a stream are told as the mean over its chunks.
    func describeInjection(_ record: inout AttemptRecord, _ first: Fired) {
        let isEndedByLast = outcome.isInjected && lastEntry != AttemptRecord.none
        record.flags.insert(.injected)
        record.entry = isEndedByLast ? lastEntry : first.entry
        record.draw = (isEndedByLast ? lastDraw : first.ordinal) ?? AttemptRecord.noDraw
        var tally = tally
        for pipe in [upPipe, downPipe] { if let pipe { tally.add(pipe.tally) } }
        guard tally.count > 0 else { return }
        record.askedDelay = tally.meanAsked.nanoseconds
        record.achievedDelay = tally.meanAchieved.nanoseconds
        record.delayEntry = tally.entry
        if !wasReleasedEarly { record.flags.insert(.delayMeasured) }
    }
}
