import EventLoop
import Foundation
import Observation
import Synchronization
import TestSupport
import Units

@testable import Remote

/// A server that reads one request, gives one answer and closes; it listens only once.
final class OneAnswer: Sendable {
    private let origin: TestOrigin
    private let request = Heard()

    init(_ answer: String) throws {
        let request = request
        origin = try TestOrigin { socket in
            var heard = ""
            while !Self.isWhole(heard) { heard += String(decoding: try socket.receive(), as: UTF8.self) }
            let whole = heard
            request.text.withLock { $0 = whole }
            try socket.send(answer)
            socket.finish()
            _ = try socket.receiveAll()
        }
    }

    var port: UInt16 { origin.port }
    var heard: String { request.text.withLock { $0 } }

    private final class Heard: Sendable {
        let text = Lock("")
    }

    private static func isWhole(_ text: String) -> Bool {
        guard let end = text.range(of: "\r\n\r\n") else { return false }
        let length = text.firstRange(of: "Content-Length: ").map { text[$0.upperBound...].prefix(while: \.isNumber) }
        return text[end.upperBound...].utf8.count >= length.flatMap { Int($0) } ?? 0
    }
}

/// What a control plane would say, in its own form.
func answer<Answer: Decodable>(_ json: String) throws -> Answer {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return try decoder.decode(Answer.self, from: Data(json.utf8))
}

/// Texts as they should be, in files beside these tests.
enum Snapshot {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots")

    /// What is recorded under `name`. With BROWNOUT_RECORD_SNAPSHOTS set, `text` is recorded first: look at the difference
    /// before you commit it.
    static func expected(_ name: String, for text: String) throws -> String {
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["BROWNOUT_RECORD_SNAPSHOTS"] != nil {
            try Data(text.utf8).write(to: file)
        }
        return try String(contentsOf: file, encoding: .utf8)
    }
}
