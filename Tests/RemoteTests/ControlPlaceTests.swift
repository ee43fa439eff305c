import Foundation
import Observation
import Remote
import Scenario
import TestSupport
import Testing

@testable import Control

@Suite("Where a control plane is")
struct ControlPlaceTests {
    @Test(
        "an address may be short, a URL, a name or IPv6",
        arguments: [
            ("127.0.0.1:8474", "127.0.0.1:8474"), ("8474", "127.0.0.1:8474"), (":9000", "127.0.0.1:9000"),
            ("localhost:1", "localhost:1"), ("[::1]:8474", "[::1]:8474"), ("http://proxy-1.lab:80/", "proxy-1.lab:80"),
        ])
    func reads(text: String, label: String) throws {
        #expect(try ControlPlace(text).label == label)
    }

    @Test(
        "what is no address is refused in its own words",
        arguments: [
            "", "nowhere", "a:b", "127.0.0.1:0", "127.0.0.1:65536", "a b:1", "a\r\nX: y:1", "[::1:1", "::1:8474",
            "[x]:1",
        ])
    func refuses(text: String) {
        #expect(throws: ClientError.badAddress(text)) { try ControlPlace(text) }
    }

    @Test("a token is the first line of its file, and nothing that could break out of a header field")
    func tokens() throws {
        try Scratch.withDirectory { directory in
            let file = directory.appending(path: "token")
            try Data("  sesame-sesame-sesame \nmore\n".utf8).write(to: file)
            #expect(try ControlPlace.token(file: file.path) == "sesame-sesame-sesame")
            for bad in ["", "\n", "tok\u{7}en"] {
                try Data(bad.utf8).write(to: file)
                #expect(throws: ClientError.self) { try ControlPlace.token(file: file.path) }
            }
            #expect(throws: ClientError.self) { try ControlPlace.token(file: file.path + "-not-there") }
        }
    }

    @Test("names of the path and values of the query are escaped, nil is left out")
    func targets() {
        let request = ControlRequest(
            "GET", ["v1", "faults", "a/b c?"], query: ["ttl": "5m", "to": "x&y=z", "no": nil])
        #expect(
            request.target == "/v1/faults/a%2Fb%20c%3F?to=x%26y%3Dz&ttl=5m"
                || request.target == "/v1/faults/a%2Fb%20c%3F?ttl=5m&to=x%26y%3Dz")
    }

    @Test("mistakes in what was sent are told as the decoder would have told them")
    func diagnostics() {
        let mistake = ErrorAnswer.Place(
            line: 2, column: 8, message: "unknown service", help: "did you mean \"payments\"?")
        let error = ClientError.refused(status: 400, message: "the scenario has mistakes", mistakes: [mistake])
        let said = error.diagnostics(file: "game.yaml", text: "brownout: 1\nwrong: here\n").map(\.description)
        #expect(
            said == [
                """
                game.yaml:2:8: error: unknown service
                    2 | wrong: here
                      |        ^
                  help: did you mean "payments"?
                """
            ])
        #expect(error.exitCode == 104)
        #expect(ClientError.refused(status: 400, message: "ttl").exitCode == 64)
        #expect(ClientError.refused(status: 409, message: "busy").exitCode == 1)
        #expect(ClientError.badAddress("x").exitCode == 64)
        #expect(ClientError.timedOut("x").exitCode == 1)
    }
}
