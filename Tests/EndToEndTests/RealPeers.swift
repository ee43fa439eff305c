// nginx, Redis and the shell, started in a directory of their own. `scripts/test` installs them.

import Foundation
import Glibc
import TestSupport

/// Programs run to their end.
enum Tool {
    static func shell(_ script: String, in directory: URL) throws -> CommandResult {
        let file = directory.appending(path: "script-\(UUID().uuidString)")
        try script.write(to: file, atomically: true, encoding: .utf8)
        return try run("/bin/bash", [file.path], in: directory)
    }

    static func run(_ program: String, _ arguments: [String], in directory: URL) throws -> CommandResult {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.standardInput = FileHandle.nullDevice
        let (output, errors) = (directory.appending(path: "output"), directory.appending(path: "errors"))
        for url in [output, errors] { try Data().write(to: url) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        return CommandResult(
            status: process.terminationStatus, output: Scratch.text(of: output), errors: Scratch.text(of: errors))
    }

    /// What curl says about `arguments`: heads and bodies, but for what differs between two runs anyway.
    static func curl(_ arguments: [String], port: UInt16, in directory: URL) throws -> [String] {
        let urls = arguments.map { $0.replacing("PORT", with: "\(port)") }
        let result = try run("/usr/bin/curl", ["-s", "-i", "--max-time", "30"] + urls, in: directory)
        let lines = result.output.replacing("\r\n", with: "\n").replacing("127.0.0.1:\(port)", with: "HOST")
        return ["exit \(result.status)"]
            + lines.split(separator: "\n").filter { !$0.hasPrefix("Date:") }.map(String.init)
    }
}

/// A server process on a free port.
class PeerProcess {
    let port: UInt16
    private let process = Process()

    init(_ program: String, in directory: URL, arguments: (UInt16) throws -> [String]) throws {
        port = try Self.freePort()
        process.executableURL = URL(filePath: program)
        process.arguments = try arguments(port)
        process.currentDirectoryURL = directory
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let port = port
        let isUp = eventually { (try? TestSocket.connect(port: port)) != nil }
        if !isUp { throw TestSocketError.failed("\(program) does not listen", 0) }
    }

    deinit {
        // Threads of the test runner block SIGTERM, and a child inherits that.
        kill(process.processIdentifier, lastSignal)
        process.waitUntilExit()
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Ends it at once.
    var lastSignal: Int32 { SIGKILL }

    private static func freePort() throws -> UInt16 {
        try TestOrigin { _ in }.port
    }
}

/// Serves `files/`, takes uploads under `/put/`.
final class Nginx: PeerProcess {
    init(in directory: URL) throws {
        let files = directory.appending(path: "files/put")
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        try (0..<20_000).map { "line \($0)\n" }.joined()
            .write(to: directory.appending(path: "files/file"), atomically: true, encoding: .utf8)
        try Data().write(to: directory.appending(path: "files/empty"))
        try Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 3) }).write(to: directory.appending(path: "upload"))
        try super.init("/usr/sbin/nginx", in: directory) { port in
            let path = directory.appending(path: "nginx.conf")
            try Self.configuration(directory.path, port).write(to: path, atomically: true, encoding: .utf8)
            return ["-c", path.path, "-e", "\(directory.path)/error.log"]
        }
    }

    private static func configuration(_ directory: String, _ port: UInt16) -> String {
        """
        daemon off; master_process off; pid \(directory)/pid; error_log \(directory)/error.log;
        events { worker_connections 1024; }
        http {
            access_log off; client_max_body_size 0; gzip on; gzip_types text/plain; default_type text/plain;
            client_body_temp_path \(directory)/body; proxy_temp_path \(directory)/proxy;
            fastcgi_temp_path \(directory)/fastcgi; uwsgi_temp_path \(directory)/uwsgi; scgi_temp_path \(directory)/scgi;
            server {
                listen 127.0.0.1:\(port);
                listen [::1]:\(port);
                listen unix:\(directory)/nginx.socket;
                root \(directory)/files;
                location = / { return 200 "hello\\n"; }
                location /put/ { dav_methods PUT DELETE; }
            }
        }
        """
    }
}

final class Redis: PeerProcess {
    init(in directory: URL) throws {
        try super.init("/usr/bin/redis-server", in: directory) { port in
            ["--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        }
    }
}
