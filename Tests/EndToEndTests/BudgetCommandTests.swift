import Foundation
import TestSupport
import Testing

@Suite("The error budget decides before a run")
struct BudgetCommandTests {
    /// Takes 0.0463 % of a month's budget, of which `bounds` tell what may be taken.
    private func scenario(_ bounds: String) -> String {
        """
        brownout: 1
        services:
          payments:
            listen: 127.0.0.1:0
            protocol: http
            endpoints: ["127.0.0.1:1"]
            slo: { good: status < 500, target: 99.9%, period: 30d, \(bounds) }
        timeline:
          - phase: storm
            for: 1s
            faults: [{ name: down, service: payments, share: 60%, error: 503 }]
        """
    }

    private func run(_ command: String, _ bounds: String, _ options: String...) throws -> CommandResult {
        try Scratch.withDirectory { directory in
            try Data(scenario(bounds).utf8).write(to: directory.appending(path: "drill.yaml"))
            return try Product.run([command, "drill.yaml"] + options, in: directory)
        }
    }

    @Test("NO-GO is not started, and says why and what would start it")
    func noGo() throws {
        let result = try run("run", "allowance: 0.01%")
        #expect(result.status == 3)
        #expect(result.output.isEmpty, "nothing was opened")
        #expect(
            result.errors.contains("not started: error budget: NO-GO: payments would take 0.046% of its error budget"))
        #expect(result.errors.contains("--force"))
        #expect(try run("run", "allowance: 0.01%", "--hold=go").status == 3)
    }

    @Test("--force overrules it, and the report says so")
    func forced() throws {
        let result = try run("run", "allowance: 0.01%", "--force", "--json", "-")
        #expect(result.status == 98, "it was played: nobody called")
        #expect(result.output.contains("overruled by --force"))
    }

    @Test("HOLD is not started either, unless holds are to go")
    func hold() throws {
        let result = try run("run", "allowance: 0.05%")
        #expect(result.status == 4)
        #expect(result.errors.contains("HOLD: payments") && result.errors.contains("--hold=go"))
        #expect(try run("run", "allowance: 0.05%", "--hold=go").status == 98)
        #expect(try run("run", "allowance: 0.05%", "--recovery", "0").status == 98)
    }

    @Test("what is left may be told by whoever knows; a name that has no budget is a mistake")
    func remaining() throws {
        #expect(try run("run", "reserve: 20%").status == 98)
        #expect(try run("run", "reserve: 20%", "--remaining", "payments=20%").status == 3)
        let mistaken = try run("run", "reserve: 20%", "--remaining", "payment=20%")
        #expect(mistaken.status == 64)
        #expect(mistaken.errors.contains("there is no service payment with an slo"))
        #expect(try run("run", "reserve: 20%", "--remaining", "payments").status == 64)
    }

    @Test("a plan shows the forecast, and is no gate")
    func plan() throws {
        let result = try run("plan", "allowance: 0.01%", "--remaining", "payments=70%")
        #expect(result.status == 0)
        #expect(result.output.contains("NO-GO: out of bounds"))
        #expect(result.output.contains("70%; a run may take 0.01%"))
    }
}
