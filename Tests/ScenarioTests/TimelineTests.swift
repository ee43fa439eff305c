import Scenario
import Testing
import Units

private func timeline(_ phases: String) throws -> Timeline { Timeline(try file(world + phases).timeline) }

private let game = """
      - { phase: calm, for: 2m }
      - phase: storm
        for: 1m
        repeat: 2
        faults:
          - { name: slow, service: payments, share: 0% -> 40%, latency: 200ms }
          - { name: late, service: payments, after: 20s, for: 10s, error: 503 }
      - phase: both
        gate: { manual, within: 10m }
        together:
          - [{ phase: left1, for: 1m }, { phase: left2, for: 2m }]
          - { phase: right, for: 90s, faults: [{ service: sts, error: 503 }] }
      - { phase: after, for: 30s }

    """

@Suite("Timelines")
struct TimelineTests {
    @Test("phases, passes and lanes become stretches with planned times")
    func stretches() throws {
        let timeline = try timeline(game)
        #expect(
            timeline.stretches.map { "\($0.phase) \($0.pass)/\($0.passes) \($0.start)-\($0.end) \($0.lane)" } == [
                "calm 1/1 0s-2m []", "storm 1/2 2m-3m []", "storm 2/2 3m-4m []", "both 1/1 4m-7m []",
                "left1 1/1 4m-5m [0]",
                "left2 1/1 5m-7m [0]", "right 1/1 4m-5m30s [1]", "after 1/1 7m-7m30s []",
            ])
        #expect(timeline.phases == ["calm", "storm", "both", "left1", "left2", "right", "after"])
        #expect(timeline.length == TimeSpan(seconds: 450))
        #expect(timeline.longest == TimeSpan(seconds: 1050))
        #expect(timeline.defaultTTL == TimeSpan(seconds: 1155))
        #expect(timeline.planned(at: .minutes(4)).map(\.phase) == ["both", "left1", "right"])
        #expect(timeline.planned(at: TimeSpan(seconds: 450)).isEmpty)
    }

    @Test("an entry has its window in the phase")
    func windows() throws {
        let storm = try timeline(game).stretches[1]
        #expect(storm.faults.map(\.after) == [.zero, .seconds(20)])
        #expect(storm.faults.map(\.length) == [.minutes(1), .seconds(10)])
        #expect(storm.faults.map(\.endsByItself) == [false, true])
        #expect(!storm.faults[1].isLive(at: .seconds(19)) && storm.faults[1].isLive(at: .seconds(20)))
        #expect(!storm.faults[1].isLive(at: .seconds(30)) && storm.faults[0].isLive(at: .seconds(300)))
    }

    @Test("a file without a timeline has an empty one")
    func empty() {
        let timeline = Timeline([])
        #expect(timeline.stretches.isEmpty && timeline.length == .zero)
        let cursor = TimelineCursor(timeline)
        #expect(cursor.isOver && cursor.live.isEmpty && cursor.nextChange == nil)
    }
}

@Suite("The place in a timeline")
struct TimelineCursorTests {
    private func cursor() throws -> TimelineCursor { TimelineCursor(try timeline(game)) }

    private func live(_ cursor: TimelineCursor) -> [String] {
        cursor.live.map { "\($0.stretch.phase) \($0.stretch.pass)" }
    }

    @Test("time alone leads through all phases, the gate for its whole bound")
    func time() throws {
        var cursor = try cursor()
        #expect(live(cursor) == ["calm 1"])
        #expect(cursor.nextChange == .minutes(2))
        cursor.advance(to: .minutes(2))
        #expect(live(cursor) == ["storm 1"])
        cursor.advance(to: TimeSpan(seconds: 200))
        #expect(live(cursor) == ["storm 2"])
        #expect(cursor.status(of: "calm") == .over && cursor.status(of: "storm") == .playing)
        #expect(cursor.status(of: "after") == .notPlayed)
        cursor.advance(to: .minutes(5))
        #expect(live(cursor) == ["both 1", "left2 1", "right 1"])
        cursor.advance(to: .minutes(7))
        #expect(live(cursor) == ["both 1"])
        #expect(cursor.waiting.map(\.stretch.phase) == ["both"])
        cursor.advance(to: TimeSpan(seconds: 1019))
        #expect(live(cursor) == ["both 1"])
        cursor.advance(to: TimeSpan(seconds: 1020))
        #expect(live(cursor) == ["after 1"])
        cursor.advance(to: .minutes(60))
        #expect(cursor.isOver && cursor.endedAt == TimeSpan(seconds: 1050))
        #expect(cursor.timeline.phases.allSatisfy { cursor.status(of: $0) == .over })
    }

