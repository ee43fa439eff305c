// The `curl` lines of the documents, taken out of them and run as they are written, against a real `brownout serve`.

import Foundation
import TestSupport
import Testing

@Suite("The curl lines of the documents")
struct DocumentedControlTests {
    private static let services = """
        brownout: 1
        services: { payments: { listen: "127.0.0.1:0", protocol: http, to: "127.0.0.1:9" } }

        """
    private static let game = """
        brownout: 1
        timeline:
          - { phase: storm, for: 5h, faults: [{ service: payments, latency: 300ms }] }
          - { phase: recovery, for: 1m, gate: { manual: true, within: 5h } }
          - { phase: after, for: 5h }

        """

    @Test("each does what it says", arguments: ["docs/control.md", "README.md"])
    func lines(document: String) throws {
        let text = try String(contentsOf: Repository.root.appending(path: document), encoding: .utf8)
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { $0.hasPrefix("curl ") && $0.contains("8474") }
        #expect(lines.count >= 5)
        try Scratch.withDirectory { directory in
            try Self.services.write(to: directory.appending(path: "services.yaml"), atomically: true, encoding: .utf8)
            try Self.game.write(to: directory.appending(path: "game.yaml"), atomically: true, encoding: .utf8)
            let serve = try RunningProduct(
                ["serve", directory.appending(path: "services.yaml").path, "--control", "127.0.0.1:0"])
            let port = try serve.port(after: "control at http://127.0.0.1:")
            for line in lines { try check(line, port, directory) }
            #expect(serve.isRunning)
        }
    }

    private func check(_ line: String, _ port: UInt16, _ directory: URL) throws {
        if line.contains("start=true") { _ = try run("curl -s -X POST 127.0.0.1:8474/v1/run/abort", port, directory) }
        if line.contains("/v1/events") {
            // In front, because a comment may stand behind.
            let bounded = "curl --max-time 3" + line.dropFirst("curl".count)
            #expect(try run(bounded, port, directory).output.contains("id:"), "\(line)")
        } else if line.contains("/run/continue") {
            #expect(try eventually { try run(line, port, directory).status == 0 }, "\(line)")
        } else {
            let result = try run(line, port, directory)
            #expect(result.status == 0, "\(line): \(result.output)\(result.errors)")
        }
    }

    /// In a shell where an answer of 400 or more is a failure, and the ports of the document are others.
    private func run(_ line: String, _ port: UInt16, _ directory: URL) throws -> CommandResult {
        let command = line.replacingOccurrences(of: "127.0.0.1:8474", with: "127.0.0.1:\(port)")
            .replacingOccurrences(of: "127.0.0.1:6380", with: "127.0.0.1:0")
        let script = "curl() { command curl --fail-with-body --show-error \"$@\"; }\n\(command)\n"
        return try Tool.run("/bin/bash", ["-c", script], in: directory)
    }
}
