// Definitions of the metrics as tables, and windows in virtual time.

import Scenario
import Testing
import Units

@testable import Observation

@Suite("What counts as success")
struct SuccessTests {
    @Test(
        "an exchange succeeds when its caller saw a complete answer under 500, whoever gave it",
        arguments: [
            (200, Outcome.complete, true), (404, .complete, true), (499, .complete, true), (500, .complete, false),
            (503, .complete, false), (0, .complete, false), (200, .callerGaveUp, false), (0, .callerReset, false),
            (200, .upstreamReset, false), (502, .upstreamRefused, false), (504, .upstreamTimedOut, false),
            (429, .injectedAnswer, true), (503, .injectedAnswer, false), (0, .injectedHang, false),
            (200, .injectedClose, false), (400, .malformedRequest, true), (502, .malformedResponse, false),
            (200, .drained, false), (0, .idleTimeout, false),
        ] as [(UInt16, Outcome, Bool)])
    func exchanges(status: UInt16, outcome: Outcome, isSuccess: Bool) {
        #expect(AttemptRecord.exchange(status: status, outcome: outcome).isSuccess == isSuccess)
    }

    @Test("a TCP connection succeeds when nobody came to harm", arguments: Outcome.allCases)
    func connections(outcome: Outcome) {
        let isQuiet = [.complete, .idleTimeout, .drained].contains(outcome)
        #expect(AttemptRecord.exchange(status: 0, outcome: outcome, flags: .tcp).isSuccess == isQuiet)
    }

    @Test("injected exchanges count in success and are left out of organic.success")
    func organic() {
        let store = World.store()
        store.consume(6, .exchange())
        store.consume(2, .exchange(status: 503, outcome: .injectedAnswer, flags: .injected))
        store.consume(2, .exchange(status: 500))
        #expect(store.payments(.success) == 0.6)
        #expect(store.payments(.errorRate) == 0.4)
        #expect(store.payments(.organicSuccess) == 0.75)
        let organic = store.measure(.service("payments", zone: nil, .organicSuccess), window: nil, connections: nil)
        #expect(organic?.samples == 8)
    }

    @Test("failures are told apart by cause, and by whether a fault had acted")
    func causes() {
        let cases: [(AttemptRecord, String, Bool)] = [
            (.exchange(status: 500), "status 500", false),
            (.exchange(status: 0, outcome: .upstreamReset), "upstream_reset", false),
            (.exchange(status: 0, outcome: .callerGaveUp).delayed(.seconds(8)), "caller_gave_up", true),
            (.exchange(status: 503, outcome: .injectedAnswer, flags: .injected), "status 503", true),
        ]
        for (record, cause, isUnderFault) in cases {
            #expect(Failure(record) == Failure(cause: cause, isUnderFault: isUnderFault))
        }
    }
}

@Suite("Measuring in virtual time")
struct MetricStoreTests {
    @Test("nothing is known without samples", arguments: MetricName.allCases)
    func unknown(name: MetricName) {
        let store = World.store()
        #expect(store.payments(name) == nil)
        #expect(store.payments(name, over: nil) == nil)
    }

    @Test(
        "nothing is known of what does not exist",
        arguments: [
            Metric.service("nobody", zone: nil, .success), .service("payments", zone: "az-z", .success),
            .injected("nothing"),
        ])
    func strangers(metric: Metric) {
        let store = World.store()
        store.consume(.exchange())
        #expect(store.measure(metric, window: nil, connections: nil) == nil)
    }

    @Test("a window forgets what is older, and no earlier")
    func slides() {
        let store = World.store()
        for tick in 0..<30 {
            store.advance(to: second(Double(tick)))
            store.consume(1, .exchange(status: tick < 10 ? 500 : 200))
        }
        store.advance(to: second(29.5))
        #expect(store.payments(.success, over: .seconds(10)) == 1)
        #expect(store.payments(.success, over: .seconds(19)) == 1)
        #expect(store.payments(.success, over: .seconds(20)) == 20.0 / 21)
        #expect(store.payments(.success, over: .minutes(10)) == 20.0 / 30)
    }

