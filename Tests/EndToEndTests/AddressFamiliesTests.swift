// IPv6 and unix sockets on either side of the proxy, with nginx and curl at the ends.

import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Addresses of every family, on either side", .serialized)
struct AddressFamiliesTests {
    /// `PORT` and `DIRECTORY` stand for nginx's; nginx listens on 127.0.0.1, ::1 and a unix socket.
    static let routes = [
        "[::1]:0=[::1]:PORT", "127.0.0.1:0=[::1]:PORT", "[::1]:0=127.0.0.1:PORT", "127.0.0.1:0=localhost:PORT",
        "unix:DIRECTORY/front=unix:DIRECTORY/nginx.socket", "unix:DIRECTORY/front=127.0.0.1:PORT",
        "127.0.0.1:0=unix:DIRECTORY/nginx.socket",
    ]

    @Test("a body comes whole, more than once on a connection, by http and by tcp", arguments: ["http", "tcp"])
    func everyFamily(kind: String) throws {
        try Scratch.withDirectory { directory in
            let nginx = try Nginx(in: directory)
            let whole = try String(contentsOf: directory.appending(path: "files/file"), encoding: .utf8)
            for route in Self.routes {
                let words = route.replacing("PORT", with: "\(nginx.port)").replacing("DIRECTORY", with: directory.path)
                let product = try RunningProduct(["proxy", words, "--protocol", kind, "--workers", "2"])
                let address = try Self.address(in: directory, of: product, kind, isUnix: route.hasPrefix("unix:"))
                for _ in 0..<3 {
                    let answer = try Tool.run(
                        "/usr/bin/curl", ["-sg", "--max-time", "30"] + address + address, in: directory)
                    #expect(answer.status == 0 && answer.output == whole + whole, "\(route): \(answer.status)")
                }
                #expect(product.end(SIGINT) == 0, "\(product.text)")
            }
        }
    }

    @Test("the file of a unix socket that nobody listens on any more is replaced; one in use is not")
    func staleSocket() throws {
        try Scratch.withDirectory { directory in
            let nginx = try Nginx(in: directory)
            let route = "unix:\(directory.path)/front=127.0.0.1:\(nginx.port)"
            let killed = try RunningProduct(["proxy", route])
            _ = try Self.address(in: directory, of: killed, "http", isUnix: true)
            let second = try Product.run(["proxy", route])
            #expect(second.status == 1 && second.errors.contains("another process listens there"), "\(second.errors)")
            _ = killed.end(SIGKILL)
            let product = try RunningProduct(["proxy", route])
            let address = try Self.address(in: directory, of: product, "http", isUnix: true)
            #expect(try Tool.run("/usr/bin/curl", ["-s", "--max-time", "30"] + address, in: directory).status == 0)
        }
    }

    /// What curl must be told to get the file through the proxy.
    private static func address(
        in directory: URL, of product: RunningProduct, _ kind: String, isUnix: Bool
    ) throws -> [String] {
        if isUnix {
            #expect(eventually { product.text.contains("is live") || product.text.contains(" -> ") })
            return ["--unix-socket", "\(directory.path)/front", "http://origin/file"]
        }
        var host = ""
        #expect(
            eventually {
                let rest = product.text.split(separator: "\(kind)://", maxSplits: 1).dropFirst().first
                host = rest?.prefix { !$0.isWhitespace }.description ?? ""
                return !host.isEmpty
            }, "\(product.text)")
        return ["http://\(host)/file"]
    }
}
