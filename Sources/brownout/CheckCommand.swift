// brownout check: everything that is wrong with files, at once; opens nothing.

import ArgumentParser
import Control
import Scenario

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Says everything that is wrong with scenario files, or ok. Opens nothing.",
        discussion: """
            Mistakes go to standard error as FILE:LINE:COLUMN, with what was expected. Warnings leave a file ok.

            Exit codes: 0 every file is fine, 64 usage, 104 an invalid file.
            """)

    @Argument(help: ArgumentHelp("Scenario files.", valueName: "file"))
    var files: [String]

    @Option(help: ArgumentHelp("Services and zones from a file of their own.", valueName: "file"))
    var env: String?

    @Option(
        help: "Warn of percentiles longer than their phase when it is played so many times as fast (60x).",
        transform: PlayOptions.speed)
    var speed: Double?

    func run() throws {
        let valid = try files.map(check)
        if valid.contains(false) { throw ExitCode(RunExit.invalidFile) }
    }

    private func check(_ file: String) throws -> Bool {
        let input = try ScenarioInput(file, environment: env, speed: speed)
        for diagnostic in input.diagnostics { Console().complain(diagnostic.description) }
        guard input.file != nil else { return false }
        Console().say("\(file): ok")
        return true
    }
}
