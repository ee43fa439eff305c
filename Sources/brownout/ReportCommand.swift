// brownout report: the report of a run that is over, or was killed, from its journal.

import ArgumentParser
import Control
import Foundation
import Observation

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Gives the report of a run again, from its journal, in any form.",
        discussion: """
            The journal of a process that was killed gives the report up to that moment: INCONCLUSIVE, since the run did not
            end. Of a journal that holds several runs (serve) the last one is reported.

            Exit codes: those of `brownout run`; 98 also for a run without an end, 1 no journal of a run, 64 usage.
            """)

    @Argument(help: "What `--journal` has written.")
    var journal: String

    @OptionGroup(title: "Reports") var reports: ReportOptions

    func run() throws {
        let console = Console()
        let contents: JournalContents
        do {
            contents = try Journal.read(path: journal)
            for (form, path) in reports.paths {
                try write(try form.text(contents.report, course: contents.course), to: path)
            }
        } catch {
            throw Failure.internal("\(error)", console)
        }
        if contents.damagedLines > 0 {
            console.complain("brownout: \(contents.damagedLines) lines of \(journal) are damaged, and left out")
        }
        if !reports.paths.values.contains("-") {
            console.show(contents.report.text(colour: isatty(STDOUT_FILENO) == 1))
        }
        let code = contents.report.exitCode()
        if code != 0 { throw ExitCode(Int32(truncatingIfNeeded: code)) }
    }

    private func write(_ text: String, to path: String) throws {
        if path == "-" { return Console().show(text) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
