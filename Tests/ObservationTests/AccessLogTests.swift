// The access log's lines, field by field.

import Foundation
import Testing
import Units

@testable import Observation

@Suite("An access log")
struct AccessLogTests {
    private let clock = AccessLog.WallClock(monotonic: second(100), seconds: 1_790_000_000)

    private func line(_ record: AttemptRecord, _ directory: ServiceDirectory = World.directory) -> String {
        AccessLines(records: [], directory: directory, clock: clock).line(record)
    }

    @Test("an exchange under a fault has everything")
    func full() {
        var record = AttemptRecord.exchange(
            .milliseconds(912), status: 503, outcome: .injectedAnswer, endpoint: 1, phase: 1
        )
        .delayed(.milliseconds(900), achieved: TimeSpan(nanoseconds: 900_062_000))
        record.startedAt = second(101.5).nanoseconds
        record.firstByteAfter = 12_000_000
        record.worker = 1
        record.connection = 77
        record.ordinal = 3
        record.draw = 4_711
        record.flags.insert(.reusedConnection)
        record.bytesUp = 120
        record.bytesDown = 4_096
        #expect(
            line(record)
                == #"{"time":"2026-09-21T14:13:21.500Z","service":"payments","endpoint":"10.0.2.5:8080","zone":"az-b","#
                + #""phase":"storm","protocol":"http","connection":"1-77","exchange":3,"reused":true,"status":503,"#
                + #""outcome":"injected_answer","injected":true,"fault":"slow","draw":4711,"asked_ms":900.0,"achieved_ms":900.062,"#
                + #""duration_ms":912.0,"first_byte_ms":12.0,"bytes_up":120,"bytes_down":4096}"#)
    }

    @Test("an exchange that an entry let go names it, and the ordinal that it drew from")
    func spared() {
        var record = AttemptRecord.exchange()
        record.entry = 0
        record.draw = 0
        #expect(line(record).contains(#""injected":false,"spared_by":"slow","draw":0,"duration_ms""#))
    }

    @Test("an entry that acts without a draw has none in its line")
    func drawless() {
        var record = AttemptRecord.exchange(flags: .injected)
        record.entry = 0
        #expect(line(record).contains(#""injected":true,"fault":"slow","duration_ms""#))
    }

    @Test("what is not there is left out")
    func bare() {
        let record = AttemptRecord.exchange(
            status: 0, outcome: .unresolved, service: 1, endpoint: AttemptRecord.none, flags: .tcp)
        #expect(
            line(record)
                == #"{"time":"2026-09-21T14:11:40.000Z","service":"redis","protocol":"tcp","connection":"0-0","exchange":0,"#
                + #""reused":false,"status":0,"outcome":"unresolved","injected":false,"duration_ms":10.0,"#
                + #""bytes_up":0,"bytes_down":0}"#)
    }

    @Test("every line is JSON, whatever the names", arguments: ["a\"b", "back\\slash", "tab\tnew\nline", "Zürich ✓"])
    func escaping(name: String) throws {
        var directory = World.directory
        directory.services[0].name = name
        let object = try JSONSerialization.jsonObject(with: Data(line(.exchange(), directory).utf8))
        #expect((object as? [String: Any])?["service"] as? String == name)
    }

    @Test("one line an exchange reaches the file")
    func file() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "access-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let log = try AccessLog(path: path, clock: clock)
        for _ in 0..<3 {
            for _ in 0..<100 { log.consume([AttemptRecord.exchange()].span) }
            log.flush(World.directory)
        }
        log.consume([AttemptRecord.exchange()].span)
        let status = log.close(World.directory, within: .seconds(20))
        #expect(status == WriterStatus(written: 301, dropped: 0, problem: nil))
        #expect(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count == 301)
    }
}
