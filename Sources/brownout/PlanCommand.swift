// brownout plan: what a scenario would do, as text and as a picture; opens no listener.

import ArgumentParser
import Control
import Foundation
import Planning
import Scenario
import Units

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract:
            "Shows what a scenario would do: its timeline, what each fault implies, harms, and costs of an error budget.",
        discussion: "Exit codes: 0 shown, 1 the picture cannot be written, 64 usage, 104 an invalid file.")

    @Argument(help: "The scenario.")
    var file: String

    @Option(help: ArgumentHelp("Services and zones from a file of their own.", valueName: "file"))
    var env: String?

    @Option(
        help: ArgumentHelp(
            "Also draw the timeline into this file; - is standard output, and no text.", valueName: "file"))
    var svg: String?

    @Option(
        help: "What the script says passes so many times faster (60x); never what a caller feels.",
        transform: PlayOptions.speed)
    var speed = 1.0

    @Option(
        help: ArgumentHelp("Requests that each service is assumed to see.", valueName: "rate"),
        transform: { try EventRate(text: $0) })
    var rate = EventRate(perSecond: 50)

    @OptionGroup(title: "Error budget")
    var budget: BudgetOptions

    func validate() throws {
        guard rate.perSecond >= 0, rate.perSecond <= 1e9 else {
            throw ValidationError("--rate must be 0/s to 1000000000/s")
        }
    }

    func run() throws {
        let input = try ScenarioInput(file, environment: env, speed: speed == 1 ? nil : speed)
        for diagnostic in input.diagnostics { Console().complain(diagnostic.description) }
        guard let scenario = input.file else { throw ExitCode(RunExit.invalidFile) }
        if svg == "-" { return Console().show(TimelinePicture(scenario).document()) }
        let assumptions = Assumptions(requestsPerSecond: rate.perSecond, speed: speed)
        let knowledge = try budget.knowledge(of: scenario)
        Console().show(PlanText(scenario, assuming: assumptions, knowing: knowledge).text)
        if let svg { try write(TimelinePicture(scenario).document(), to: svg) }
    }

    private func write(_ picture: String, to path: String) throws {
        do {
            try Data(picture.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            Console().complain("picture written to \(path)")
        } catch {
            Console().complain("brownout: cannot write \(path): \(error.localizedDescription)")
            throw ExitCode(RunExit.failure)
        }
    }
}
