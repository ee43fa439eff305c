// The built binary, run as a user would: arguments in, exit code and two texts out.

package import Foundation
import Units

/// What a command came to.
package struct CommandResult: Sendable {
    package let status: Int32
    package let output: String
    package let errors: String

    package init(status: Int32, output: String, errors: String) {
        self.status = status
        self.output = output
        self.errors = errors
    }
}

/// The `brownout` that was built together with these tests.
package enum Product {
    /// It lies beside the test bundle, which is the program that runs now.
    package static var binary: URL {
        URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "brownout")
    }

    /// Runs it to its end. Its texts go through files: no pipe can fill up.
    /// `environment`: beside that of these tests.
    package static func run(
        _ arguments: [String], in directory: URL? = nil, environment: [String: String] = [:]
    ) throws -> CommandResult {
        try run(binary, arguments, in: directory, environment: environment)
    }

    /// Runs a script of bash to its end, in which `"$0"` is the product.
    package static func shell(_ script: String) throws -> CommandResult {
        try run(URL(fileURLWithPath: "/bin/bash"), ["-c", script, binary.path], in: nil, environment: [:])
    }

    private static func run(
        _ program: URL, _ arguments: [String], in directory: URL?, environment: [String: String]
    ) throws -> CommandResult {
        try Scratch.withDirectory { scratch in
            let process = Process()
            process.executableURL = program
            process.arguments = arguments
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
            process.currentDirectoryURL = directory ?? scratch
            process.standardInput = FileHandle.nullDevice
            let (output, errors) = (scratch.appending(path: "output"), scratch.appending(path: "errors"))
            process.standardOutput = try Scratch.file(output)
            process.standardError = try Scratch.file(errors)
            try process.run()
            process.waitUntilExit()
            return CommandResult(
                status: process.terminationStatus, output: Scratch.text(of: output), errors: Scratch.text(of: errors))
        }
    }
}

/// Directories that are gone afterwards.
package enum Scratch {
    package static func withDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appending(path: "brownout-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try body(directory)
    }

    /// What a file holds by now; nothing when it is not there.
    package static func text(of url: URL) -> String {
        String(decoding: RegularFile.bytes(url.path, upTo: 1 << 30) ?? [], as: UTF8.self)
    }

    /// A new file, open for writing.
    package static func file(_ url: URL) throws -> FileHandle {
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }
}

/// The repository that these tests belong to.
package enum Repository {
    package static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    package static func scenarios() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "scenarios").path)
            .filter { $0.hasSuffix(".yaml") }.sorted().map { root.appending(path: "scenarios/\($0)").path }
    }
}
