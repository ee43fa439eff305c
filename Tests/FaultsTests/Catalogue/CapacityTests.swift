@testable import Faults
import Scenario
import Testing
import Units

@Suite("capacity")
struct CapacityTests {
    @Test("who finds a server is held for its service time, who does not waits for its turn, the rest is turned away")
    func gate() throws {
        let rule = try rule(fault("capacity", "{servers: 1, service_time: 100ms, queue: 1}"))
        let chain = Chain([rule])
        let plans = (0..<3).map { _ in chain.plan() }
        #expect(plans[0].queuePlace?.ends == .at(1.1) && plans[0].fired[0].asked == .milliseconds(100))
        let waiting = try #require(plans[1].queuePlace)
        #expect(waiting.ends == nil)
        guard case .answer(let answer) = plans[2].terminal else { return #expect(Bool(false), "not turned away") }
        #expect(answer.status == 503 && plans[2].isRefused)
        #expect(rule.state.counts.injected == 3)
        var turned = plans[1]
        let turns = waiting.queue.turns(at: .at(1.2))
        #expect(turns.grants.count == 1 && turns.next == .distantFuture)
        #expect(turned.begin(turns.grants[0]) == true)
        #expect(turned.queuePlace?.ends == .at(1.2) && turned.fired[0].asked == .milliseconds(200))
        var other = plans[0]
        #expect(other.begin(turns.grants[0]) == false, "a turn is one exchange's own")
    }

    @Test(
        "full says what happens without a place",
        arguments: [("429", "answer 429"), ("refuse", "reset"), ("hang", "hang")])
    func full(text: String, expected: String) throws {
        let chain = Chain([try rule(fault("capacity", "{servers: 1, service_time: 1s, full: \(text)}"))])
        _ = chain.plan()
        let end =
            switch chain.plan().terminal {
            case .answer(let answer): "answer \(answer.status)"
            case .reset: "reset"
            case .hang(let order): order.place == .connect ? "hang" : ""
            default: ""
            }
        #expect(end == expected)
    }

    @Test("what the queue turns away meets no other fault, what waits does")
    func shadows() throws {
        let slow = try rule(fault("error", "500"), name: "e", index: 0)
        let queue = try rule(fault("capacity", "{servers: 1, service_time: 1s}"), name: "q", index: 1)
        let chain = Chain([slow, queue])
        let plans = [chain.plan(), chain.plan()]
        #expect(plans[0].queuePlace != nil && plans[0].terminalEntry == 0)
        #expect(plans[1].isRefused && plans[1].terminalEntry == 1)
        #expect(slow.state.counts.injected == 1 && slow.state.counts.shadowed == 1)
    }

    @Test("what limits withhold takes no server")
    func withheld() throws {
        let rule = try rule(fault("capacity", "{servers: 1, service_time: 1s}"))
        let limits = LimitState(share: nil, concurrent: ConcurrentHarm(most: 0))
        #expect(Chain([rule]).plan(limits: limits).isClear)
        #expect(rule.state.queue(service: "payments").load.busy == 0)
        #expect(rule.state.counts.withheld == 1)
    }

    @Test("entries of one name share the queue, over phases and workers; another service has its own")
    func shared() throws {
        let state = EntryState(name: "q")
        let first = try Chain([rule(fault("capacity", "{servers: 1, service_time: 1s}"), state: state)])
        let second = try Chain([rule(fault("capacity", "{servers: 2, service_time: 1s}"), index: 1, state: state)])
        let place = try #require(first.plan().queuePlace)
        #expect(second.feeds(place.queue))
        #expect(second.plan().queuePlace?.ends == .at(2), "the second server")
        #expect(second.plan().isRefused, "both are busy")
        #expect(state.queue(service: "other") !== place.queue)
        #expect(!Chain([]).feeds(place.queue))
    }

    @Test(
        "the service time is any latency, drawn by the ordinal",
        arguments: ["{p50: 50ms, p99: 400ms}", "{exponential: {mean: 50ms}}"])
    func distribution(form: String) throws {
        func times(_ seed: UInt64) throws -> [TimeSpan] {
            let chain = try Chain([rule(fault("capacity", "{servers: 100000, service_time: \(form)}"), seed: seed)])
            return (0..<1_000).map { _ in chain.plan().fired[0].asked }
        }
        let drawn = try times(1).sorted()
        #expect(try times(1).sorted() == drawn)
        #expect(try times(2).sorted() != drawn)
        #expect(drawn[500] > .milliseconds(25) && drawn[500] < .milliseconds(60))
    }

    @Test(
        "what cannot be a queue is refused",
        arguments: [
            ("{servers: 1}", "needs `service_time`"), ("{service_time: 1s}", "needs `servers`"),
            ("{servers: 0, service_time: 1s}", "servers"),
            ("{servers: 1, service_time: {p50: 1s, p99: 500ms}}", "longer than the one below it"),
            ("{servers: 1, service_time: {to: {p50: 1s, p99: 2s}}}", "to"),
            ("{servers: 1, service_time: {}}", "service_time"), ("{servers: 1, service_time: 1s, full: 200}", "full"),
            ("{servers: 1, service_time: 1s, full: ignore}", "full"),
        ])
    func wrong(text: String, message: String) {
        #expect(complaints("capacity", text).contains { $0.contains(message) }, "\(complaints("capacity", text))")
    }

    @Test("it says what it is in one line")
    func phrase() throws {
        let rule = try rule(fault("capacity", "{servers: 4, service_time: {p50: 40ms, p99: 300ms}, queue: 100}"))
        #expect(rule.phrase == "capacity servers 4 service_time p50 40ms p99 300ms queue 100 on payments")
    }

    @Test("a plan knows load, waits and losses of the assumed rate")
    func forecast() throws {
        func implied(_ text: String) throws -> ImpliedQueue? {
            let gate = try rule(fault("capacity", text)).impliedGate(requestsPerSecond: 50, at: .zero)
            if case .queue(let queue) = gate { return queue }
            return nil
        }
        let half = try #require(try implied("{servers: 1, service_time: 10ms, queue: 100}"))
        #expect(abs(half.load - 0.5) < 1e-9 && abs(half.waits - 0.5) < 1e-9 && half.turnedAway < 1e-9)
        #expect(abs(half.meanWait.seconds - 0.010) < 1e-6)
        let over = try #require(try implied("{servers: 1, service_time: 40ms, queue: 100}"))
        #expect(over.load > 1 && abs(over.meanWait.seconds - 3.96) < 0.01 && abs(over.turnedAway - 0.5) < 1e-9)
        let bare = try #require(try implied("{servers: 1, service_time: 20ms}"))
        #expect(abs(bare.turnedAway - 0.5) < 1e-9 && bare.waits == 0 && bare.meanWait == .zero)
        let crowd = try #require(try implied("{servers: 100000, service_time: 1h, queue: 1000000}"))
        #expect(crowd.turnedAway > 0 && crowd.turnedAway < 1)
    }
}
