// Writers on bad days: no folder, no right, no space, nobody reading.

import Foundation
import Testing
import Units

@testable import Observation

@Suite("A writer of lines")
struct LineWriterTests {
    private let line: @Sendable () -> [UInt8] = { Array("a line\n".utf8) }

    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lines-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test("writes lines in the order in which they were posted")
    func order() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "lines").path
        let writer = try LineWriter(path: path, name: "the log")
        for number in 0..<10_000 { writer.post { Array("\(number)\n".utf8) } }
        let status = writer.close(within: .seconds(20))
        #expect(status == WriterStatus(written: 10_000, dropped: 0, problem: nil))
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == (0..<10_000).map { "\($0)\n" }.joined())
    }

    @Test("begins a file anew, or appends", arguments: [false, true])
    func existing(isAppending: Bool) throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "lines").path
        try Data("before\n".utf8).write(to: URL(filePath: path))
        let writer = try LineWriter(path: path, name: "the log", isAppending: isAppending)
        writer.post(line)
        writer.close(within: .seconds(20))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == (isAppending ? "before\na line\n" : "a line\n"))
    }

    @Test(
        "a path that cannot be written is an error at once that says why",
        arguments: [
            ("missing/lines", "no such file or folder"), ("", "it is a folder"),
            ("file/lines", "a part of its path is not a folder"),
        ])
    func unwritable(path: String, reason: String) throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data().write(to: folder.appending(path: "file"))
        let full = path.isEmpty ? folder.path : folder.path + "/" + path
        let error = #expect(throws: ObservationError.self) { try LineWriter(path: full, name: "the journal") }
        #expect(error?.message == "cannot write the journal \(full): \(reason)")
    }

    @Test("a full disk is a problem that is told, and later lines count as dropped")
    func diskFull() throws {
        let writer = try LineWriter(path: "/dev/full", name: "the journal")
        writer.post(line)
        let deadline = Date(timeIntervalSinceNow: 20)
        while writer.status.problem == nil && Date() < deadline { Thread.sleep(forTimeInterval: 0.005) }
        #expect(!writer.post(line))
        let status = writer.close(within: .seconds(20))
        #expect(status.problem == "cannot write the journal /dev/full: no space left on the device")
        #expect(status.written == 0)
        #expect(status.dropped == 2)
    }

    @Test("a pipe that nobody reads stalls neither posts nor the end")
    func stuck() throws {
        let pipe = Pipe()
        let writer = LineWriter(file: pipe.fileHandleForWriting, name: "the journal", capacity: 100)
        let long = [UInt8](repeating: 0x78, count: 10_000)
        let began = ContinuousClock.now
        for _ in 0..<10_000 { writer.post { long } }
        #expect(ContinuousClock.now - began < .seconds(2))
        let status = writer.close(within: .milliseconds(50))
        #expect(ContinuousClock.now - began < .seconds(3))
        #expect(status.problem == "the journal took no more lines")
        #expect(status.dropped + status.written == 10_000)
        // Let the writer's thread go.
        DispatchQueue.global().async { _ = pipe.fileHandleForReading.readDataToEndOfFile() }
    }

    @Test("after closing nothing is taken")
    func closed() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let writer = try LineWriter(path: folder.appending(path: "lines").path, name: "the log")
        writer.close(within: .seconds(20))
        #expect(!writer.post(line))
    }
}
