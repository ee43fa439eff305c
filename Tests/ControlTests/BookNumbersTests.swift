// Names that outlive what bore them: records of exchanges and connections may come long after the rule that harmed them.

import Observation
import Testing
import Units

@testable import Control

@Suite("The books' numbers")
struct BookNumbersTests {
    @Test("what a rule harmed is told by its name, however long it goes on behind the rule")
    func nameOfAGoneRule() throws {
        let bench = try KeeperBench(workers: 1)
        let (desk, books) = (bench.keeper.desk, bench.keeper.books)
        try bench.add("{ name: brief, service: payments, latency: 1ms }")
        var record = AttemptRecord()
        record.entry = UInt16(try #require(desk.rules["brief"]).number)
        var numbers = BookNumbers()
        _ = numbers.follow(desk, books)
        try bench.keeper.removeRule("brief", by: bench.by)
        for _ in 0..<2_000 { _ = numbers.follow(desk, books) }
        let entry = numbers.translated(record).entry
        try #require(entry != AttemptRecord.none)
        #expect(books.directory.faults[Int(entry)].name == "brief")
    }
}
