// The front door: one command, its subcommands, one file each. This is the only room that knows ArgumentParser; what the
// commands do lives in the rooms below.

import ArgumentParser

@main
struct Brownout: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "brownout",
        abstract: "Plays written incidents against your services, and says honestly what their callers went through.",
        subcommands: [
            CheckCommand.self, PlanCommand.self, RunCommand.self, ServeCommand.self, ProxyCommand.self,
            PlayCommand.self, ReportCommand.self, StatusCommand.self, PauseCommand.self, ResumeCommand.self,
            SkipCommand.self, ContinueCommand.self,
            AbortCommand.self, FaultsCommand.self, ServicesCommand.self, SchemaCommand.self, InitCommand.self,
            DemoCommand.self,
        ])

    static func main() {
        if let complaint = complaint(about: Array(CommandLine.arguments.dropFirst())) {
            exit(withError: ValidationError(complaint))
        }
        main(nil)
    }
}
