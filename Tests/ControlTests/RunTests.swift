import Foundation
import Glibc
import Observation
import TestSupport
import Testing

/// `brownout run` as its users meet it: the built binary, real sockets, exit codes.
@Suite("brownout run", .serialized)
struct RunTests {
    static let storm = "faults: [{ name: errors, service: payments, error: 503 }]"

    /// The report that `--json` wrote.
    private func report(_ path: String) throws -> RunReport {
        try JSONDecoder().decode(RunReport.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test("a scenario with a command: played, reported, journalled, passed")
    func whole() throws {
        try Scratch.withDirectory { directory in
            let play = try Play(
                in: directory,
                """
                timeline:
                  - { phase: storm, for: 10s, until: "injected(errors) >= 5", \(Self.storm) }
                  - { phase: after, for: 100ms }
                expect: [{ name: felt, in: storm, that: "payments.success < 50%" }]
                """)
            let paths = ["report.json", "journal", "access"].map(play.path)
            let result = try play.run(
                ["--json", paths[0], "--journal", paths[1], "--access-log", paths[2]],
                shell: requests(until: 503) + "; " + requests(until: 200))
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            let report = try report(paths[0])
            #expect(report.verdict == .pass)
            #expect(report.phases.map(\.state) == [.left, .played] || report.phases.map(\.state) == [.left, .cut])
            #expect(report.faults[0].counts.injected >= 5)
            #expect(report.services[0].requests > 5)
            let journal = try String(contentsOfFile: paths[1], encoding: .utf8)
            #expect(journal.contains("\"phaseBegan\"") && journal.contains("\"ended\""))
            #expect(
                try String(contentsOfFile: paths[2], encoding: .utf8).split(separator: "\n").count
                    == report.services[0].requests)
        }
    }

    @Test(
        "exit codes: the first that applies",
        arguments: [
            // The file's rest, the command, the code.
            ("timeline: [{ phase: calm, for: 50ms }]", nil, 0),
            ("timeline: [{ phase: calm, for: 50ms }]", "exit 0", 0),
            ("timeline: [{ phase: calm, for: 1m }]", "exit 7", 7),
            ("timeline: [{ phase: calm, for: 1m }]", "kill -TERM $$", 143),
            ("timeline: [{ phase: storm, for: 50ms, \(storm) }]", nil, 98),
            ("timeline: [{ phase: calm, for: 50ms }]\nexpect: [\"payments.rate > 1000/s\"]", nil, 98),
            (
                "timeline: [{ phase: storm, for: 1m, \(storm) }]\nexpect: [\"payments.success > 99%\"]",
                requests(until: 503) + "; exit 7", 99
            ),
            (
                "timeline: [{ phase: storm, for: 1m, \(storm) }]\nexpect: [\"payments.success < 100%\"]",
                requests(until: 503) + "; exit 7", 7
            ),
            (
                "timeline: [{ phase: storm, for: 1m, \(storm) }]\nabort_if: [\"payments.success < 50%\"]",
                requests(until: 503) + "; " + requests(until: 200),
                108
            ),
            (
                "steady: { within: 100ms, that: [\"payments.success > 99%\"] }\ntimeline: [{ phase: calm, for: 50ms }]",
                nil, 3
            ),
            (
                "steady: { within: 100ms, that: [\"payments.success > 99%\"] }\ntimeline: [{ phase: calm, for: 50ms }]",
                "sleep 60", 3
            ),
            (
                "steady: { within: 1m, that: [\"payments.success > 99%\"] }\ntimeline: [{ phase: calm, for: 50ms }]",
                "exit 7", 3
            ),
            ("timeline: [{ phase: calm, fro: 50ms }]", nil, 104),
            ("limits: { ttl: 100ms }\ntimeline: [{ phase: calm, for: 90ms }]", "sleep 60", 0),
        ] as [(String, String?, Int32)])
    func exitCodes(rest: String, shell: String?, code: Int32) throws {
        try Scratch.withDirectory { directory in
            let result = try Play(in: directory, rest).run(shell: shell)
            #expect(result.status == code, "\(result.output)\(result.errors)")
        }
    }

    @Test("a command that ends first: faults cleared, the rest not played")
    func commandFirst() throws {
        try Scratch.withDirectory { directory in
            let play = try Play(
                in: directory,
                "timeline: [{ phase: storm, for: 1m, \(Self.storm) }, { phase: after, for: 1m, faults: [{ service: payments, hang: }] }]"
            )
            let result = try play.run(["--json", play.path("report.json")], shell: requests(until: 503))
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            let report = try report(play.path("report.json"))
            #expect(report.phases.map(\.state) == [.cut, .notPlayed])
            #expect(report.faults.map(\.bite) == [.bit, .notPlayed])
        }
    }

    @Test("a timeline that ends first: the command goes on without faults, and its code counts")
    func timelineFirst() throws {
        try Scratch.withDirectory { directory in
            let play = try Play(
                in: directory, "timeline: [{ phase: storm, for: 2s, \(Self.storm) }]\nlimits: { ttl: 1m }")
            let shell =
                "echo port=${BROWNOUT_PAYMENTS_ADDR#*:}; while [ ! -e \(play.path("done")) ]; do sleep 0.02; done; exit 5"
            let run = try RunningProduct(["run", play.file, "--workers", "1", "--", "/bin/sh", "-c", shell])
            let caller = try Caller(port: run.port(after: "port="))
            #expect(try eventually { try caller.get().status == 503 })
            #expect(try eventually { try caller.get().status == 200 })
            #expect(run.isRunning)
            try Data().write(to: URL(fileURLWithPath: play.path("done")))
            #expect(eventually { !run.isRunning })
            #expect(run.end() == 5)
        }
    }

    @Test(
        "an interruption clears every fault, still reports, and passes the signal on",
        arguments: [SIGINT, SIGTERM, SIGHUP])
    func interruption(signal: Int32) throws {
        try Scratch.withDirectory { directory in
            let play = try Play(in: directory, "timeline: [{ phase: storm, for: 1m, \(Self.storm) }]")
            let shell =
                "trap 'echo heard; exit 0' INT TERM HUP; echo port=${BROWNOUT_PAYMENTS_ADDR#*:}; while :; do sleep 0.02; done"
            let run = try RunningProduct(["run", play.file, "--workers", "1", "--", "/bin/sh", "-c", shell])
            let caller = try Caller(port: run.port(after: "port="))
            #expect(try eventually { try caller.get().status == 503 })
            #expect(run.end(signal) == 105)
            #expect(run.text.contains("heard"))
            #expect(run.text.contains("INCONCLUSIVE"))
        }
    }

    @Test("a second interruption ends at once, whatever the command does")
    func secondInterruption() throws {
        try Scratch.withDirectory { directory in
            let play = try Play(in: directory, "timeline: [{ phase: storm, for: 1m, \(Self.storm) }]")
            let shell = "trap '' INT TERM; echo ready; while :; do sleep 0.02; done"
            let run = try RunningProduct(["run", play.file, "--workers", "1", "--", "/bin/sh", "-c", shell])
            #expect(eventually { run.text.contains("ready") })
            kill(run.processIdentifier, SIGINT)
            #expect(eventually { run.text.contains("is over") })
            #expect(run.isRunning)
            #expect(run.end(SIGINT) == 105)
        }
    }

    @Test("a journal that cannot be written is said before anything starts")
    func unwritableJournal() throws {
        try Scratch.withDirectory { directory in
            let play = try Play(in: directory, "timeline: [{ phase: calm, for: 50ms }]")
            let result = try play.run(
                ["--journal", play.path("nowhere/journal")], shell: "touch \(play.path("started"))")
            #expect(result.status == 1)
            #expect(result.errors.contains("cannot write the journal"))
            #expect(result.output.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: play.path("started")))
        }
    }

    @Test("a command that cannot be started is 127, as in a shell")
    func noCommand() throws {
        try Scratch.withDirectory { directory in
            let play = try Play(in: directory, "timeline: [{ phase: calm, for: 50ms }]")
            let result = try Product.run(["run", play.file, "--", "/nowhere/command"])
            #expect(result.status == 127)
            #expect(result.errors.contains("cannot start /nowhere/command"))
        }
    }

    @Test("--json - leaves standard output to the report alone")
    func jsonOnOutput() throws {
        try Scratch.withDirectory { directory in
            let play = try Play(in: directory, "timeline: [{ phase: calm, for: 50ms }]")
            let result = try play.run(["--json", "-"])
            let report = try JSONDecoder().decode(RunReport.self, from: Data(result.output.utf8))
            #expect(report.scenario == "play")
            #expect(result.errors.contains("PASS"))
        }
    }

    @Test("--only plays one phase, --speed shortens it, --seed is printed")
    func options() throws {
        try Scratch.withDirectory { directory in
            let play = try Play(in: directory, "timeline: [{ phase: long, for: 1h }, { phase: short, for: 10s }]")
            let result = try play.run(["--only", "short", "--speed", "100x", "--seed", "42"])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("seed 42"))
            #expect(!result.output.contains("long"))
            #expect(try play.run(["--only", "shrot"]).status == 64)
        }
    }
}
