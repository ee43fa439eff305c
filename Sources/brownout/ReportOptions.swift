// The files that a report goes to, and the CI whose job it is part of.

import ArgumentParser
import Control
import Observation

struct ReportOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write the report as JSON; - for standard output.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write it as JUnit XML: a test case for each expectation.", valueName: "file"))
    var junit: String?

    @Option(help: ArgumentHelp("Write it as Markdown.", valueName: "file"))
    var markdown: String?

    @Option(help: ArgumentHelp("Write it as one page of HTML, with pictures.", valueName: "file"))
    var html: String?

    /// Two forms in one stream are neither.
    func validate() throws {
        let taken = paths.values.count { $0 == "-" }
        if taken > 1 { throw ValidationError("only one report can go to standard output") }
    }

    var paths: [ReportForm: String] {
        let all: [(ReportForm, String?)] = [(.json, json), (.junit, junit), (.markdown, markdown), (.html, html)]
        return Dictionary(uniqueKeysWithValues: all.compactMap { form, path in path.map { (form, $0) } })
    }
}

extension RunSettings {
    /// What a CI job wants that says in its environment what it is: GitHub's summary, and annotations.
    mutating func report(to environment: [String: String]) {
        let summary = environment["GITHUB_STEP_SUMMARY"] ?? ""
        paths.summary = summary.isEmpty ? nil : summary
        annotates = environment["GITHUB_ACTIONS"] == "true"
    }
}
