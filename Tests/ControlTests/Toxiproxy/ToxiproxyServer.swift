// `brownout serve` without a file, driven through its compatible API as clients drive it.

import Foundation
import TestSupport
import Testing
import Units

/// A server and a client of it.
final class ToxiproxyServer {
    let product: RunningProduct
    let port: UInt16

    init(_ arguments: [String] = [], workers: Int = 2) throws {
        product = try RunningProduct(["serve", "--control", "127.0.0.1:0", "--workers", "\(workers)"] + arguments)
        port = try product.port(after: "control at http://127.0.0.1:")
    }

    /// One request on a connection of its own.
    @discardableResult
    func call(_ method: String, _ path: String, _ body: String? = nil, fields: [String] = []) throws -> TestMessage {
        let socket = try TestSocket.connect(port: port)
        let length = body.map { ["Content-Length: \($0.utf8.count)"] } ?? []
        let head = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)"] + fields + length
        try socket.send(head.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
        let answer = try TestReader(socket).message(headOnly: method == "HEAD")
        return try #require(answer)
    }

    /// Makes a proxy on a free port; where it listens.
    func proxy(_ name: String, to port: UInt16, toxics: String = "[]") throws -> UInt16 {
        let body = #"{"name":"\#(name)","listen":"127.0.0.1:0","upstream":"127.0.0.1:\#(port)","toxics":\#(toxics)}"#
        let made = try call("POST", "/proxies", body)
        #expect(made.status == 201, "\(made.bodyText)")
        return try listenPort(made)
    }

    /// Adds a toxic; its name is its type and stream.
    func poison(
        _ proxy: String, _ type: String, _ attributes: String, stream: String = "downstream", toxicity: Double = 1
    ) throws {
        let body =
            #"{"type":"\#(type)","stream":"\#(stream)","toxicity":\#(toxicity),"attributes":{\#(attributes)}}"#
        let made = try call("POST", "/proxies/\(proxy)/toxics", body)
        #expect(made.status == 200, "\(made.bodyText)")
    }

    func cure(_ proxy: String, _ toxic: String) throws {
        #expect(try call("DELETE", "/proxies/\(proxy)/toxics/\(toxic)").status == 204)
    }

    /// What an answer says about `key`.
    func value(_ key: String, _ message: TestMessage) throws -> String {
        let object = try JSONSerialization.jsonObject(with: Data(message.body)) as? [String: Any]
        return "\(try #require(object?[key]))"
    }

    func listenPort(_ message: TestMessage) throws -> UInt16 {
        let digits = try value("listen", message).split(separator: ":").last ?? ""
        return try #require(UInt16(digits))
    }

    /// Descriptors that the server has open.
    var descriptors: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(product.processIdentifier)/fd").count) ?? 0
    }
}

/// Whether `port` takes connections.
func accepts(_ port: UInt16) -> Bool { (try? TestSocket.connect(port: port)) != nil }

/// What becomes of a byte that is sent to an echo through a proxy.
enum EchoFate: Equatable {
    case answered, closed, reset, silent
}

extension TestSocket {
    /// Sends one byte and looks what comes back within `seconds`.
    func echo(within seconds: Double = 20) -> EchoFate {
        do {
            try send("x")
            return try fate(within: seconds)
        } catch TestSocketError.reset {
            return .reset
        } catch {
            return .silent
        }
    }

    /// What comes next within `seconds`.
    func fate(within seconds: Double = 20) throws -> EchoFate {
        setTimeout(seconds: seconds)
        defer { setTimeout(seconds: 20) }
        do {
            return try receive().isEmpty ? .closed : .answered
        } catch TestSocketError.reset {
            return .reset
        } catch TestSocketError.timedOut {
            return .silent
        }
    }
}

/// What a thread of a test saw, for another to look at.
final class Mailslot: Sendable {
    private let content = Lock<EchoFate?>(nil)

    var fate: EchoFate? { content.withLock { $0 } }

    func put(_ fate: EchoFate?) { content.withLock { $0 = fate } }
}
