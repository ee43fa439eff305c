import Faults
import Scenario
import Testing
import Units

@testable import Planning

@Suite("The timeline on its ruler")
struct ScheduleTests {
    @Test("phases stand one behind the other, passes of one phase together, lanes on rows of their own")
    func layout() throws {
        let file = try scenario(
            """
            timeline:
              - { phase: calm, for: 1m }
              - phase: storm
                for: 10s
                repeat: 3
                faults:
                  - { name: slow, service: payments, after: 2s, for: 5s, latency: 1s }
              - phase: both
                together:
                  - phase: long
                    for: 30s
                  - phase: short
                    for: 10s
                    faults:
                      - { name: slow, service: payments, share: 50%, latency: 1s }

            """)
        let schedule = Schedule(file.timeline)
        #expect(schedule.length == .seconds(120))
        let laid = schedule.stretches.map { "\($0.label) \($0.start) \($0.length) \($0.row)" }
        #expect(
            laid == [
                "calm 0s 1m 0", "storm ×3 1m 30s 0", "both 1m30s 30s 0", "long 1m30s 30s 1", "short 1m30s 10s 2",
            ])
        #expect(schedule.lanes.count == 1)
        let placed = schedule.lanes[0].placements.map { "\($0.start) \($0.length)" }
        #expect(placed == ["1m2s 5s", "1m12s 5s", "1m22s 5s", "1m30s 10s"])
        #expect(schedule.lanes[0].peakShare == 1)
        #expect(schedule.lanes[0].share(at: .seconds(95)) == 0.5)
        #expect(schedule.lanes[0].share(at: .seconds(110)) == nil)
    }

    @Test("a phase repeated without end in sight is placed up to the limit, and the rest is counted")
    func bounded() throws {
        let file = try scenario(
            """
            timeline:
              - phase: storm
                for: 1s
                repeat: 1500
                faults:
                  - { name: slow, service: payments, latency: 1ms }

            """)
        let schedule = Schedule(file.timeline)
        #expect(schedule.stretches.count == 1)
        #expect(schedule.lanes[0].placements.count == Schedule.placementsMaximum)
        #expect(schedule.unplaced == 500)
    }

    @Test(
        "ticks are round and few",
        arguments: [
            (TimeSpan.minutes(64), "0s 10m 20m 30m 40m 50m 1h"), (.seconds(10), "0s 1s 2s 3s 4s 5s 6s 7s 8s 9s 10s"),
            (.milliseconds(3), "0s 1ms 2ms 3ms"), (.minutes(1_440), "0s 3h 6h 9h 12h 15h 18h 21h 1d"), (.zero, "0s"),
        ])
    func ticks(length: TimeSpan, expected: String) {
        #expect(TimeTicks.ticks(of: length).map(\.description).joined(separator: " ") == expected)
    }

    @Test(
        "figures have three digits",
        arguments: [
            (0.0, "0"), (0.4567, "0.457"), (9.999, "10"), (12.345, "12.3"), (897.4, "897"), (12_345, "12345"),
            (2.5, "2.5"),
        ])
    func digits(value: Double, expected: String) {
        #expect(Figures.digits(value) == expected)
    }

    @Test("counts are grouped and have three digits, small ones keep a decimal")
    func counts() {
        #expect([0.04, 3.25, 12.4, 1_234_567].map(Figures.count) == ["0", "3.3", "12", "1,230,000"])
    }
}
