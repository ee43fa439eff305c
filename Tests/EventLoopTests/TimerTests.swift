import Testing

@testable import EventLoop
import Units

@Suite("Timers")
struct TimerTests {
    final class Recorder: TimerOwner {
        var fired: [(kind: Int, at: Instant)] = []
        let loop: EventLoop
        init(loop: EventLoop) { self.loop = loop }
        override func fired(_ timer: Timer) { fired.append((timer.kind, loop.now)) }
    }

    @Test("fire in the order of their deadlines, each at its own instant")
    func order() throws {
        let loop = try EventLoop(clock: .virtual)
        let recorder = Recorder(loop: loop)
        let spans: [Int64] = [30, 10, 20, 10, 40]
        let timers = spans.enumerated().map { Timer(on: loop, owner: recorder, kind: $0.offset) }
        for (timer, span) in zip(timers, spans) { timer.set(after: .milliseconds(span)) }
        loop.advance(by: .milliseconds(35))
        #expect(recorder.fired.map(\.kind) == [1, 3, 2, 0])
        #expect(recorder.fired.map { $0.at.nanoseconds / 1_000_000 } == [10, 10, 20, 30])
    }

    @Test("a cancelled, replaced or released timer does not fire")
    func cancelling() throws {
        let loop = try EventLoop(clock: .virtual)
        let recorder = Recorder(loop: loop)
        let kept = Timer(on: loop, owner: recorder, kind: 1)
        let cancelled = Timer(on: loop, owner: recorder, kind: 2)
        var released: Timer? = Timer(on: loop, owner: recorder, kind: 3)
        kept.set(after: .milliseconds(5))
        cancelled.set(after: .milliseconds(5))
        released?.set(after: .milliseconds(5))
        kept.set(after: .milliseconds(50))
        cancelled.cancel()
        released = nil
        loop.advance(by: .milliseconds(10))
        #expect(recorder.fired.isEmpty)
        loop.advance(by: .milliseconds(50))
        #expect(recorder.fired.map(\.kind) == [1])
    }

    @Test("ten thousand in random order come out sorted, whatever is removed in between")
    func heap() throws {
        let loop = try EventLoop(clock: .virtual)
        let recorder = Recorder(loop: loop)
        var state: UInt64 = 42
        func random() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        let timers = (0..<10_000).map { Timer(on: loop, owner: recorder, kind: $0) }
        for timer in timers { timer.set(after: .microseconds(Int64(random() % 1_000_000))) }
        for timer in timers where random() % 3 == 0 { timer.cancel() }
        for timer in timers where random() % 5 == 0 { timer.set(after: .microseconds(Int64(random() % 1_000_000))) }
        let expected = timers.filter(\.isSet).map(\.deadline).sorted()
        loop.advance(by: .seconds(2))
        #expect(recorder.fired.map(\.at) == expected)
    }

    @Test("never fire early on the real clock")
    func neverEarly() throws {
        let loop = try EventLoop()
        defer { loop.close() }
        final class Checker: TimerOwner {
            var early = 0
            var left = 200
            let loop: EventLoop
            init(loop: EventLoop) { self.loop = loop }
            override func fired(_ timer: Timer) {
                if loop.freshNow < timer.deadline { early += 1 }
                left -= 1
                if left == 0 { loop.stop() }
            }
        }
        let checker = Checker(loop: loop)
        let timers = (0..<200).map { Timer(on: loop, owner: checker, kind: $0) }
        for (index, timer) in timers.enumerated() { timer.set(after: .microseconds(Int64(index * 97))) }
        loop.run()
        #expect(checker.early == 0)
        withExtendedLifetime(timers) {}
    }
}
