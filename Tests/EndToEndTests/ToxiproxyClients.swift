// Clients of Toxiproxy as they come from PyPI, in an environment of their own. They speak to 127.0.0.1:8474 and to nothing
// else: only one test at a time may have that port.

import Foundation
import Glibc
import TestSupport
import Testing

/// A server on the port that clients expect, a Redis behind it, and Python with the clients installed.
final class ToxiproxyClients {
    static let port: UInt16 = 8474

    let redis: Redis
    let product: RunningProduct
    private let directory: URL

    init(in directory: URL, installing packages: [String]) throws {
        self.directory = directory
        if (try? TestSocket.connect(port: Self.port)) != nil {
            throw TestSocketError.failed(
                "127.0.0.1:8474 is taken: end what listens there, these clients know no other", 0)
        }
        redis = try Redis(in: directory)
        product = try RunningProduct(["serve", "--seed", "11"])
        #expect(try product.port(after: "control at http://127.0.0.1:") == Self.port)
        let install =
            "/usr/bin/python3 -m venv python && python/bin/pip install --quiet --disable-pip-version-check "
            + packages.joined(separator: " ")
        let result = try Tool.shell("set -e\n\(install)", in: directory)
        if result.status != 0 { throw TestSocketError.failed("no Python environment: \(result.errors)", 0) }
    }

    /// Runs a script that knows `PORT`, where the Redis listens.
    func run(_ script: String) throws -> CommandResult {
        let file = directory.appending(path: "script.py")
        try "PORT = \(redis.port)\n\(script)".write(to: file, atomically: true, encoding: .utf8)
        return try Tool.run(directory.appending(path: "python/bin/python").path, [file.path], in: directory)
    }
}
