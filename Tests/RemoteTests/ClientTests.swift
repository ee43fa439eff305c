import Control
import EventLoop
import Foundation
import Remote
import TestSupport
import Testing
import Units

/// The client against peers of every kind: what a control plane is, and what it is not.
@Suite("Asking a control plane")
struct ClientTests {
    /// Asks a server that answers every request with `answer` and closes.
    private func ask(_ answer: String, _ request: ControlRequest = ControlRequest("GET", ["v1", "status"])) throws
        -> Result<ControlAnswer, ClientError>
    {
        let server = try OneAnswer(answer)
        let client = ControlClient(try ControlPlace("127.0.0.1:\(server.port)", token: "sesame"), loop: try EventLoop())
        defer { client.loop.close() }
        return Result { () throws(ClientError) in try client.ask(request) }
    }

    private func error(_ answer: String) throws -> String {
        guard case .failure(let error) = try ask(answer) else { return "" }
        return error.description
    }

    @Test("an answer is read by its length, in chunks, and up to the end of the connection")
    func framings() throws {
        let head = "HTTP/1.1 200 OK\r\n"
        for answer in [
            "Content-Length: 5\r\n\r\nhello",
            "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: 1\r\n\r\n",
            "Connection: close\r\n\r\nhello",
        ] {
            #expect(try String(decoding: ask(head + answer).get().body, as: UTF8.self) == "hello", "\(answer)")
        }
        #expect(try ask("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n").get().status == 204)
    }

    @Test("the request names its host, shows the token and carries its body")
    func request() throws {
        let server = try OneAnswer("HTTP/1.1 204 No Content\r\n\r\n")
        let client = ControlClient(try ControlPlace("localhost:\(server.port)", token: "sesame"), loop: try EventLoop())
        defer { client.loop.close() }
        _ = try client.ask(ControlRequest("POST", ["v1", "runs"], query: ["name": "a b"], body: "brownout: 1\n"))
        #expect(
            server.heard == """
                POST /v1/runs?name=a%20b HTTP/1.1\r
                Host: localhost:\(server.port)\r
                Connection: close\r
                Authorization: Bearer sesame\r
                Content-Type: application/yaml\r
                Content-Length: 12\r
                \r
                brownout: 1

                """)
    }

    @Test("a refusal is said in the control plane's words, a missing token in ours")
    func refusals() throws {
        let body = #"{"error":{"message":"no run is being played","diagnostics":[]}}"#
        let answer = "HTTP/1.1 409 Conflict\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        #expect(try error(answer) == "no run is being played")
        #expect(try error("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n").contains("--token-file"))
        #expect(try error("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n") == "the answer is status 502")
    }

    @Test("who is no control plane, or breaks off, is said to be so")
    func strangers() throws {
        for answer in [
            "SSH-2.0-OpenSSH_9.6\r\n", "", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        ] {
            #expect(try error(answer).contains("is no control plane of Brownout, or broke off"), "\(answer)")
        }
        let page = try ask("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>").get()
        #expect(throws: ClientError.self) { try page.decoded(StatusAnswer.self, from: ControlPlace("1")) }
    }

    @Test("where nobody listens, the way out is named")
    func nobody() throws {
        let port = try OneAnswer("").port
        let client = ControlClient(try ControlPlace("127.0.0.1:\(port)"), loop: try EventLoop())
        defer { client.loop.close() }
        let error = #expect(throws: ClientError.self) { try client.ask(ControlRequest("GET", ["v1", "status"])) }
        #expect(
            error?.description
                == "cannot reach 127.0.0.1:\(port): Connection refused; is `brownout serve` running? --at names another address"
        )
    }

    @Test("a name that the hosts file does not know is looked up, and what has no address is said")
    func names() throws {
        let client = ControlClient(try ControlPlace("no-such-host.invalid:1"), loop: try EventLoop())
        defer { client.loop.close() }
        let error = #expect(throws: ClientError.self) { try client.ask(ControlRequest("GET", ["v1", "status"])) }
        #expect(error?.exitCode == 1)
        #expect(error?.description.hasPrefix("cannot reach no-such-host.invalid:1: ") == true)
    }
}
