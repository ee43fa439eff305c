// The built binary as a process that stays: started, found at the address that it prints, ended by a signal.

import Foundation
import Glibc

/// A `brownout` that runs until it is told to stop, at the latest when this is released.
package final class RunningProduct {
    private let process = Process()
    private let output: URL

    /// Starts it; its two texts go to one file. `descriptors`: the size of its table, as `ulimit -n` would set it.
    package init(_ arguments: [String], descriptors: Int? = nil) throws {
        output = FileManager.default.temporaryDirectory.appending(path: "brownout-\(UUID().uuidString).txt")
        try Data().write(to: output)
        let handle = try FileHandle(forWritingTo: output)
        let binary = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "brownout")
        if let descriptors {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "ulimit -n \(descriptors); exec \"$0\" \"$@\"", binary.path] + arguments
        } else {
            process.executableURL = binary
            process.arguments = arguments
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: output)
    }

    package var processIdentifier: Int32 { process.processIdentifier }
    package var isRunning: Bool { process.isRunning }
    package var text: String { Scratch.text(of: output) }

    /// The port after `prefix` in what it printed ("http://127.0.0.1:"); waits for it.
    package func port(after prefix: String) throws -> UInt16 {
        var port: UInt16?
        _ = eventually {
            guard let place = text.range(of: prefix) else { return false }
            port = UInt16(text[place.upperBound...].prefix { $0.isNumber })
            return port != nil || !process.isRunning
        }
        guard let port else { throw TestSocketError.failed("no address printed: \(text)", 0) }
        return port
    }

    /// Its exit code, once it has ended by itself; nil when it does not.
    package func exitCode(within seconds: Double) -> Int32? {
        guard eventually(within: seconds, { !process.isRunning }) else { return nil }
        return process.terminationStatus
    }

    /// Sends `signal` and waits for the end; its exit code.
    package func end(_ signal: Int32 = SIGTERM) -> Int32 {
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return process.terminationStatus
    }
}
