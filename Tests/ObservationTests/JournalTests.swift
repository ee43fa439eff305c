// A journal is read back into the report that its run gave; what is cut off or damaged is said, not guessed.

import Foundation
import Testing
import Units

@testable import Observation

@Suite("A journal")
struct JournalTests {
    /// Runs `body` with a path in a folder of its own.
    private func withPath(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.appending(path: "run.ndjson").path)
    }

    @Test("rebuilds the report from its seconds, figure for figure")
    func roundTrip() throws {
        try withPath { path in
            let journal = try Journal(path: path)
            let report = try #require(try SampleRun.play(journal: journal))
            let status = journal.close(within: .seconds(20))
            #expect(status.dropped == 0 && status.problem == nil)
            let contents = try Journal.read(path: path)
            #expect(contents.isComplete)
            #expect(contents.damagedLines == 0)
            #expect(contents.report == report)
            #expect(contents.rebuilt == report)
        }
    }

    @Test("of a killed run gives a report of what was played, and says that it has no end")
    func killed() throws {
        try withPath { path in
            let journal = try Journal(path: path)
            _ = try SampleRun.play(journal: journal, ending: nil)
            journal.close(within: .seconds(20))
            let bytes = try Data(contentsOf: URL(filePath: path))
            try bytes.dropLast(40).write(to: URL(filePath: path))
            let contents = try Journal.read(path: path)
            #expect(!contents.isComplete)
            #expect(contents.damagedLines == 1)
            #expect(contents.report.verdict == .inconclusive)
            #expect(contents.report.reasons.contains("interrupted: the journal ends before its run"))
            #expect(contents.report.phases.map(\.state) == [.played, .cut, .notPlayed])
            #expect(contents.report.expectations.count == 3)
            #expect(contents.report.phases[0].services[0].requests == 1_200)
            #expect(contents.report.exitCode() == 98)
        }
    }

    @Test("tells whoever reads it what happened, line by line")
    func lines() throws {
        try withPath { path in
            let journal = try Journal(path: path)
            _ = try SampleRun.play(journal: journal)
            journal.close(within: .seconds(20))
            var times: [Double] = []
            var seconds = 0
            _ = try Journal.read(path: path) { line in
                times.append(line.at)
                if case .second = line.event { seconds += 1 }
            }
            #expect(times == times.sorted())
            #expect((180...184).contains(seconds))
            let first = try String(contentsOfFile: path, encoding: .utf8).prefix(30)
            #expect(first.hasPrefix(#"{"at":0,"event":{"started":"#))
        }
    }

    @Test("names of stages and faults that came later are in it")
    func directories() throws {
        try withPath { path in
            let journal = try Journal(path: path)
            let store = World.store()
            let recorder = RunRecorder(World.start, store: store, judge: Judge([]), journal: journal)
            recorder.record(.phaseBegan(phase: "storm", pass: 1, passes: 1), at: second(0))
            recorder.record(.phaseBegan(phase: "after", pass: 1, passes: 1), at: second(0))
            store.consume(3, .exchange(phase: store.stage(of: [1, 2])))
            _ = store.place(World.rule("by hand"))
            let report = recorder.finish(.played, at: second(2))
            journal.close(within: .seconds(20))
            let rebuilt = try Journal.read(path: path).rebuilt
            #expect(rebuilt == report)
            #expect(rebuilt.phases.map { $0.services[0].requests } == [0, 3, 3])
            #expect(rebuilt.faults.map(\.name).last == "by hand")
        }
    }

    @Test("what is no journal is refused with its reason")
    func noJournal() throws {
        try withPath { path in
            #expect(throws: ObservationError.self) { try Journal.read(path: path) }
            try Data("hello\n{}\n".utf8).write(to: URL(filePath: path))
            let error = #expect(throws: ObservationError.self) { try Journal.read(path: path) }
            #expect(error?.message.hasSuffix("is no journal of a run: it does not say how one began") == true)
        }
    }

    @Test("a journal with any byte changed is read or refused, and never more than that")
    func damaged() throws {
        try withPath { path in
            let journal = try Journal(path: path)
            _ = try SampleRun.play(journal: journal)
            journal.close(within: .seconds(20))
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            let sample = lines.prefix(4) + lines.dropFirst(62).prefix(4) + lines.suffix(2)
            let bytes = Array(sample.joined(separator: "\n").utf8)
            let noise = Array("0123456789-e.\"[]{},".utf8)
            var state: UInt64 = 7
            for _ in 0..<300 {
                var changed = bytes
                for _ in 0..<4 {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    changed[Int(state >> 33) % changed.count] = noise[Int(state >> 20) % noise.count]
                }
                try Data(changed).write(to: URL(filePath: path))
                if let contents = try? Journal.read(path: path) { _ = contents.rebuilt.text() }
            }
        }
    }

    @Test(
        "figures that no run can have count as damage",
        arguments: [
            (#""exchanges":10"#, #""exchanges":9223372036854775807"#), (#""succeeded":10"#, #""succeeded":-1"#),
            (#""service":0"#, #""service":2"#), (#""at":1,"#, #""at":-1,"#), (#""n":10"#, #""n":11"#),
        ])
    func impossible(text: String, replacement: String) throws {
        try withPath { path in
            let journal = try Journal(path: path)
            _ = try SampleRun.play(journal: journal)
            journal.close(within: .seconds(20))
            let good = try String(contentsOfFile: path, encoding: .utf8)
            let place = try #require(good.range(of: text))
            try Data(good.replacingCharacters(in: place, with: replacement).utf8).write(to: URL(filePath: path))
            #expect(try Journal.read(path: path).damagedLines == 1)
        }
    }

    @Test("a report says what its journal could not take")
    func reported() throws {
        let journal = Journal(writer: try LineWriter(path: "/dev/full", name: "the journal"))
        let report = try #require(try SampleRun.play(journal: journal))
        journal.close(within: .seconds(20))
        #expect(report.lostJournalLines > 0)
        #expect(report.notes == ["cannot write the journal /dev/full: no space left on the device"])
    }

    @Test("lines lost to a stuck reader are counted in the journal itself once it goes on")
    func losses() async throws {
        let pipe = Pipe()
        let journal = Journal(writer: LineWriter(file: pipe.fileHandleForWriting, name: "the journal", capacity: 50))
        let note = JournalEvent.note(text: String(repeating: "x", count: 4_000))
        for _ in 0..<500 { journal.write(note, at: 1) }
        let dropped = journal.status.dropped
        #expect(dropped > 400)
        let reader = Task.detached { pipe.fileHandleForReading.readDataToEndOfFile() }
        while journal.status.written < 50 { try await Task.sleep(for: .milliseconds(5)) }
        journal.write(.note(text: "going on"), at: 2)
        journal.close(within: .seconds(20))
        let text = String(decoding: await reader.value, as: UTF8.self)
        #expect(text.contains(#"{"at":2,"event":{"lost":{"lines":\#(dropped)}}}"#))
    }
}
