@testable import Faults
import Scenario
import Testing
import Units

@Suite("error")
struct ErrorTests {
    private func answer(_ text: String) throws -> Answer {
        guard case .answer(let answer) = Chain([try rule(fault("error", text))]).plan().terminal else {
            throw Unexpected()
        }
        return answer
    }

    private struct Unexpected: Error {}

    @Test("bare, it is an empty 503 in place of the dependency")
    func bare() throws {
        let answer = try answer("")
        #expect(answer.status == 503)
        #expect(answer.body.isEmpty && answer.fieldLines.isEmpty && !answer.executed)
    }

    @Test("body, fields and Retry-After are laid out as they are sent")
    func laidOut() throws {
        let answer = try answer(
            "{status: 403, body: '{\"code\":\"AccessDenied\"}', headers: {x-id: a b}, retry_after: 1500ms}")
        #expect(String(decoding: answer.body, as: UTF8.self) == "{\"code\":\"AccessDenied\"}")
        let lines = "x-id: a b\r\nRetry-After: 2\r\nContent-Type: application/json\r\n"
        #expect(String(decoding: answer.fieldLines, as: UTF8.self) == lines)
    }

    @Test("a type that is given is kept, a text gets one")
    func types() throws {
        let given = try answer("{body: busy, headers: {Content-Type: text/html}}")
        #expect(String(decoding: given.fieldLines, as: UTF8.self) == "Content-Type: text/html\r\n")
        let text = try answer("{body: busy}")
        #expect(String(decoding: text.fieldLines, as: UTF8.self) == "Content-Type: text/plain; charset=utf-8\r\n")
    }

    @Test("weighted statuses come by their weights")
    func weights() throws {
        let chain = Chain([try rule(fault("error", "{status: {503: 70%, 429: 25%, 500: 5%}}"))])
        var counts: [Int: Int] = [:]
        for _ in 0..<10_000 {
            guard case .answer(let answer) = chain.plan().terminal else { throw Unexpected() }
            counts[answer.status, default: 0] += 1
        }
        for (status, share) in [(503, 0.7), (429, 0.25), (500, 0.05)] {
            #expect(deviations(counts[status] ?? 0, of: 10_000, share: share) < 3.3)
        }
    }

    @Test("executed lets the dependency work first")
    func executed() throws {
        #expect(try answer("{status: 500, executed: true}").executed)
    }

    @Test("a gRPC status goes with 200 unless a status is given")
    func grpc() throws {
        for (text, status, code) in [("{grpc: UNAVAILABLE}", 200, 14), ("{grpc: 8, status: 503}", 503, 8)] {
            let answer = try answer(text)
            #expect(answer.status == status)
            #expect(String(decoding: answer.fieldLines, as: UTF8.self).contains("grpc-status: \(code)\r\n"))
        }
    }

    @Test("a burst alternates between up and down for exponential times from the seed")
    func burst() throws {
        let clock = RuleClock(began: .zero, length: .seconds(20_000))
        let rule = try rule(fault("error", "{burst: {up: 2s, down: 3s}}"), clock: clock)
        let chain = Chain([rule])
        let isUp = (0..<100_000).map { !chain.plan(at: Double($0) / 10).isClear }
        #expect(isUp[0])
        let share = Double(isUp.count { $0 }) / 100_000
        #expect(abs(share - 0.4) < 0.03)
        let changes = zip(isUp, isUp.dropFirst()).count { $0 != $1 }
        // 10,000 s hold 2,000 ups and downs of five seconds on average.
        #expect((3_500...4_300).contains(changes))
        #expect(rule.state.counts.met == 100_000)
        #expect(rule.state.counts.injected == UInt64(isUp.count { $0 }))
    }

    @Test("the same seed bursts at the same moments, another at others")
    func burstSeeds() throws {
        func ups(_ seed: UInt64) throws -> [Bool] {
            let chain = Chain([try rule(fault("error", "{burst: {up: 2s, down: 3s}}"), seed: seed)])
            return (0..<600).map { !chain.plan(at: Double($0)).isClear }
        }
        #expect(try ups(1) == ups(1))
        #expect(try ups(1) != ups(2))
    }

    @Test("a burst goes on when its stretch lasts longer than was planned")
    func endlessBurst() throws {
        let clock = RuleClock(began: .zero, length: .seconds(10))
        let chain = Chain([try rule(fault("error", "{burst: {up: 1s, down: 1s}}"), clock: clock)])
        let late = (10_000..<20_000).count { !chain.plan(at: Double($0) / 10).isClear }
        #expect(late > 1_000 && late < 9_000)
    }

    @Test(
        "answers that no server would give are refused",
        arguments: [
            ("{status: 199}", "199 is not a final status: 200 to 599"),
            ("{status: 204, body: x}", "an answer with status 204 has no body"),
            ("{headers: {Content-Length: 4}}", "Content-Length belongs to the framing and cannot be set"),
            ("{headers: {x-a: \"a\\r\\nb: c\"}}", "the value of x-a has a control character"),
            ("{burst: {up: 1s}}", "burst needs up and down, 1ms or longer each"),
            ("{burst: {up: 0s, down: 1s}}", "burst needs up and down, 1ms or longer each"),
        ])
    func refused(text: String, message: String) {
        #expect(complaints("error", text).contains { $0.contains(message) }, "\(complaints("error", text))")
    }
}
