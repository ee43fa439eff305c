// Nothing that a file may contain stops the decoder: mutated files, with a fixed seed, each within bounded time.

import Foundation
import Scenario
import TestSupport
import Testing
import Units

/// SplitMix64: the same files in every run.
private struct Draws: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

@Suite("Fuzzing")
struct FuzzTests {
    private static let seeds = [
        world + """
              - phase: storm
                for: 2m
                repeat: 3
                until: payments.p99 > 1s over 30s
                gate: { manual, within: 5m }
                faults:
                  - { name: x, service: [payments, sts], share: 0% -> 40%, match: { path: "/v1/**", status: 5xx }, hang: body }
                  - { zone: az-a, share: { wave: sine, low: 1%, high: 4%, period: 3s }, latency: { to: { p50: 1s, p99: 2s -> 3s } } }
                  - { service: payments, when: not az-b is dark and injected(x) > 1, error: { status: { 503: 70%, 429: 30% } } }
              - phase: lanes
                together: [[{ phase: a, for: 1s }], { phase: b, for: 2s, faults: [{ zone: az-b, blackout: }] }]
            limits: { share: 90%, protect: { client: "::1" } }
            expect: [{ in: storm, that: "payments.success >= 95% on reused connections" }]

            """,
        #"{"brownout": 1, "name": "\ud83d\ude00", "services": {"a": {"listen": "[::1]:0", "to": "unix:/x"}}, "timeline": [{"phase": "p", "for": "1s", "faults": [{"latency": {"steps": ["1s"]}}]}]}"#,
    ]

    private static let pieces = [
        "*", "&a ", "!!str ", "? ", ": ", "- ", "[", "]", "{", "}", ",", "\"", "'", "|", ">", "#", "\n", "\t", " ", "%",
        "->",
        "+-", "9", "0", "99999999999999999999", "~", "null", "\\ud83d", "\\", "\u{0}", "é", "😀", "\u{FEFF}", "<<",
        "---\n", "...\n",
        "is", "not", "(", ")", ">=", "@", ".", "p50", "latency", "error", "service", "over", "\u{10FFF1}", "\u{2028}",
        "\r",
    ]

    @Test("no mutated file stops the decoder", .timeLimit(.minutes(3 * Sanitizer.slowdown)), arguments: 0..<8)
    func mutated(_ seed: UInt64) {
        var draws = Draws(state: seed)
        for round in 0..<400 {
            let text = mutate(Self.seeds[round % Self.seeds.count], &draws)
            let decoded = decode(text)
            #expect(decoded.file != nil || !decoded.errors.isEmpty, "\(text)")
            #expect(
                decoded.diagnostics.allSatisfy {
                    !$0.description.isEmpty && $0.position.line > 0 && $0.position.column > 0
                })
            if let file = decoded.file { play(file) }
        }
    }

    private func mutate(_ text: String, _ draws: inout Draws) -> String {
        var scalars = Array(text.unicodeScalars)
        for _ in 0..<Int.random(in: 1...6, using: &draws) {
            let place = Int.random(in: 0...scalars.count, using: &draws)
            let length = min(Int.random(in: 0...12, using: &draws), scalars.count - place)
            switch Int.random(in: 0..<4, using: &draws) {
            case 0: scalars.removeSubrange(place..<(place + length))
            case 1:
                scalars.insert(
                    contentsOf: scalars[place..<(place + length)], at: Int.random(in: 0...scalars.count, using: &draws))
            case 2:
                scalars.replaceSubrange(
                    place..<(place + length), with: (Self.pieces.randomElement(using: &draws) ?? "").unicodeScalars)
            default:
                scalars.insert(contentsOf: (Self.pieces.randomElement(using: &draws) ?? "").unicodeScalars, at: place)
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// Whatever decodes must also play.
    private func play(_ file: ScenarioFile) {
        let timeline = Timeline(file.scaled(bySpeed: 7, catalogue: .forTests).timeline)
        var cursor = TimelineCursor(timeline)
        while let next = cursor.nextChange { cursor.advance(to: next) }
        #expect(cursor.isOver)
    }

    @Test(
        "large files that are made to be slow are not", .timeLimit(.minutes(3 * Sanitizer.slowdown)),
        arguments: Slow.allCases)
    private func slow(_ shape: Slow) {
        let text = shape.text
        let took = ContinuousClock().measure { _ = decode(text).diagnostics.map(\.description) }
        #expect(took < .seconds(20 * Sanitizer.slowdown), "\(shape) took \(took)")
    }
}

/// Files near the limit of size, each aimed at something that might take more than linear time.
private enum Slow: CaseIterable {
    case longList, nestedSets, manyServices, manyConditions, surrogates, ramps, phases, harm, longNumber, longRamp,
        indents

    var text: String {
        switch self {
        case .longList: "[" + String(repeating: "a,", count: 500_000) + "]"
        case .nestedSets: "{{{{{{{a: [" + String(repeating: "b,", count: 400_000) + "]}}}}}}}"
        case .manyServices: "brownout: 1\nservices: {" + list(15_000, Self.service) + "}\n"
        case .manyConditions: "brownout: 1\nabort_if: [" + list(15_000) { "s\($0).p99 > 1s or x is dark" } + "]\n"
        case .surrogates: "brownout: 1\nabout: \"" + String(repeating: "\\ud83d", count: 150_000) + "\"\n"
        case .ramps: "brownout: 1\nname: " + String(repeating: "-> ", count: 300_000) + "\n"
        case .phases:
            "brownout: 1\ntimeline: [" + list(9_000) { "{phase: p\($0), for: 1s, faults: [{reset: }]}" } + "]\n"
        case .harm:
            "brownout: 1\nlimits: {share: 1%}\nservices: {" + list(3_000, Self.service) + "}\n" + Self.entries(2_000)
        case .longNumber: "brownout: 1\ntimeline: [{phase: p, for: " + String(repeating: "1", count: 900_000) + "}]\n"
        case .longRamp: "brownout: 1\nlimits: {ttl: " + String(repeating: "1% -> ", count: 100_000) + "1%}\n"
        case .indents: (0..<150).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        }
    }

    private func list(_ count: Int, _ item: (Int) -> String) -> String { (0..<count).map(item).joined(separator: ", ") }

    private static func service(_ number: Int) -> String { "s\(number): {listen: \"h:\(number + 1)\", to: \"d:1\"}" }

    private static func entries(_ count: Int) -> String {
        let entries = (0..<count).map { _ in "{share: 1% -> 2%, reset: }" }.joined(separator: ", ")
        return "timeline: [{phase: p, for: 1s, faults: [\(entries)]}]\n"
    }
}