    @Test("a window of ten minutes is kept, folded to ten seconds")
    func tenMinutes() {
        let store = World.store()
        for tick in 0..<1_300 {
            store.advance(to: second(Double(tick)))
            store.consume(1, .exchange(.milliseconds(tick < 690 ? 900 : 10)))
        }
        store.advance(to: second(1_300))
        #expect(store.payments(.max, over: .minutes(10)) == 0.01)
        let samples = store.measure(.service("payments", zone: nil, .p99), window: .minutes(10), connections: nil)
        #expect((600...611).contains(samples?.samples ?? 0))
    }

    @Test("a window shorter than a bucket still sees the last one")
    func shortWindow() {
        let store = World.store()
        store.consume(4, .exchange(status: 500))
        store.advance(to: second(1.01))
        #expect(store.payments(.success, over: .milliseconds(100)) == 0)
    }

    @Test("at speed the buckets are as short as the script's seconds, but at least 10 ms")
    func units() {
        #expect(MetricStore.unit(atSpeed: 1) == .seconds(1))
        #expect(MetricStore.unit(atSpeed: 20) == .milliseconds(50))
        #expect(MetricStore.unit(atSpeed: 1_000) == .milliseconds(10))
        #expect(MetricStore.unit(atSpeed: 0.5) == .seconds(1))
    }

    @Test("rate is exchanges by time covered, and silence is a rate of zero once the window is full of it")
    func rate() {
        let store = World.store()
        for tick in 0..<20 {
            store.advance(to: second(Double(tick)))
            store.consume(50, .exchange())
        }
        store.advance(to: second(20))
        #expect(store.payments(.rate) == 50)
        #expect(store.payments(.rate, over: nil) == 50)
        store.advance(to: second(60))
        #expect(store.payments(.rate) == 0)
        let redis = Metric.service("redis", zone: nil, .rate)
        #expect(store.measure(redis, window: .seconds(10), connections: nil)?.value == 0)
        #expect(store.measure(redis, window: .minutes(2), connections: nil) == nil)
        #expect(store.measure(redis, window: nil, connections: nil) == nil)
    }

    @Test("zones and ages of connections can be asked for apart")
    func selections() {
        let store = World.store()
        store.consume(3, .exchange(endpoint: 0))
        store.consume(1, .exchange(status: 500, endpoint: 1, flags: .reusedConnection))
        store.consume(1, .exchange(status: 502, outcome: .unresolved, endpoint: AttemptRecord.none))
        store.advance(to: second(1))
        #expect(store.payments(.success, zone: "az-a") == 1)
        #expect(store.payments(.success, zone: "az-b") == 0)
        #expect(store.payments(.success) == 0.6)
        let success = Metric.service("payments", zone: nil, .success)
        #expect(store.measure(success, window: .seconds(10), connections: .reused)?.value == 0)
        #expect(store.measure(success, window: nil, connections: .new)?.samples == 4)
    }

    @Test("percentiles are of all exchanges, those that were given up included")
    func percentiles() {
        let store = World.store()
        store.consume(98, .exchange(.milliseconds(20)))
        store.consume(2, .exchange(.seconds(2), status: 0, outcome: .callerGaveUp))
        for window in [nil, TimeSpan.seconds(10)] {
            #expect(abs((store.payments(.p50, over: window) ?? 0) - 0.02) < 0.0001)
            #expect(store.payments(.p99, over: window) ?? 0 > 1.99)
            #expect(store.payments(.max, over: window) == 2)
        }
    }

