import Control
import EventLoop
import Faults
import Observation
import Proxy
import Scenario
import Testing
import Units

@Suite("The director, on virtual time")
struct DirectorTests {
    static let storm = "faults: [{ name: errors, service: payments, error: 503 }]"

    @Test("phases follow each other, and each plan holds the entries of its phase alone")
    func phases() throws {
        let rehearsal = try Rehearsal(
            world + """
                timeline:
                  - { phase: calm, for: 10s }
                  - { phase: storm, for: 5s, \(Self.storm) }
                  - { phase: after, for: 5s }
                """)
        rehearsal.director.begin()
        rehearsal.play(.seconds(9))
        #expect(rehearsal.stage.inForce == [])
        rehearsal.play(.milliseconds(1_001))
        #expect(rehearsal.stage.inForce == ["errors"])
        #expect(rehearsal.stage.quiet == [0: false, 1: true])
        rehearsal.play(.seconds(5))
        #expect(rehearsal.stage.inForce == [])
        rehearsal.play(.seconds(5))
        #expect(rehearsal.witness.ending == .played)
        #expect(
            rehearsal.witness.story == [
                "calm 1/1 began", "calm played", "storm 1/1 began", "storm played", "after 1/1 began", "after played",
            ])
    }

    @Test("a plan is posted only when it asks for something else, and begins within a millisecond of its time")
    func sparingly() throws {
        let rehearsal = try Rehearsal(
            world + """
                timeline:
                  - { phase: storm, for: 10s, faults: [{ name: e, service: payments, after: 3s, for: 2s, error: 503 }] }
                """)
        rehearsal.director.begin()
        rehearsal.play(.milliseconds(2_999))
        let before = rehearsal.stage.plans.count
        rehearsal.play(.milliseconds(2))
        #expect(rehearsal.stage.plans.count == before + 1)
        rehearsal.play(.milliseconds(1_998))
        #expect(rehearsal.stage.inForce == ["e"])
        rehearsal.play(.milliseconds(2))
        #expect(rehearsal.stage.inForce == [])
        #expect(rehearsal.stage.plans.count == before + 2)
        #expect(rehearsal.stage.plans.map(\.version) == (1...UInt64(before + 2)).map { $0 })
    }

    @Test("the lease is renewed while the director lives, five seconds ahead")
    func lease() throws {
        let rehearsal = try Rehearsal(world + "timeline: [{ phase: calm, for: 10s }]")
        rehearsal.director.begin()
        rehearsal.play(.seconds(7))
        let last = try #require(rehearsal.stage.leases.last)
        #expect(last >= rehearsal.loop.now + .milliseconds(4_950))
        rehearsal.director.close()
        let count = rehearsal.stage.leases.count
        rehearsal.play(.seconds(1))
        #expect(rehearsal.stage.leases.count == count)
    }

    @Test("a plan that a worker has dropped, for want of a renewed lease, is posted again")
    func droppedPlan() throws {
        let rehearsal = try Rehearsal(world + "timeline: [{ phase: storm, for: 10s, \(Self.storm) }]")
        rehearsal.director.begin()
        rehearsal.play(.seconds(1))
        let before = try #require(rehearsal.stage.plans.last?.version)
        rehearsal.stage.droppedPlans = 1
        rehearsal.play(.seconds(1))
        #expect(rehearsal.stage.plans.last?.version == before + 1)
        #expect(rehearsal.stage.inForce == ["errors"])
    }

    @Test("a repeated phase begins anew in every pass; `until` leaves all that is left of it")
    func repeatUntil() throws {
        let rehearsal = try Rehearsal(
            world + """
                timeline:
                  - { phase: storm, for: 10s, repeat: 3, until: "payments.success < 50%", \(Self.storm) }
                  - { phase: after, for: 5s }
                """)
        rehearsal.director.begin()
        rehearsal.play(.seconds(12))
        #expect(rehearsal.witness.story == ["storm 1/3 began", "storm played", "storm 2/3 began"])
        rehearsal.stage.figures.values["payments.success"] = 0.4
        rehearsal.play(.milliseconds(60))
        #expect(rehearsal.witness.story.suffix(2) == ["storm left", "after 1/1 began"])
        #expect(rehearsal.stage.inForce == [])
        #expect(
            rehearsal.witness.events.contains(
                .guardTripped(condition: "payments.success < 50%", measured: "payments.success == 40%")))
    }

    @Test("a gate keeps its phase and faults until somebody opens it, or its bound is over")
    func gate() throws {
        let text =
            world + """
                timeline:
                  - { phase: storm, for: 5s, gate: { manual, within: 30s }, \(Self.storm) }
                  - { phase: after, for: 5s }
                """
        let opened = try Rehearsal(text)
        opened.director.begin()
        #expect(!opened.director.goOn())
        opened.play(.seconds(20))
        #expect(opened.stage.inForce == ["errors"])
        #expect(opened.director.goOn())
        #expect(opened.stage.inForce == [])
        #expect(
            opened.witness.story.dropFirst() == [
                "gate of storm waits", "gate of storm opened", "storm played", "after 1/1 began",
            ])
        let expired = try Rehearsal(text)
        expired.director.begin()
        expired.play(.milliseconds(35_001))
        #expect(
            expired.witness.story.dropFirst() == [
                "gate of storm waits", "gate of storm expired", "storm played", "after 1/1 began",
            ])
    }

    @Test("lanes run side by side, and the records name them together")
    func together() throws {
        let rehearsal = try Rehearsal(
            world + """
                timeline:
                  - phase: both
                    together:
                      - { phase: slow, for: 4s, faults: [{ name: l, service: payments, latency: 1s }] }
                      - { phase: errors, for: 2s, faults: [{ name: e, service: payments, error: 503 }] }
                """)
        rehearsal.director.begin()
        rehearsal.play(.seconds(1))
        #expect(rehearsal.stage.inForce == ["l", "e"])
        let first = rehearsal.stage.plans.last?.phase
        rehearsal.play(.seconds(2))
        #expect(rehearsal.stage.inForce == ["l"])
        #expect(rehearsal.stage.plans.last?.phase != first)
        rehearsal.play(.seconds(2))
        #expect(rehearsal.witness.ending == .played)
        #expect(rehearsal.stage.plans.last?.phase == .max)
    }

    @Test("pausing freezes the timeline and its magnitudes; clearing lifts the faults meanwhile")
    func pause() throws {
        let rehearsal = try Rehearsal(
            world + "timeline: [{ phase: storm, for: 10s, \(Self.storm) }, { phase: after, for: 5s }]")
        rehearsal.director.begin()
        rehearsal.play(.seconds(4))
        let start = rehearsal.stage.plans.last?.services[0].chain.rules.first?.clock
        #expect(rehearsal.director.pause())
        #expect(rehearsal.stage.plans.last?.services[0].chain.rules.first?.clock.frozenAt == rehearsal.loop.now)
        rehearsal.play(.seconds(3))
        #expect(rehearsal.director.pause(clear: true))
        #expect(rehearsal.stage.inForce == [])
        rehearsal.play(.seconds(3))
        #expect(rehearsal.director.resume())
        #expect(rehearsal.stage.inForce == ["errors"])
        let end = rehearsal.stage.plans.last?.services[0].chain.rules.first?.clock
        #expect(end?.began == start.map { $0.began + .seconds(6) })
        rehearsal.play(.milliseconds(5_990))
        #expect(rehearsal.stage.inForce == ["errors"])
        rehearsal.play(.milliseconds(60))
        #expect(rehearsal.stage.inForce == [])
        #expect(!rehearsal.director.resume())
    }

    @Test("skipping leaves a phase, jumping those before another; both are reported as skipped")
    func skip() throws {
        let rehearsal = try Rehearsal(
            world + """
                timeline:
                  - { phase: a, for: 10s, \(Self.storm) }
                  - { phase: b, for: 10s }
                  - { phase: c, for: 10s }
                  - { phase: d, for: 10s }
                """)
        rehearsal.director.begin()
        rehearsal.play(.seconds(1))
        #expect(rehearsal.director.skip())
        #expect(rehearsal.stage.inForce == [])
        #expect(rehearsal.director.jump(to: "d"))
        #expect(!rehearsal.director.jump(to: "a"))
        #expect(
            rehearsal.witness.story == [
                "a 1/1 began", "a skipped", "b 1/1 began", "b skipped", "c skipped", "d 1/1 began",
            ])
    }

    @Test("a guard clears everything at once, and says what it saw")
    func abort() throws {
        let rehearsal = try Rehearsal(
            world + "timeline: [{ phase: storm, for: 10s, \(Self.storm) }]\nabort_if: [\"payments.success < 80%\"]")
        rehearsal.director.begin()
        rehearsal.play(.seconds(2))
        #expect(rehearsal.stage.inForce == ["errors"])
        rehearsal.stage.figures.values["payments.success"] = 0.5
        rehearsal.play(.milliseconds(50))
        #expect(rehearsal.stage.plans.last?.isClear == true)
        #expect(rehearsal.witness.ending == .aborted(condition: "payments.success < 80%"))
        #expect(rehearsal.witness.story.last == "storm cut")
        let ticks = rehearsal.witness.ticks
        rehearsal.play(.seconds(20))
        #expect(rehearsal.stage.plans.last?.isClear == true)
        #expect(rehearsal.witness.ticks - ticks < 1_000, "what would have come next in its timeline wakes nobody")
    }

    @Test("the time to live is wall time: it runs on while paused, and stands in every plan")
    func timeToLive() throws {
        let rehearsal = try Rehearsal(
            world + "limits: { ttl: 8s }\ntimeline: [{ phase: storm, for: 6s, \(Self.storm) }]")
        rehearsal.director.begin()
        let began = rehearsal.loop.now
        rehearsal.play(.seconds(1))
        #expect(rehearsal.stage.plans.last?.expires == began + .seconds(8))
        rehearsal.director.pause()
        rehearsal.play(.milliseconds(6_990))
        #expect(rehearsal.witness.ending == nil)
        rehearsal.play(.milliseconds(60))
        #expect(rehearsal.witness.ending == .outlived)
        #expect(rehearsal.stage.plans.last?.isClear == true)
    }

    @Test("a timeline that is over was played, even where its time to live ends in the same moment")
    func playedInTime() throws {
        let rehearsal = try Rehearsal(
            world + "limits: { ttl: 6s }\ntimeline: [{ phase: storm, for: 6s, \(Self.storm) }]")
        rehearsal.director.begin()
        rehearsal.play(.seconds(7))
        #expect(rehearsal.witness.ending == .played)
    }

    @Test("a run waits for its steady state, and is refused when it does not come")
    func steady() throws {
        let text =
            world + """
                steady: { within: 5s, that: ["payments.success >= 99%", "payments.p99 <= 1s"] }
                timeline: [{ phase: storm, for: 6s, \(Self.storm) }]
                """
        let refused = try Rehearsal(text)
        refused.director.begin()
        refused.stage.figures.values = ["payments.success": 1, "payments.p99": 2]
        refused.play(.seconds(6))
        #expect(refused.witness.ending == .refused(reasons: ["steady state: payments.p99 <= 1s"]))
        #expect(refused.stage.plans.allSatisfy { $0.isClear })
        let played = try Rehearsal(text)
        played.director.begin()
        played.play(.seconds(3))
        #expect(!played.director.hasPlayed)
        played.stage.figures.values = ["payments.success": 1, "payments.p99": 0.1]
        played.play(.milliseconds(50))
        #expect(played.stage.inForce == ["errors"])
        let forced = try Rehearsal(text)
        forced.director.begin(force: true)
        #expect(forced.stage.inForce == ["errors"])
    }

    @Test("`when` follows darkness and figures while its phase lasts")
    func conditions() throws {
        let rehearsal = try Rehearsal(
            world + """
                timeline:
                  - phase: storm
                    for: 20s
                    faults:
                      - { name: dark, zone: az-a, after: 5s, for: 5s, blackout: }
                      - { name: fallback, service: payments, when: az-a is dark, error: 503 }
                      - { name: busy, service: payments, when: "payments.rate > 100/s", latency: 1s }
                """)
        rehearsal.director.begin()
        rehearsal.play(.seconds(1))
        #expect(rehearsal.stage.inForce == [])
        rehearsal.play(.milliseconds(4_001))
        #expect(rehearsal.stage.inForce == ["dark", "fallback"])
        rehearsal.stage.figures.values["payments.rate"] = 200
        rehearsal.play(.milliseconds(50))
        #expect(rehearsal.stage.inForce == ["dark", "fallback", "busy"])
        rehearsal.play(.seconds(5))
        #expect(rehearsal.stage.inForce == ["busy"])
        #expect(rehearsal.witness.story == ["storm 1/1 began", "dark: az-a", "dark: "])
    }

    @Test("speed shortens the script: phases, ramps, ttl; ends within its time")
    func speed() throws {
        let rehearsal = try Rehearsal(
            world + "timeline: [{ phase: storm, for: 10m, \(Self.storm) }, { phase: after, for: 10m }]", speed: 60)
        rehearsal.director.begin()
        rehearsal.play(.milliseconds(9_900))
        #expect(rehearsal.stage.inForce == ["errors"])
        #expect(rehearsal.stage.plans.last?.services[0].chain.rules.first?.clock.length == .seconds(10))
        rehearsal.play(.milliseconds(10_200))
        #expect(rehearsal.witness.ending == .played)
    }
}
