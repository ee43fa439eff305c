// brownout schema: what editors need to complete and check scenario files.

import ArgumentParser
import Control
import Faults
import Scenario

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints a JSON Schema of scenario files, for editors.",
        discussion: """
            For editors that speak YAML: save it, and begin a scenario with

              # yaml-language-server: $schema=brownout.schema.json
            """)

    func run() {
        let json = ScenarioSchema.json(catalogue: Catalogue.standard)
        Console().show(json.hasSuffix("\n") ? json : json + "\n")
    }
}
