@testable import Faults
import Scenario
import Foundation
import Testing
import Units

@Suite("Dice")
struct DiceTests {
    private let dice = Dice(seed: 42, name: "slow charges")

    @Test("a draw depends on seed, name, number and lane, and on nothing else")
    func isAFunction() {
        let draw = dice.word(7, lane: 1)
        #expect(draw == Dice(seed: 42, name: "slow charges").word(7, lane: 1))
        #expect(draw != Dice(seed: 43, name: "slow charges").word(7, lane: 1))
        #expect(draw != Dice(seed: 42, name: "slow charge").word(7, lane: 1))
        #expect(draw != dice.word(8, lane: 1))
        #expect(draw != dice.word(7, lane: 2))
    }

    @Test("draws never change between versions: a recorded seed stays worth something")
    func isPinned() {
        let first = (0..<3).map { Dice(seed: 1, name: "a").word($0, lane: 0) }
        #expect(first == Self.pinned)
    }

    @Test("a unit lies strictly between 0 and 1", arguments: [0, 1, 2, .max - 1, .max] as [UInt64])
    func isOpen(number: UInt64) {
        for lane in 0..<1_000 as Range<UInt64> {
            let unit = dice.unit(number, lane: lane)
            #expect(unit > 0 && unit < 1)
        }
    }

    @Test("units are even, for ordinals and for scattered keys", arguments: 0..<6 as Range<UInt64>)
    func areEven(lane: UInt64) {
        for stride in [1, 0x9E37_79B9_7F4A_7C15, 1 << 32] as [UInt64] {
            var cells = [Int](repeating: 0, count: 256)
            for n in 0..<100_000 as Range<UInt64> { cells[Int(dice.unit(n &* stride, lane: lane) * 256)] += 1 }
            #expect(abs(Self.chiSquareDeviation(cells)) < 4)
        }
    }

    @Test("each bit is set in half of the words")
    func bitsAreEven() {
        for bit in 0..<64 as Range<UInt64> {
            let set = (0..<20_000 as Range<UInt64>).count { dice.word($0, lane: 0) >> bit & 1 == 1 }
            #expect(deviations(set, of: 20_000, share: 0.5) < 4.5)
        }
    }

    @Test("neighbours are independent: ordinals, lanes, names and seeds")
    func neighboursAreIndependent() {
        let other = Dice(seed: 42, name: "slow charget")
        let next = Dice(seed: 43, name: "slow charges")
        let pairings: [(UInt64) -> (Double, Double)] = [
            { (dice.unit($0, lane: 0), dice.unit($0 + 1, lane: 0)) },
            { (dice.unit($0, lane: 0), dice.unit($0, lane: 1)) },
            { (dice.unit($0, lane: 1), dice.unit($0 + 1, lane: 0)) },
            { (dice.unit($0, lane: 0), other.unit($0, lane: 0)) },
            { (dice.unit($0, lane: 0), next.unit($0, lane: 0)) },
        ]
        for pairing in pairings {
            var cells = [Int](repeating: 0, count: 256)
            for n in 0..<100_000 as Range<UInt64> {
                let (left, right) = pairing(n)
                cells[Int(left * 16) * 16 + Int(right * 16)] += 1
            }
            #expect(abs(Self.chiSquareDeviation(cells)) < 4)
        }
    }

    @Test("a changed bit of the number changes half of the word")
    func avalanches() {
        for bit in 0..<64 as Range<UInt64> {
            var changed = 0
            for n in 0..<500 as Range<UInt64> {
                changed += (dice.word(n, lane: 0) ^ dice.word(n ^ 1 << bit, lane: 0)).nonzeroBitCount
            }
            #expect(deviations(changed, of: 500 * 64, share: 0.5) < 5)
        }
    }

    @Test("keys that differ in a byte, in length or in order hash apart")
    func keysHashApart() {
        let keys = [
            "", "a", "b", "aa", "ab", "ba", "user-00000001", "user-00000002", "user-0000000", "aaaaaaaa", "aaaaaaaaa",
        ]
        let zeros = (0..<20).map { [UInt8](repeating: 0, count: $0) }
        let all = keys.map { Array($0.utf8) } + zeros.dropFirst()
        #expect(Set(all.map { $0.withBytes(Dice.hash) }).count == all.count)
    }

    @Test("draws of keys are even")
    func keysAreEven() {
        var cells = [Int](repeating: 0, count: 64)
        for user in 0..<50_000 {
            let key = Array("user-\(user)".utf8).withBytes(Dice.hash)
            cells[Int(dice.unit(key: key, lane: 0) * 64)] += 1
        }
        #expect(abs(Self.chiSquareDeviation(cells)) < 4)
    }

    /// Chi-square of even cells, as deviations of its normal approximation.
    private static func chiSquareDeviation(_ cells: [Int]) -> Double {
        let expected = Double(cells.reduce(0, +)) / Double(cells.count)
        let chiSquare = cells.reduce(0.0) { $0 + pow(Double($1) - expected, 2) / expected }
        let freedom = Double(cells.count - 1)
        return (chiSquare - freedom) / (2 * freedom).squareRoot()
    }

    private static let pinned: [UInt64] = [
        7_820_302_052_538_086_550, 10_255_307_028_157_132_458, 15_013_800_479_027_479_514,
    ]
}
