import Scenario
import Testing
import Units

@Suite("Numbers that move")
struct MovingTests {
    private func share(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Moving {
        try entry("{ share: \(text), reset: }", sourceLocation: sourceLocation).share
    }

    @Test("every written form is read")
    func forms() throws {
        #expect(try share("40%") == .constant(0.4))
        #expect(try share("0% -> 40%") == .ramp(from: 0, to: 0.4, curve: .linear, over: nil))
        #expect(try share("{from: 0%, to: 40%}") == .ramp(from: 0, to: 0.4, curve: .linear, over: nil))
        #expect(
            try share("{from: 1%, to: 40%, curve: exponential, over: 30s}")
                == .ramp(from: 0.01, to: 0.4, curve: .exponential, over: .seconds(30)))
        #expect(
            try share("{wave: sine, low: 10%, high: 40%, period: 30s}")
                == .wave(shape: .sine, low: 0.1, high: 0.4, period: .seconds(30)))
        #expect(try share("{flap: 40%, up: 5m, down: 5m}") == .flap(value: 0.4, up: .minutes(5), down: .minutes(5)))
        #expect(try share("{steps: [10%, 20%, 40%]}") == .steps([0.1, 0.2, 0.4]))
    }

    @Test(
        "mistakes in them are told",
        arguments: [
            (
                "{from: 0%, to: 40%, curve: exponential}", "18:25",
                "share: an exponential ramp cannot begin or end at zero"
            ),
            (
                "{from: 5%, to: 0%, curve: exponential}", "18:33",
                "share: an exponential ramp cannot begin or end at zero"
            ),
            ("{from: 5%}", "18:18", "a ramp needs `to`"),
            ("{from: 5%, to: 6%, over: 0s}", "18:43", "over must be at least 1ms"),
            ("{from: 5%, to: 6%, curve: cubic}", "18:44", #"curve cannot be "cubic""#),
            ("{wave: sin, low: 1%, high: 2%, period: 1s}", "18:25", #"wave cannot be "sin""#),
            ("{wave: sine, low: 1%, high: 2%}", "18:18", "a wave needs `period`"),
            ("{flap: 40%, up: 5m}", "18:18", "a flap needs `down`"),
            ("{flap: 40%, up: 0s, down: 5m}", "18:34", "up must be at least 1ms"),
            ("{steps: []}", "18:26", "steps needs 1 to 1000 values"),
            ("{steps: [10%, 200%]}", "18:32", "share cannot exceed 100%, and is 200%"),
            ("{steps: 10%}", "18:26", #"steps must be a list, and is "10%""#),
            ("{speed: 3}", "18:19", "a ramp has no key `speed`"),
            ("-> 40%", "18:18", #"share: "" is not a percentage such as 30% or 99.9%"#),
            ("5% ->", "18:18", #"share: "" is not a percentage such as 30% or 99.9%"#),
            ("0% -> fast", "18:24", #"share: "fast" is not a percentage such as 30% or 99.9%"#),
            ("[1%, 2%]", "18:18", "share must be a percentage such as 30%, and is a list"),
        ])
    func mistakes(_ text: String, _ place: String, _ message: String) {
        let lines = said(withEntry("{ share: \(text), reset: }"))
        #expect(lines.contains("\(place): error: \(message)"), "\(lines)")
    }

    @Test("a wave upside down is told, and stands")
    func upsideDown() {
        let lines = said(withEntry("{ share: {wave: sine, low: 40%, high: 10%, period: 30s}, reset: }"))
        #expect(lines == ["18:31: warning: share: low is above high"])
    }

    @Test(
        "units read and print",
        arguments: [
            (Unit.duration, "1.5s", 1.5), (.percentage, "30%", 0.3), (.bytes, "64KiB", 65_536),
            (.byteRate, "2KB/s", 2_000),
            (.eventRate, "100/s", 100), (.number, "1.5", 1.5), (.number, "20", 20),
        ])
    func units(_ unit: Unit, _ text: String, _ value: Double) throws {
        #expect(try unit.read(text) == value)
        #expect(unit.text(value) == text)
    }
}
