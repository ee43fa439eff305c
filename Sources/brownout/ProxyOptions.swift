// What every command that opens listeners can be told about them.

import ArgumentParser
import Control
import EventLoop
import Foundation
import Logging
import Proxy
import Units

struct ProxyOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Worker threads.", discussion: "Default: one per core.", valueName: "count"))
    var workers: Int?

    @Flag(
        inversion: .prefixedNo,
        help: "Mark answers of ours with x-brownout: injected; ENTRY. Default: under run -- COMMAND.")
    var mark: Bool?

    @Option(
        help: ArgumentHelp("Most bytes that faults hold on one worker.", valueName: "bytes"),
        transform: { try ByteCount(text: $0) })
    var heldBytes = ByteCount(256 << 20)

    @Option(
        help: ArgumentHelp(
            "Most bytes that faults hold per direction of a connection; then back-pressure.", valueName: "bytes"),
        transform: { try ByteCount(text: $0) })
    var heldBytesPerConnection = ByteCount(1 << 20)

    @Option(
        help: ArgumentHelp("Longest head of a request or response.", valueName: "bytes"),
        transform: { try ByteCount(text: $0) })
    var headBytes = ByteCount(64 << 10)

    @Option(
        help: ArgumentHelp("Most bytes of pipelined requests that wait on a connection.", valueName: "bytes"),
        transform: { try ByteCount(text: $0) })
    var inputBytes = ByteCount(64 << 10)

    @Option(
        help: ArgumentHelp("Operator events on standard error: info, warning, error.", valueName: "level"),
        transform: Self.level)
    var logLevel = Logger.Level.warning

    func validate() throws {
        if let workers, !(1...1024).contains(workers) { throw ValidationError("--workers must be 1 to 1024") }
        for (name, count) in [
            ("held-bytes", heldBytes), ("held-bytes-per-connection", heldBytesPerConnection),
            ("head-bytes", headBytes), ("input-bytes", inputBytes),
        ] where !(1024...(1 << 40)).contains(count.bytes) {
            throw ValidationError("--\(name) must be 1KiB to 1TiB")
        }
    }

    var workerCount: Int { workers ?? max(1, ProcessInfo.processInfo.activeProcessorCount) }

    var limits: ProxyLimits {
        var limits = ProxyLimits()
        limits.heldBytes = Int(heldBytes.bytes)
        limits.heldBytesPerConnection = Int(heldBytesPerConnection.bytes)
        limits.headBytes = Int(headBytes.bytes)
        limits.inputBytes = Int(inputBytes.bytes)
        return limits
    }

    private static func level(_ text: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            throw ValidationError("\"\(text)\" is not a log level: info, warning or error")
        }
        return level
    }
}