    @Test("one long step ends where many short ones do")
    func steps() throws {
        var long = try cursor()
        var short = try cursor()
        long.advance(to: .minutes(20))
        for second in 0...1_200 { short.advance(to: .seconds(Int64(second))) }
        let (atOnce, bySeconds) = (long.takeChanges(), short.takeChanges())
        #expect(atOnce == bySeconds)
        #expect(long.endedAt == short.endedAt)
    }

    @Test("entries go live and end with their windows, in played time")
    func entries() throws {
        var cursor = try cursor()
        cursor.advance(to: TimeSpan(seconds: 205))
        #expect(cursor.liveFaults.map(\.entry.name) == ["slow", "late"])
        #expect(cursor.liveFaults.map(\.began) == [.minutes(3), TimeSpan(seconds: 200)])
        #expect(cursor.liveFaults.map(\.length) == [.minutes(1), .seconds(10)])
        #expect(cursor.liveFaults.map(\.endsByItself) == [false, true])
        #expect(cursor.nextChange == TimeSpan(seconds: 210))
        cursor.advance(to: TimeSpan(seconds: 210))
        #expect(cursor.liveFaults.map(\.entry.name) == ["slow"])
    }

    @Test("a gate opens when a person says so, and not before it waits")
    func gates() throws {
        var cursor = try cursor()
        cursor.advance(to: .minutes(6))
        let early = cursor.open()
        #expect(!early)
        cursor.advance(to: .minutes(9))
        let opened = cursor.open()
        #expect(opened)
        #expect(live(cursor) == ["after 1"])
        #expect(cursor.live[0].began == .minutes(9))
        cursor.advance(to: TimeSpan(seconds: 570))
        #expect(cursor.endedAt == TimeSpan(seconds: 570))
    }

    @Test("each pass of a repeated phase has its gate")
    func gateOfEachPass() throws {
        let phase = "  - { phase: a, for: 1m, repeat: 2, gate: { manual, within: 5m } }\n"
        var cursor = TimelineCursor(try timeline(phase))
        #expect(cursor.timeline.length == .minutes(2) && cursor.timeline.longest == .minutes(12))
        cursor.advance(to: .minutes(2))
        cursor.open()
        #expect(live(cursor) == ["a 2"] && cursor.waiting.isEmpty)
        cursor.advance(to: .minutes(3))
        #expect(cursor.waiting.map(\.stretch.pass) == [2])
        cursor.advance(to: .minutes(8))
        #expect(cursor.endedAt == .minutes(8))
    }

    @Test("leaving a phase leaves its other passes too, and shifts what follows")
    func leaving() throws {
        var cursor = try cursor()
        let early = cursor.leave(phase: "storm")
        cursor.advance(to: TimeSpan(seconds: 130))
        let left = cursor.leave(phase: "storm")
        #expect(!early && left)
        #expect(live(cursor) == ["both 1", "left1 1", "right 1"])
        #expect(cursor.live[0].began == TimeSpan(seconds: 130))
        #expect(cursor.status(of: "storm") == .over)
        cursor.leave(phase: "left1")
        #expect(live(cursor) == ["both 1", "left2 1", "right 1"])
        cursor.leave(phase: "left2")
        cursor.leave(phase: "right")
        #expect(cursor.waiting.map(\.stretch.phase) == ["both"])
    }

    @Test("skipping is remembered, lanes included")
    func skipping() throws {
        var cursor = try cursor()
        cursor.advance(to: TimeSpan(seconds: 250))
        cursor.skip()
        #expect(live(cursor) == ["after 1"])
        let statuses = ["storm", "both", "left1", "left2", "right", "after"].map { cursor.status(of: $0) }
        #expect(statuses == [.over, .skipped, .skipped, .skipped, .skipped, .playing])
        #expect(cursor.isOver(phase: "left2") && !cursor.isOver(phase: "after"))
        let skipped = [cursor.skip(), cursor.skip()]
        #expect(skipped == [true, false] && cursor.isOver)
    }

    @Test("jumping goes forward only, and skips what lies between")
    func jumping() throws {
        var cursor = try cursor()
        cursor.advance(to: TimeSpan(seconds: 10))
        let jumped = ["calm", "nowhere", "right", "both"].map { cursor.jump(to: $0) }
        #expect(jumped == [false, false, false, true])
        #expect(live(cursor) == ["both 1", "left1 1", "right 1"])
        #expect(cursor.status(of: "calm") == .skipped && cursor.status(of: "storm") == .skipped)
        let back = cursor.jump(to: "calm")
        #expect(!back)
    }

