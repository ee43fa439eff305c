import Foundation
import TestSupport
import Testing

@Suite("Reports of a run, now and later")
struct ReportCommandTests {
    private static let scenario = """
        brownout: 1
        name: Refusals
        services:
          payments: { listen: "127.0.0.1:0", protocol: http, endpoints: ["127.0.0.1:1"] }
        timeline:
          - { phase: storm, for: 1m, faults: [{ name: busy, service: payments, error: 503 }] }
        expect:
          - { name: served, that: "payments.success >= 90%" }
        """

    /// Asks once, and again until `count` were answered.
    private static let load = """
        n=0; while [ $n -lt 20 ]; do exec 3<>/dev/tcp/${BROWNOUT_PAYMENTS_ADDR%:*}/${BROWNOUT_PAYMENTS_ADDR#*:}; \
        printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3 >/dev/null; exec 3>&-; n=$((n + 1)); done
        """

    private func withScenario(_ body: (URL) throws -> Void) throws {
        try Scratch.withDirectory { directory in
            try Data(Self.scenario.utf8).write(to: directory.appending(path: "refusals.yaml"))
            try body(directory)
        }
    }

    private func text(_ name: String, _ directory: URL) throws -> String {
        try String(contentsOf: directory.appending(path: name), encoding: .utf8)
    }

    @Test("the report of a journal is the one that the run gave, in every form, with its exit code")
    func again() throws {
        try withScenario { directory in
            let run = try Product.run(
                [
                    "run", "refusals.yaml", "--quiet", "--journal", "run.ndjson", "--junit", "run.xml", "--markdown",
                    "run.md", "--json", "run.json", "--html", "run.html", "--", "bash", "-c", Self.load,
                ], in: directory)
            #expect(run.status == 99, "\(run.errors)")
            let later = try Product.run(
                [
                    "report", "run.ndjson", "--junit", "later.xml", "--markdown", "later.md", "--json", "later.json",
                    "--html", "later.html",
                ],
                in: directory)
            #expect(later.status == 99, "\(later.errors)")
            #expect(later.output == run.output)
            for form in ["xml", "md", "json", "html"] {
                #expect(try text("later.\(form)", directory) == text("run.\(form)", directory))
            }
            #expect(try text("run.xml", directory).contains("<failure message=\"expected payments.success &gt;= 90%\""))
            let printed = try Product.run(["report", "run.ndjson", "--junit", "-"], in: directory)
            #expect(printed.output == (try text("run.xml", directory)))
        }
    }

    @Test("in a GitHub job the summary is added to, and what failed stands on its line")
    func gitHub() throws {
        try withScenario { directory in
            try Data("before\n".utf8).write(to: directory.appending(path: "summary.md"))
            let result = try Product.run(
                ["run", "refusals.yaml", "--quiet", "--", "bash", "-c", Self.load], in: directory,
                environment: [
                    "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": directory.appending(path: "summary.md").path,
                ])
            #expect(result.status == 99)
            #expect(
                result.errors.contains("::error file=refusals.yaml,line=8::FAIL: served: payments.success >= 90%25"))
            let summary = try text("summary.md", directory)
            #expect(summary.hasPrefix("before\n## ✗ FAIL: Refusals\n"))
        }
    }

    @Test("a run that was killed is reported up to that moment, as interrupted")
    func killed() throws {
        try withScenario { directory in
            // The command kills its parent, the run, once the journal has a second with traffic.
            let script =
                Self.load + "; until grep -q '\"second\".*series\":\\[{' run.ndjson; do sleep 0.1; done; kill -9 $PPID"
            let killed = try Product.run(
                ["run", "refusals.yaml", "--quiet", "--journal", "run.ndjson", "--", "bash", "-c", script],
                in: directory)
            #expect(killed.status == SIGKILL)
            let report = try Product.run(["report", "run.ndjson"], in: directory)
            #expect(report.status == 98)
            #expect(report.output.contains("interrupted: the journal ends before its run"))
            #expect(report.output.contains("storm (cut)"))
            #expect(report.output.contains("503 ×20"))
        }
    }

    @Test("what is no journal is said, and so is what cannot be written")
    func mistakes() throws {
        try withScenario { directory in
            let none = try Product.run(["report", "refusals.yaml"], in: directory)
            #expect(none.status == 1)
            #expect(none.errors.contains("refusals.yaml is no journal of a run"))
            #expect(try Product.run(["report", "nowhere.ndjson"], in: directory).status == 1)
            let twice = try Product.run(["report", "x", "--junit", "-", "--json", "-"], in: directory)
            #expect(twice.status == 64 && twice.errors.contains("only one report"))
            let unwritable = try Product.run(["run", "refusals.yaml", "--junit", "no/such/folder.xml"], in: directory)
            #expect(unwritable.status == 1 && unwritable.errors.contains("no/such/folder.xml"))
        }
    }
}
