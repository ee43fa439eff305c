import Foundation
import Testing
import Units

@Suite("Reading a file that a user names")
struct RegularFileTests {
    private func withFile(_ content: [UInt8], _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "brownout-\(UUID().uuidString)").path
        try Data(content).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test("its bytes come as they are, and no more of them than may", arguments: [0, 1, 4_096, 100_000])
    func whole(count: Int) throws {
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        try withFile(content) { path in
            #expect(RegularFile.bytes(path, upTo: 1 << 20) == content)
            #expect(RegularFile.bytes(path, upTo: 100) == Array(content.prefix(100)))
        }
    }

    @Test("a link leads to what it names")
    func link() throws {
        try withFile([1, 2, 3]) { path in
            try FileManager.default.createSymbolicLink(atPath: path + ".link", withDestinationPath: path)
            defer { try? FileManager.default.removeItem(atPath: path + ".link") }
            #expect(RegularFile.bytes(path + ".link", upTo: 10) == [1, 2, 3])
        }
    }

    @Test("what is not there, a folder and a device are no files", arguments: ["/nowhere/at-all", "/", "/dev/zero"])
    func refused(path: String) {
        #expect(RegularFile.bytes(path, upTo: 10) == nil)
    }
}
