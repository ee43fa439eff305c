// brownout faults: the catalogue as a table, or one fault with everything it can be told; below it, rules by hand on a proxy
// that runs.

import ArgumentParser
import Control
import Faults
import Planning
import Scenario

struct FaultsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faults", abstract: "Lists the faults, or explains one; adds and removes them on a running proxy.",
        discussion: """
            `brownout faults` lists the catalogue, `brownout faults latency` explains one fault; neither needs a proxy.
            """,
        subcommands: [
            FaultsCatalogueCommand.self, FaultsLiveCommand.self, FaultsAddCommand.self, FaultsChangeCommand.self,
            FaultsRemoveCommand.self, FaultsClearCommand.self,
        ],
        defaultSubcommand: FaultsCatalogueCommand.self)
}

struct FaultsCatalogueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalogue", abstract: "Lists the faults, or explains one.")

    @Argument(help: "The fault to explain.")
    var name: String?

    func run() throws {
        let text = CatalogueText(Catalogue.standard)
        guard let name else { return Console().show(text.table) }
        guard let page = text.page(name) else { throw ValidationError(unknown(name)) }
        Console().show(page)
    }

    private func unknown(_ name: String) -> String {
        let names = Catalogue.standard.faults.map(\.name)
        let nearest = Suggestion.nearest(to: name, among: names).map { "did you mean \"\($0)\"?" }
        return "there is no fault \"\(name)\"; " + (nearest ?? "there are " + names.joined(separator: ", "))
    }
}
