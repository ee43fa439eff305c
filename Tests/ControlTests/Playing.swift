// Scenarios as files beside an origin, played by the built binary.

import Foundation
import Glibc
import TestSupport
import Testing

/// One service, a timeline, and a directory to play it in.
struct Play {
    let directory: URL
    let origin: TestOrigin

    /// `rest`: everything behind the services.
    init(in directory: URL, _ rest: String, origin: TestOrigin? = nil) throws {
        self.directory = directory
        self.origin = try origin ?? TestOrigin.http { _ in ok() }
        try write(rest, port: self.origin.port)
    }

    var file: String { directory.appending(path: "play.yaml").path }

    func write(_ rest: String, port: UInt16) throws {
        let text = """
            brownout: 1
            name: play
            seed: 7
            services:
              payments:
                listen: 127.0.0.1:0
                protocol: http
                endpoints: [{ to: "127.0.0.1:\(port)", zone: az-a }]

            """
        try (text + rest).write(toFile: file, atomically: true, encoding: .utf8)
    }

    /// `brownout run` to its end; `shell` is the command beside it.
    func run(_ options: [String] = [], shell: String? = nil) throws -> CommandResult {
        let command = shell.map { ["--", "/bin/bash", "-c", $0] } ?? []
        return try Product.run(["run", file, "--workers", "1"] + options + command)
    }

    func path(_ name: String) -> String { directory.appending(path: name).path }
}

/// A caller that keeps its connection.
final class Caller {
    private let socket: TestSocket
    private let reader: TestReader

    init(port: UInt16) throws {
        socket = try TestSocket.connect(port: port)
        reader = TestReader(socket)
    }

    func get(_ path: String = "/") throws -> TestMessage {
        try socket.send("GET \(path) HTTP/1.1\r\nHost: origin\r\n\r\n")
        return try #require(try reader.message())
    }
}

/// Bash: sends one request to the service and prints the answer.
private let get =
    "get() { exec 3<>/dev/tcp/${BROWNOUT_PAYMENTS_ADDR%:*}/${BROWNOUT_PAYMENTS_ADDR#*:}; "
    + "printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3; exec 3>&-; }; "

/// Bash: requests until one is answered by `status`.
func requests(until status: Int) -> String { get + "until get | grep -q '^HTTP/1.1 \(status)'; do :; done" }
