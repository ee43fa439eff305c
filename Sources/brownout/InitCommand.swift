// brownout init: a first scenario with comments. Never writes over a file unless told to.

import ArgumentParser
import Control
import Foundation
import Planning

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a commented scenario to start from.",
        discussion: "Exit codes: 0 written, 1 cannot be written, 64 usage, or the file is there already.")

    @Argument(help: "Where to write it; - is standard output.")
    var file = "scenario.yaml"

    @Flag(help: "Write over a file that is there.")
    var force = false

    func run() throws {
        if file == "-" { return Console().show(StarterScenario.text) }
        do {
            let options: Data.WritingOptions = force ? .atomic : .withoutOverwriting
            try Data(StarterScenario.text.utf8).write(to: URL(fileURLWithPath: file), options: options)
        } catch {
            if !force, FileManager.default.fileExists(atPath: file) {
                throw ValidationError("\(file) is there already; --force writes over it")
            }
            Console().complain("brownout: cannot write \(file): \(error.localizedDescription)")
            throw ExitCode(RunExit.failure)
        }
        Console().show("\(file) written. Next: brownout check \(file), brownout plan \(file)\n")
    }
}
