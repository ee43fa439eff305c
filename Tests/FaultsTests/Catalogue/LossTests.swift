@testable import Faults
import Scenario
import Testing
import Units

@Suite("loss")
struct LossTests {
    /// Delays of `count` chunks of `bytes`, each alone on the line.
    private func delays(_ text: String, chunks count: Int, of bytes: Int) throws -> [TimeSpan] {
        var line = try StreamLine([("loss", text)])
        return (0..<count).map { number in
            let start = Instant.at(Double(number + 1) * 1_000)
            line.arrive(bytes)
            return (line.run(from: start).writes.last?.at ?? .zero) - start
        }
    }

    @Test("small messages: a loss costs a time-out, for nothing behind it says that it is missing")
    func timeouts() throws {
        let delays = try delays("{rate: 10%, rto: 200ms}", chunks: 20_000, of: 100)
        let lost = delays.filter { $0 > .zero }
        #expect(deviations(lost.count, of: 20_000, share: 0.1) < 3.3)
        // Each repair is lost with the same chance: 200 ms, 200 + 400, 200 + 400 + 800 …
        #expect(Set(lost).isSubset(of: [200, 600, 1_400, 3_000, 6_200, 12_600].map(TimeSpan.milliseconds)))
        #expect(deviations(lost.count { $0 > .milliseconds(200) }, of: lost.count, share: 0.1) < 3.3)
    }

    @Test("an isolated loss with three packets behind it is repaired in one round trip, a third of the time-out")
    func fastRetransmit() throws {
        let delays = try delays("{rate: 1%, rto: 300ms}", chunks: 5_000, of: 20 * LossLine.packetBytes)
        let quick = delays.count { $0 == .milliseconds(100) }
        let slow = delays.count { $0 >= .milliseconds(300) }
        // 18 % of such chunks lose something; the tail of three packets (3 % of chunks) needs the time-out.
        #expect(deviations(quick + slow, of: 5_000, share: 1 - 0.8179) < 3.3)
        #expect(quick > 3 * slow && slow > 0)
    }

    @Test("every byte comes, in order; what is before the lost packet does not wait for it")
    func complete() throws {
        var line = try StreamLine([("loss", "20%")])
        var sent = 0
        var arrivals: [(at: Instant, bytes: Int)] = []
        for number in 0..<200 {
            line.arrive(5_000)
            sent += 5_000
            arrivals += line.run(from: .at(1 + Double(number) * 100)).writes
        }
        #expect(arrivals.reduce(0) { $0 + $1.bytes } == sent)
        #expect(zip(arrivals, arrivals.dropFirst()).allSatisfy { $0.at <= $1.at })
        #expect(arrivals.contains { $0.bytes % LossLine.packetBytes == 0 && $0.bytes < 5_000 })
    }

    @Test("even when everything is lost all the time, what waits comes in the end")
    func everything() throws {
        var line = try StreamLine([("loss", "100%")])
        line.arrive(10)
        let run = line.run(from: .at(1))
        #expect(run.writes.map(\.bytes) == [10])
        #expect((run.writes.first?.at ?? .zero) < .at(1_800))
    }

    @Test("a burst of losses ends where the channel turns good, the same for the same seed")
    func bursts() throws {
        let text = "{gilbert_elliott: {p: 2%, r: 30%, h: 0%, k: 100%}}"
        let delays = try delays(text, chunks: 5_000, of: 100)
        #expect(abs(Double(delays.count { $0 > .zero }) / 5_000 - 0.0625) < 0.02)
        #expect(try delays == self.delays(text, chunks: 5_000, of: 100))
    }

    @Test("asked and achieved of what was late are counted")
    func tally() throws {
        var line = try StreamLine([("loss", "{rate: 100%, rto: 1ms}")])
        line.arrive(10)
        _ = line.run(from: .at(1))
        #expect(line.tally.count == 1)
        #expect(line.tally.meanAsked == line.tally.meanAchieved)
        #expect(line.tally.meanAsked > .seconds(16))
    }

    @Test(
        "a rate or a channel, not both",
        arguments: [
            ("", "give a rate, or gilbert_elliott"), ("{rto: 1s}", "give a rate, or gilbert_elliott"),
            ("{rate: 1%, gilbert_elliott: {p: 1%, r: 10%}}", "gilbert_elliott stands in place of rate"),
            ("{correlation: 10%, gilbert_elliott: {p: 1%, r: 10%}}", "gilbert_elliott stands in place of correlation"),
            ("{gilbert_elliott: {p: 1%}}", "gilbert_elliott needs r"),
        ])
    func refused(text: String, message: String) {
        #expect(complaints("loss", text).contains("loss: " + message), "\(complaints("loss", text))")
    }

    @Test("no time-out of nothing, no share above all")
    func bounds() {
        #expect(!complaints("loss", "{rate: 1%, rto: 0s}").isEmpty)
        #expect(!complaints("loss", "{rate: 101%}").isEmpty)
        #expect(!complaints("loss", "{gilbert_elliott: {p: 101%, r: 1%}}").isEmpty)
    }
}
