@testable import Faults
import Scenario
import Testing
import Units

@Suite("corrupt")
struct CorruptTests {
    private func flips(_ text: String, chunks: [Int]) throws -> [(position: Int, mask: UInt8)] {
        var line = try StreamLine([("corrupt", text)])
        var (start, found) = (0, [(position: Int, mask: UInt8)]())
        for chunk in chunks {
            found += line.flips(chunk, now: .at(1)).map { (start + $0.offset, $0.mask) }
            start += chunk
        }
        return found
    }

    @Test("so many bytes are hit as asked, one bit each unless more are wanted", arguments: [1, 3, 8])
    func rate(bits: Int) throws {
        let flips = try flips("{rate: 1%, bits: \(bits)}", chunks: [500_000])
        #expect(deviations(flips.count, of: 500_000, share: 0.01) < 3.3)
        #expect(flips.allSatisfy { $0.mask.nonzeroBitCount == bits })
    }

    @Test("each bit is as likely as the others")
    func bits() throws {
        let flips = try flips("10%", chunks: [400_000])
        for bit in 0..<8 {
            #expect(deviations(flips.count { $0.mask == 1 << bit }, of: flips.count, share: 0.125) < 3.8)
        }
    }

    @Test("the fate of a byte does not depend on how the stream was cut")
    func cuts() throws {
        let whole = try flips("5%", chunks: [10_000])
        let pieces = try flips("5%", chunks: [1, 99, 4_000, 5_900])
        #expect(whole.map(\.position) == pieces.map(\.position))
        #expect(whole.map(\.mask) == pieces.map(\.mask))
    }

    @Test("no byte at 0 %, each at 100 %")
    func ends() throws {
        #expect(try flips("0%", chunks: [1_000]).isEmpty)
        #expect(try flips("100%", chunks: [1_000]).count == 1_000)
    }

    @Test("it needs a rate, and from one to eight bits")
    func refused() {
        #expect(!complaints("corrupt", "").isEmpty)
        #expect(!complaints("corrupt", "{rate: 1%, bits: 9}").isEmpty)
        #expect(!complaints("corrupt", "{rate: 1%, bits: 0}").isEmpty)
    }
}
