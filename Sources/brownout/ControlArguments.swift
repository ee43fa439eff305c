// Where a command that stays listens for those who steer it.

import ArgumentParser
import Control

struct ControlArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the control plane listens; none for none. Default: 127.0.0.1:8474 for serve, none for run.",
            valueName: "address"))
    var control: String?

    @Option(
        help: ArgumentHelp(
            "Callers must show the token in this file; needed where others than this machine can reach the address.",
            valueName: "file"))
    var controlTokenFile: String?

    /// Bound, before anything else starts; nil: there is none.
    func open(otherwise standard: String, _ session: Session) throws -> ControlDoor? {
        let options = ControlOptions(address: control ?? standard, tokenFile: controlTokenFile)
        let door = try session.orFail { () throws(ControlError) in try options.open() }
        if let door { session.console.say("control at http://\(door.address)") }
        return door
    }
}
