@testable import Faults
import Testing
import Units

@Suite("How packets are lost")
struct LossProcessTests {
    private static let packets = 200_000

    private func fates(_ process: LossProcess, key: UInt64 = 9, _ rate: Double = 0) -> [Bool] {
        let dice = Dice(seed: 4, name: "line")
        var state = LossProcess.State()
        return (0..<UInt64(Self.packets)).map { number in
            process.loses(number, of: key, dice, state: &state) { _ in rate }
        }
    }

    /// Lengths of runs of lost packets.
    private func bursts(_ fates: [Bool]) -> [Int] {
        fates.split(separator: false).map(\.count)
    }

    @Test("Bernoulli: the share that was asked, in bursts of 1 / (1 - rate)", arguments: [0.01, 0.2])
    func bernoulli(rate: Double) {
        let fates = fates(LossProcess(rate: Magnitude(rate), correlation: 0), rate)
        #expect(deviations(fates.count { $0 }, of: Self.packets, share: rate) < 3.3)
        let bursts = bursts(fates)
        let mean = Double(bursts.reduce(0, +)) / Double(bursts.count)
        #expect(abs(mean - 1 / (1 - rate)) < 0.03)
    }

    @Test("correlation makes bursts longer and leaves the share")
    func correlated() {
        let fates = fates(LossProcess(rate: Magnitude(0.1), correlation: 0.8), 0.1)
        // Neighbours resemble each other, so the share scatters about three times as far.
        #expect(abs(Double(fates.count { $0 }) / Double(Self.packets) - 0.1) < 0.006)
        let bursts = bursts(fates)
        #expect(Double(bursts.reduce(0, +)) / Double(bursts.count) > 1.8)
    }

    @Test(
        "Gilbert: loses p / (p + r), in bursts of 1 / r packets",
        arguments: [(0.01, 0.25), (0.05, 0.5), (0.002, 0.1)])
    func gilbert(p: Double, r: Double) {
        let process = LossProcess(p: p, r: r, h: 0, k: 1)
        let fates = fates(process)
        let share = p / (p + r)
        #expect(abs(process.meanLoss { _ in 0 } - share) < 1e-12)
        #expect(abs(Double(fates.count { $0 }) / Double(Self.packets) - share) < 0.15 * share)
        let bursts = bursts(fates)
        let mean = Double(bursts.reduce(0, +)) / Double(bursts.count)
        #expect(abs(mean - 1 / r) < 0.15 / r)
        let ofOne = Double(bursts.count { $0 == 1 }) / Double(bursts.count)
        #expect(abs(ofOne - r) < 0.06)
    }

    @Test("Elliott: some packets get lost in good times and some pass in bad ones")
    func elliott() {
        let process = LossProcess(p: 0.02, r: 0.1, h: 0.4, k: 0.99)
        let share = 0.02 / 0.12 * 0.6 + 0.1 / 0.12 * 0.01
        #expect(abs(process.meanLoss { _ in 0 } - share) < 1e-12)
        #expect(abs(Double(fates(process).count { $0 }) / Double(Self.packets) - share) < 0.08 * share)
    }

    @Test("a channel that cannot change stays good; the same stream has the same fates, another has others")
    func fixed() {
        #expect(!fates(LossProcess(p: 0, r: 0, h: 0, k: 1)).contains(true))
        let process = LossProcess(p: 0.05, r: 0.3, h: 0, k: 1)
        #expect(fates(process) == fates(process))
        #expect(fates(process) != fates(process, key: 1 << 40))
    }
}
