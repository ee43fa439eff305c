@testable import Faults
import Scenario
import Testing
import Units

@Suite("slice")
struct SliceTests {
    private func line(_ text: String) throws -> StreamLine { try StreamLine([("slice", text)]) }

    /// The pieces of `count` bytes and when they leave.
    private func pieces(_ text: String, _ count: Int) throws -> [(at: Instant, bytes: Int)] {
        var line = try line(text)
        line.arrive(count)
        return line.run(from: .at(1)).writes
    }

    @Test("pieces of the size that was asked, the last one shorter")
    func size() throws {
        let pieces = try pieces("10B", 35)
        #expect(pieces.map(\.bytes) == [10, 10, 10, 5])
        #expect(pieces.allSatisfy { $0.at == .at(1) })
    }

    @Test("a pause between two pieces")
    func pause() throws {
        let pieces = try pieces("{size: 10B, delay: 20ms}", 30)
        #expect(pieces.map(\.at) == [.at(1), .at(1.02), .at(1.04)])
    }

    @Test("sizes vary evenly around the average and within their bounds")
    func variation() throws {
        let sizes = try pieces("{size: 100B, variation: 40B}", 1_000_000).dropLast().map(\.bytes)
        #expect(sizes.min() == 60)
        #expect(sizes.max() == 140)
        #expect(deviations(sizes.count { $0 < 100 }, of: sizes.count, share: 40 / 81.0) < 3.3)
        #expect(abs(Double(sizes.reduce(0, +)) / Double(sizes.count) - 100) < 1)
    }

    @Test("a piece varying down to nothing still has a byte")
    func least() throws {
        #expect(try pieces("{size: 1B, variation: 1B}", 1_000).allSatisfy { $0.bytes >= 1 && $0.bytes <= 2 })
    }

    @Test("it is the last stage, wherever it stands in the file")
    func last() throws {
        var line = try StreamLine([("slice", "10B"), ("latency", "50ms")])
        line.arrive(30)
        let writes = line.run(from: .at(1)).writes
        #expect(writes.map(\.bytes) == [10, 10, 10])
        #expect(writes.allSatisfy { $0.at == .at(1.05) })
    }

    @Test("it needs a size of a byte at least, and pieces cannot vary by more than it")
    func refused() {
        #expect(!complaints("slice", "").isEmpty)
        #expect(!complaints("slice", "0B").isEmpty)
        #expect(
            complaints("slice", "{size: 10B, variation: 11B}") == ["slice: pieces cannot vary by more than their size"])
        #expect(!complaints("slice", "{size: 10B, delay: -1s}").isEmpty)
    }
}
