@testable import Faults
import Scenario
import Testing
import Units

@Suite("limit")
struct LimitFaultTests {
    @Test("exactly that many bytes, then the end that was asked", arguments: ["close", "reset"])
    func exact(then: String) throws {
        var line = try StreamLine([("limit", "{bytes: 25B, then: \(then)}")])
        for _ in 0..<4 { line.arrive(10) }
        let run = line.run(from: .at(1))
        #expect(run.writes.map(\.bytes) == [25])
        #expect(run.end == .cut(then == "close" ? .close : .reset, entry: 0))
    }

    @Test("fewer bytes pass, and their FIN is a FIN; one of none ends at once")
    func under() throws {
        var line = try StreamLine([("limit", "25B")])
        line.arrive(24)
        #expect(line.run(from: .at(1)).end == nil)
        line.finish()
        #expect(line.run(from: .at(1)).end == .finished)
        var none = try StreamLine([("limit", "0B")])
        #expect(none.run(from: .at(1)).end == .cut(.close, entry: 0))
    }

    @Test("a head does not count")
    func head() throws {
        var line = try StreamLine([("limit", "25B")])
        line.exempt(100)
        line.arrive(110)
        #expect(line.run(from: .at(1)).end == nil)
        line.arrive(100)
        let run = line.run(from: .at(1))
        #expect(run.writes.map(\.bytes) == [15])
        #expect(run.end == .cut(.close, entry: 0))
    }

    @Test("what has passed counts when the number changes, and a limit that ends lets go")
    func changes() throws {
        let maker = StageMaker()
        var line = StreamLine()
        line.follow(try maker.stages([("limit", "100B")]), now: .at(1))
        line.arrive(60)
        _ = line.run(from: .at(1))
        line.follow(try maker.stages([("limit", "70B")]), now: .at(1))
        line.arrive(60)
        #expect(line.run(from: .at(1)).writes.map(\.bytes) == [10])
        var lifted = try StreamLine([("limit", "100B")])
        lifted.follow([], now: .at(1))
        lifted.arrive(200)
        #expect(lifted.run(from: .at(1)).writes.map(\.bytes) == [200])
    }

    @Test("a slow close behind it makes the end late, one before it does not")
    func order() throws {
        var late = try StreamLine([("limit", "10B"), ("slow_close", "1s")])
        late.arrive(20)
        #expect(late.run(from: .at(1)).endedAt == .at(2))
        var prompt = try StreamLine([("slow_close", "1s"), ("limit", "10B")])
        prompt.arrive(20)
        #expect(prompt.run(from: .at(1)).endedAt == .at(1))
    }

    @Test("it needs a number of bytes")
    func refused() {
        #expect(!complaints("limit", "").isEmpty)
        #expect(!complaints("limit", "{bytes: 1B, then: hang}").isEmpty)
    }
}
