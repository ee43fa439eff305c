@testable import Faults
import Scenario
import Testing
import Units

@Suite("Stages of a stream")
struct StreamLineTests {
    @Test("without stages all goes on at once, and so does the end")
    func direct() {
        var line = StreamLine()
        line.arrive(100)
        #expect(line.advance(now: .at(1)) == Passage(bytes: 100, end: nil, next: .distantFuture))
        line.finish()
        #expect(line.advance(now: .at(1)).end == .finished)
    }

    @Test("delays add up, chunk by chunk, each from its arrival at the stage")
    func delays() throws {
        var line = try StreamLine([("latency", "100ms"), ("bandwidth", "1KB/s")])
        line.arrive(10)
        #expect(line.advance(now: .at(1)) == Passage(bytes: 0, end: nil, next: .at(1.1)))
        line.arrive(10)
        let run = line.run(from: .at(1.05))
        #expect(run.writes.reduce(0) { $0 + $1.bytes } == 20)
        #expect(try #require(run.writes.first).at >= .at(1.1))
        #expect(try #require(run.writes.last).at >= .at(1.15))
    }

    @Test("a stage that goes leaves what it held to the one behind it")
    func removed() throws {
        let maker = StageMaker()
        var line = StreamLine()
        line.follow(try maker.stages([("latency", "1h"), ("slice", "10B")]), now: .at(1))
        line.arrive(30)
        #expect(line.advance(now: .at(1)).bytes == 0)
        line.follow(try maker.stages([("slice", "10B")]), now: .at(2))
        #expect(line.run(from: .at(2)).writes.map(\.bytes) == [10, 10, 10])
    }

    @Test("a stage that stays keeps what it holds until it is due, whatever comes and goes around it")
    func kept() throws {
        let maker = StageMaker()
        var line = StreamLine()
        line.follow(try maker.stages([("latency", "5s")]), now: .at(1))
        line.arrive(30)
        _ = line.advance(now: .at(1))
        line.follow(try maker.stages([("bandwidth", "1GB/s"), ("latency", "1s"), ("slice", "100B")]), now: .at(2))
        line.arrive(5)
        let run = line.run(from: .at(2))
        #expect(run.writes.map(\.bytes) == [35])
        #expect(try #require(run.writes.first).at == .at(6))
    }

    @Test("a new stage begins with the next byte: what passed its place goes on")
    func added() throws {
        let maker = StageMaker()
        var line = StreamLine()
        line.follow(try maker.stages([("latency", "1s")]), now: .at(1))
        line.arrive(30)
        _ = line.advance(now: .at(1))
        line.follow(try maker.stages([("hang", ""), ("latency", "1s")]), now: .at(1))
        line.arrive(7)
        #expect(line.run(from: .at(1)).writes.map(\.bytes) == [30])
    }

    @Test("entries that change places keep every byte")
    func reordered() throws {
        let maker = StageMaker()
        var line = StreamLine()
        line.follow(try maker.stages([("latency", "1s"), ("loss", "50%")]), now: .at(1))
        line.arrive(10_000)
        _ = line.advance(now: .at(1.5))
        line.follow(try maker.stages([("loss", "50%"), ("latency", "1s")]), now: .at(1.5))
        line.arrive(5_000)
        line.finish()
        let run = line.run(from: .at(1.5))
        #expect(run.writes.reduce(0) { $0 + $1.bytes } == 15_000)
        #expect(run.end == .finished)
    }

    @Test("a hang holds the end too, and its time is over by itself")
    func hang() throws {
        var line = try StreamLine([("hang", "{at: body, after: 5B, for: 2s}")])
        line.arrive(8)
        line.finish()
        let run = line.run(from: .at(1))
        #expect(run.writes.map(\.bytes) == [5, 3])
        #expect(run.endedAt == .at(3))
    }

    @Test("a crowd of chunks makes the line full, and is joined beyond that")
    func crowd() throws {
        var line = try StreamLine([("latency", "1s")])
        for _ in 0..<HoldMarks.capacity - 1 {
            line.arrive(1)
            _ = line.advance(now: .at(1))
        }
        #expect(!line.isCrowded)
        for _ in 0..<100 {
            line.arrive(1)
            _ = line.advance(now: .at(1))
        }
        #expect(line.isCrowded)
        #expect(line.run(from: .at(1)).writes.reduce(0) { $0 + $1.bytes } == HoldMarks.capacity + 99)
    }

    @Test("whatever stages come, change and go: every byte comes out, and no limit lets one too many through")
    func anything() throws {
        let faults = [
            ("latency", "20ms +- 10ms"), ("loss", "10%"), ("bandwidth", "1MB/s"), ("slice", "{size: 700B, delay: 1ms}"),
            ("corrupt", "1%"), ("slow_close", "50ms"), ("dribble", "{rate: 1MB/s, chunk: 100B}"),
            ("hang", "{for: 30ms}"),
        ]
        for seed in 0..<40 as Range<UInt64> {
            let dice = Dice(seed: seed, name: "anything")
            let maker = StageMaker()
            var line = StreamLine()
            var (now, sent, received) = (Instant.at(1), 0, 0)
            for step in 0..<60 as Range<UInt64> {
                let chosen = faults.indices.filter { dice.word(step, lane: UInt64($0)) % 3 == 0 }
                    .sorted { dice.word(step, lane: UInt64($0) + 20) < dice.word(step, lane: UInt64($1) + 20) }
                if step % 3 == 0 { line.follow(try maker.stages(chosen.map { faults[$0] }), now: now) }
                let count = Int(dice.word(step, lane: 50) % 9_000)
                line.arrive(count)
                sent += count
                let later = now + .milliseconds(Int64(dice.word(step, lane: 51) % 40))
                received += line.run(from: now, until: later).writes.reduce(0) { $0 + $1.bytes }
                #expect(received <= sent)
                now = later
            }
            line.finish()
            let rest = line.run(from: now)
            #expect(received + rest.writes.reduce(0) { $0 + $1.bytes } == sent, "seed \(seed)")
            #expect(rest.end == .finished, "seed \(seed)")
        }
    }
}