    @Test("a phase has totals of its own, and late exchanges count in the phase that their record names")
    func phases() {
        let store = World.store()
        store.phaseBegan(0)
        store.consume(10, .exchange(phase: 0))
        store.advance(to: second(60))
        store.phaseEnded(0)
        store.phaseBegan(1)
        store.consume(1, .exchange(status: 500, phase: 0))
        store.consume(5, .exchange(status: 500, phase: 1))
        _ = store.takeRest()
        store.consume(5, .exchange(phase: 1))
        store.advance(to: second(180))
        store.phaseEnded(1)
        let success = Metric.service("payments", zone: nil, .success)
        let measure = { store.view(of: .phase($0)).measure(success, window: nil, connections: nil) }
        #expect(measure(0) == Measurement(value: 10.0 / 11, samples: 11))
        #expect(measure(1) == Measurement(value: 0.5, samples: 10))
        #expect(measure(2) == nil)
        let rate = Metric.service("payments", zone: nil, .rate)
        #expect(store.view(of: .phase(1)).measure(rate, window: nil, connections: nil)?.value == 10.0 / 120)
    }

    @Test("phases in lanes share a stage, and each of them has its exchanges")
    func lanes() {
        let store = World.store()
        let stage = store.stage(of: [2, 1])
        #expect(stage == 3)
        #expect(store.stage(of: [1, 2]) == 3)
        #expect(store.stage(of: [1]) == 1)
        #expect(store.stage(of: []) == AttemptRecord.none)
        store.consume(4, .exchange(phase: stage))
        store.consume(1, .exchange(phase: 1))
        let success = Metric.service("payments", zone: nil, .success)
        let samples = { store.view(of: .phase($0)).measure(success, window: nil, connections: nil)?.samples }
        #expect([0, 1, 2].map(samples) == [nil, 5, 4])
    }

    @Test("a gauge over a window is the highest seen in it")
    func gauges() {
        let store = World.store()
        let flights = [3, 9, 4]
        for (tick, inFlight) in flights.enumerated() {
            store.advance(to: second(Double(tick) * 20))
            store.note(Gauges(services: [ServiceGauges(inFlight: inFlight, connections: 7)], loopLag: 0.001))
        }
        #expect(store.payments(.inFlight) == 4)
        #expect(store.payments(.inFlight, over: .seconds(30)) == 9)
        _ = store.takeRest()
        #expect(store.payments(.inFlight, over: nil) == 9)
        #expect(store.payments(.connections) == 7)
        #expect(store.payments(.connections, zone: "az-a") == nil)
        #expect(store.measure(.loopLag, window: .seconds(10), connections: nil)?.value == 0.001)
    }

    @Test("records that name no known service are left alone")
    func strangeRecords() {
        let store = World.store()
        store.consume(.exchange(service: 7))
        store.consume(.exchange(service: AttemptRecord.none))
        store.consume(.exchange(endpoint: 900, phase: 900))
        #expect(store.payments(.success) == 1)
        #expect(store.takeRest().series.count == 1)
    }

    @Test("200 busy services over ten minutes stay under 64 MiB")
    func memory() {
        let services = (0..<200).map { number in
            ServiceDirectory.Entry(
                name: "s\(number)", endpoints: [.init(label: "a", zone: 0), .init(label: "b", zone: 1)])
        }
        let store = MetricStore(
            directory: ServiceDirectory(services: services, zones: ["az-a", "az-b"]), began: .zero)
        var state: UInt64 = 1
        // Two services stand for all: the others would only take the same again.
        for tick in 0..<620 {
            store.advance(to: second(Double(tick)))
            for number in 0..<200 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let span = TimeSpan(nanoseconds: Int64(2_000_000 + (state >> 33) % 40_000_000))
                store.consume(
                    .exchange(
                        span, service: UInt16(number % 2), endpoint: UInt16(number / 2 % 2),
                        flags: number / 4 % 2 == 0 ? [] : .reusedConnection))
            }
        }
        let bytes = store.windows.reduce(0) { $0 + $1.footprint { $0.latency.footprint + 80 } }
        #expect(bytes * 100 < 64 << 20, "\(bytes * 100 >> 20) MiB")
    }
}
