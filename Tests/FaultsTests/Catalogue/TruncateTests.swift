@testable import Faults
import Scenario
import Testing
import Units

@Suite("truncate")
struct TruncateTests {
    private func order(_ text: String, at seconds: Double = 1) throws -> TruncateOrder? {
        guard case .truncate(let order) = Chain([try rule(fault("truncate", text))]).plan(at: seconds).terminal else {
            return nil
        }
        return order
    }

    /// Written form, length of the body, bytes that pass.
    static let table: [(String, Int64?, Int64?)] = [
        ("", 100, 50), ("30%", 1_000, 300), ("{at: 0%}", 10, 0), ("99.9%", 10, 9), ("99.9%", 1, 0),
        ("50%", nil, nil), ("50%", 0, nil), ("4KiB", 10_000, 4_096), ("4KiB", nil, 4_096), ("4KiB", 4_096, nil),
        ("0B", 10, 0), ("0B", 0, nil),
    ]

    @Test("as many bytes pass as asked, and always fewer than there are", arguments: table.indices)
    func passes(row: Int) throws {
        let (text, length, expected) = Self.table[row]
        #expect(try order(text)?.passing(ofBodyLength: length) == expected, "\(text) of \(length ?? -1)")
    }

    @Test("it ends as asked")
    func ends() throws {
        #expect(try order("")?.ending == .close)
        #expect(try order("{at: 10%, then: reset}")?.ending == .reset)
    }

    @Test("the cut may move")
    func moves() throws {
        #expect(try order("90% -> 10%", at: 300)?.passing(ofBodyLength: 1_000) == 500)
    }

    @Test("all of a body, or less than nothing, is no truncation")
    func refused() {
        #expect(complaints("truncate", "100%").contains { $0.contains("under 100%") })
    }
}