    @Test("every change is told once, with its time")
    func changes() throws {
        var cursor = try cursor()
        cursor.advance(to: TimeSpan(seconds: 130))
        cursor.leave(phase: "storm")
        let told = cursor.takeChanges().map { "\($0.kind) \(cursor.timeline.stretches[$0.stretch].phase) \($0.time)" }
        #expect(
            told == [
                "began calm 0s", "ended calm 2m", "began storm 2m", "left storm 2m10s", "began both 2m10s",
                "began left1 2m10s",
                "began right 2m10s",
            ])
        let again = cursor.takeChanges()
        #expect(again.isEmpty)
    }
}

@Suite("Speed, and one phase alone")
struct SpeedTests {
    private let text =
        world.replacing(
            "brownout: 1\n",
            with: "brownout: 1\nlimits: { ttl: 2h }\nsteady: { within: 60s, that: payments.p99 < 1s over 30s }\n") + """
              - phase: storm
                for: 10m
                gate: { manual, within: 30m }
                until: payments.p99 > 1s over 60s
                faults:
                  - name: all
                    service: payments
                    after: 60s
                    for: 5m
                    when: payments.p99 < 1s over 20s
                    share: { flap: 40%, up: 60s, down: 30s }
                    error: { retry_after: 10s, burst: { up: 20s, down: 40s } }
                  - { name: ramp, service: payments, latency: { from: 1s, to: 2s, over: 60s } }
                  - { name: wave, service: payments, share: { wave: saw, low: 1%, high: 2%, period: 10s }, hang: { for: 8s } }

            """

    @Test("what the script says is scaled, what a caller feels is not")
    func scaled() throws {
        let file = try file(text).scaled(bySpeed: 10, catalogue: .forTests)
        let phase = file.timeline[0]
        #expect(file.limits.ttl == .seconds(720) && phase.length == .minutes(1))
        #expect(phase.gate?.within == .minutes(30) && file.steady?.within == .seconds(60))
        #expect(phase.until?.condition.comparisons[0].window == .seconds(6))
        #expect(file.steady?.that[0].condition.comparisons[0].window == .seconds(3))
        let (all, ramp, wave) = (phase.faults[0], phase.faults[1], phase.faults[2])
        #expect(all.after == .seconds(6) && all.length == .seconds(30))
        #expect(all.when?.condition.comparisons[0].window == .seconds(2))
        #expect(all.when?.condition.comparisons[0].quantity == 1)
        #expect(all.share == .flap(value: 0.4, up: .seconds(6), down: .seconds(3)))
        #expect(all.fault["retry_after"] == .magnitude(.constant(10)))
        #expect(all.fault["burst"] == .group(["up": .magnitude(.constant(2)), "down": .magnitude(.constant(4))]))
        #expect(ramp.fault["fixed"] == .magnitude(.ramp(from: 1, to: 2, curve: .linear, over: .seconds(6))))
        #expect(wave.share == .wave(shape: .saw, low: 0.01, high: 0.02, period: .seconds(1)))
        #expect(wave.fault["for"] == .magnitude(.constant(8)))
    }

    @Test("what waits for the world or is the caller's own is not scaled")
    func ofTheWorld() throws {
        var file = try file(text)
        file.services[0].failoverAfter = .seconds(9)
        file.abortIf = [
            LocatedCondition(
                condition: try Condition.parse("payments.breaker opens within 5s"), text: "",
                position: Position(line: 1, column: 1))
        ]
        let scaled = file.scaled(bySpeed: 10, catalogue: .forTests)
        #expect(scaled.services[0].failoverAfter == .seconds(9))
        #expect(scaled.abortIf[0].condition == .breakerOpens(service: "payments", within: .seconds(5)))
    }

    @Test("a speed of one, or none at all, changes nothing", arguments: [1, 0, -3, Double.nan, .infinity])
    func unscaled(_ speed: Double) throws {
        #expect(try file(text).scaled(bySpeed: speed, catalogue: .forTests).timeline[0].length == .minutes(10))
    }

    @Test("one phase is played alone, from wherever it stands")
    func only() throws {
        let file = try file(world + game)
        #expect(file.only(phase: "storm")?.timeline.map(\.name) == ["storm"])
        #expect(file.only(phase: "left2")?.timeline.map(\.name) == ["left2"])
        #expect(file.only(phase: "nowhere") == nil)
    }
}
