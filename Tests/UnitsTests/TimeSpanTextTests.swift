import Testing
import Units

@Suite("Durations as text")
struct TimeSpanTextTests {
    @Test(
        "a duration reads as what was written",
        arguments: [
            ("250us", 250_000), ("10ms", 10_000_000), ("1.5s", 1_500_000_000), ("2m", 120_000_000_000),
            ("1h30m", 5_400_000_000_000), ("8h51m", 31_860_000_000_000), ("30d", 2_592_000_000_000_000), ("7ns", 7),
            ("0s", 0), ("1m30.5s", 90_500_000_000), ("0.5ms", 500_000), ("1d1h1m1s1ms1us1ns", 90_061_001_001_001),
        ])
    func reads(_ text: String, _ nanoseconds: Int64) throws {
        #expect(try TimeSpan(text: text).nanoseconds == nanoseconds)
    }

    @Test(
        "what is no duration is refused with the likely meaning",
        arguments: [
            ("200", #""200" has no unit; did you mean 200ms?"#),
            ("5", #""5" has no unit; did you mean 5s?"#),
            ("5min", #""min" is not a unit of time (us, ms, s, m, h, d); did you mean 5m?"#),
            ("5 s", #"" s" is not a unit of time (us, ms, s, m, h, d)"#),
            ("3x", #""x" is not a unit of time (us, ms, s, m, h, d)"#),
            ("250µs", #""µs" is not a unit of time (us, ms, s, m, h, d); did you mean 250us?"#),
            ("30m1h", #"the units of "30m1h" must get smaller from left to right, as in 1h30m"#),
            ("1s1s", #"the units of "1s1s" must get smaller from left to right, as in 1h30m"#),
            ("-5s", #""-5s" is not a duration such as 250us, 10ms, 1.5s, 2m or 1h30m"#),
            ("", #""" is not a duration such as 250us, 10ms, 1.5s, 2m or 1h30m"#),
            ("1.s", #""1.s" is not a duration such as 250us, 10ms, 1.5s, 2m or 1h30m"#),
            (".5s", #"".5s" is not a duration such as 250us, 10ms, 1.5s, 2m or 1h30m"#),
            ("1e3s", #""e" is not a unit of time (us, ms, s, m, h, d)"#),
            ("99999999d", #""99999999d" is longer than 36500d"#),
            ("1h30", #""1h30" has no unit"#),
        ])
    func refuses(_ text: String, _ message: String) {
        #expect { try TimeSpan(text: text) } throws: { "\($0)" == message }
    }

    @Test(
        "a duration prints as people write it",
        arguments: [
            (0, "0s"), (7, "7ns"), (250_000, "250us"), (1_500, "1.5us"), (10_000_000, "10ms"), (1_500_000_000, "1.5s"),
            (60_000_000_000, "1m"), (120_000_000_000, "2m"), (90_500_000_000, "1m30.5s"), (5_400_000_000_000, "1h30m"),
            (86_400_000_000_000, "1d"), (-10_000_000, "-10ms"), (59_999_999_999, "59.999999999s"),
        ])
    func prints(_ nanoseconds: Int64, _ text: String) {
        #expect(TimeSpan(nanoseconds: nanoseconds).description == text)
    }

    @Test("what is printed reads as the same duration")
    func roundTrip() throws {
        var word: UInt64 = 1
        for digits in 1...18 {
            let limit = (0..<digits).reduce(UInt64(1)) { limit, _ in limit * 10 }
            for _ in 0..<50 {
                word = word &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let span = TimeSpan(nanoseconds: Int64((word >> 1) % limit))
                #expect(try TimeSpan(text: span.description) == span, "\(span.nanoseconds)")
            }
        }
    }

    @Test("even the extremes print", arguments: [Int64.min, .max, .min + 1])
    func extremes(_ nanoseconds: Int64) {
        #expect(!TimeSpan(nanoseconds: nanoseconds).description.isEmpty)
        #expect(!TimeSpan(nanoseconds: nanoseconds).brief.isEmpty)
    }

    @Test(
        "a brief duration has three digits, or whole seconds from 100 s on",
        arguments: [
            (1_234_567_891, "1.23s"), (12_345_678, "12.3ms"), (99_960_000_000, "1m40s"), (123_456_789_000, "2m3s"),
            (999, "999ns"), (0, "0s"), (-1_234_567, "-1.23ms"),
        ])
    func brief(_ nanoseconds: Int64, _ text: String) {
        #expect(TimeSpan(nanoseconds: nanoseconds).brief == text)
    }
}
