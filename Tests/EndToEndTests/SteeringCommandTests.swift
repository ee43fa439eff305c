import Foundation
import TestSupport
import Testing

@Suite("Commands that steer a run elsewhere", .serialized)
struct SteeringCommandTests {
    @Test("pause, resume, skip, continue and abort do what they say, and say where the run stands")
    func steers() throws {
        let proxy = try SteeredProxy()
        let started = try proxy.run("play", try proxy.scenario(), "--detach")
        #expect(started.status == 0 && started.output == "run 1 of A game day started, seed 7\n", "\(started)")
        #expect(try proxy.run("pause").output.hasPrefix("paused; in calm at "))
        #expect(try proxy.run("status").output.contains("‖ paused"))
        #expect(try proxy.run("resume").output.hasPrefix("resumed; in calm at "))
        #expect(try proxy.run("skip").output.hasPrefix("skipped; in slow at 0s of 10m"))
        #expect(try eventually { try proxy.request() >= 0.03 })
        #expect(try proxy.run("pause", "--clear").output.contains("paused, faults lifted"))
        #expect(try proxy.run("resume").status == 0)
        #expect(try proxy.run("skip", "doors").output.hasPrefix("skipped; in doors at "))
        #expect(try eventually { try proxy.run("status").output.contains("doors waits at its gate") })
        #expect(try proxy.run("continue").output.hasPrefix("opened the gate; in recovery at "))
        #expect(try proxy.run("abort").output == "aborted; no fault of the run acts any more\n")
        #expect(try proxy.run("status").output.contains("no run  the last one: A game day"))
    }

    @Test(
        "a reader that leaves early ends a command, and breaks nothing",
        arguments: ["status", "status --json", "faults", "services"])
    func closedPipe(command: String) throws {
        let proxy = try SteeredProxy()
        let script =
            "\"$0\" \(command) \(command == "faults" ? "" : "--at \(proxy.control)") | true; exit ${PIPESTATUS[0]}"
        let result = try Product.shell(script)
        #expect(result.status == 0 || result.status == 141, "\(result)")
        #expect(!result.errors.contains("Fatal"), "\(result.errors)")
    }

    @Test("what cannot be done is refused in a sentence, with exit code 1")
    func refusals() throws {
        let proxy = try SteeredProxy()
        for verb in ["pause", "resume", "skip", "continue", "abort"] {
            let result = try proxy.run(verb)
            #expect(result.status == 1 && result.output.isEmpty, "\(verb): \(result)")
            #expect(result.errors == "brownout: no run is being played\n", "\(verb): \(result)")
        }
        #expect(try proxy.run("play", try proxy.scenario(), "--detach").status == 0)
        #expect(try proxy.run("resume").status == 1)
        #expect(try proxy.run("continue").errors.contains("no gate"))
        #expect(try proxy.run("skip", "nowhere").status == 1)
        let second = try proxy.run("play", try proxy.scenario())
        #expect(second.status == 1)
        #expect(second.errors == "brownout: run 1 is being played: abort it first\n")
    }

    @Test("--json prints the answer as the API gives it, of every command that has one")
    func json() throws {
        let proxy = try SteeredProxy()
        let run = try proxy.run("play", try proxy.scenario(), "--detach", "--json")
        #expect(try fields(run)["id"] as? String == "1")
        #expect(try fields(try proxy.run("pause", "--json"))["state"] as? String == "paused")
        let status = try fields(try proxy.run("status", "--json"))
        #expect((status["run"] as? [String: Any])?["state"] as? String == "paused")
        #expect(try proxy.run("abort", "--json").output.isEmpty)
    }

    private func fields(_ result: CommandResult) throws -> [String: Any] {
        #expect(result.status == 0, "\(result)")
        return try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any] ?? [:]
    }

    @Test("where nobody listens, every command says so and what to do, with exit code 1")
    func nobody() throws {
        let port = try TestOrigin.echo().port
        for arguments in [
            ["status"], ["status", "--watch"], ["pause"], ["abort"], ["faults", "live"], ["faults", "clear"],
            ["services"],
            ["services", "remove", "x"],
        ] {
            let result = try Product.run(arguments + ["--at", "127.0.0.1:\(port)"])
            #expect(result.status == 1, "\(arguments): \(result)")
            #expect(result.errors.contains("is `brownout serve` running? --at names another address"), "\(arguments)")
        }
    }

    @Test("BROWNOUT_CONTROL names the address, --at wins, and what is no address is wrong usage")
    func addresses() throws {
        let proxy = try SteeredProxy()
        let variable = ["BROWNOUT_CONTROL": proxy.control]
        #expect(try Product.run(["status"], environment: variable).status == 0)
        #expect(try Product.run(["status", "--at", "127.0.0.1:1"], environment: variable).status == 1)
        let wrong = try Product.run(["status", "--at", "nowhere"])
        #expect(wrong.status == 64)
        #expect(wrong.errors == "brownout: \"nowhere\" is no address such as 127.0.0.1:8474\n")
    }

    @Test("a control plane that wants a token gets it from a file, and says when it is missing")
    func tokens() throws {
        try Scratch.withDirectory { directory in
            let file = directory.appending(path: "token")
            try Data("sesame-sesame-sesame\n".utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
            let proxy = try SteeredProxy(options: ["--control-token-file", file.path])
            let without = try proxy.run("status")
            #expect(without.status == 1)
            #expect(without.errors.contains("the token is missing or wrong: --token-file FILE"))
            #expect(try proxy.run("status", "--token-file", file.path).status == 0)
            #expect(try proxy.run("status", "--token-file", file.path + "-none").status == 64)
        }
    }
}
