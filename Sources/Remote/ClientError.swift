// Why a command got no answer, or not the one it wanted: a sentence that says what, where and what to do, and what the
// process ends with.

package import Control
package import Scenario

/// What went wrong between a command and a control plane.
package enum ClientError: Error, Sendable, Hashable {
    case badAddress(String)
    case badToken(String)
    /// Nobody listens there, or nothing leads there.
    case unreachable(String, reason: String)
    case timedOut(String)
    /// What came is no answer of ours.
    case broken(String, reason: String)
    /// The control plane's own no.
    case refused(status: Int, message: String, mistakes: [ErrorAnswer.Place] = [])
    /// The proxy was started again, and knows nothing of the run.
    case gone(run: String)
}

extension ClientError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badAddress(let text): "\"\(text)\" is no address such as 127.0.0.1:8474"
        case .badToken(let reason): "--token-file: \(reason)"
        case .unreachable(let place, let reason):
            "cannot reach \(place): \(reason); is `brownout serve` running? --at names another address"
        case .timedOut(let place): "\(place) does not answer"
        case .broken(let place, let reason):
            "\(place) is no control plane of Brownout, or broke off: \(reason); --at names another address"
        case .refused(401, _, _):
            "the token is missing or wrong: --token-file FILE, as --control-token-file of `brownout serve`"
        case .refused(_, let message, _): message
        case .gone(let run): "run \(run) is not there any more: the proxy was started again, without its faults"
        }
    }

    /// In a few words, where the place is known.
    package var brief: String {
        switch self {
        case .unreachable(_, let reason), .broken(_, let reason): reason
        case .timedOut: "no answer"
        case .badAddress, .badToken, .refused, .gone: description
        }
    }

    /// 64: what was asked cannot be; 104: what was sent has mistakes; 1: everything else.
    package var exitCode: Int32 {
        switch self {
        case .badAddress, .badToken: RunExit.usage
        case .refused(400, _, let mistakes): mistakes.isEmpty ? RunExit.usage : RunExit.invalidFile
        case .unreachable, .timedOut, .broken, .refused, .gone: RunExit.failure
        }
    }

    /// Mistakes in what was sent, as `brownout check` prints them.
    package func diagnostics(file: String, text: String) -> [Diagnostic] {
        guard case .refused(_, _, let mistakes) = self else { return [] }
        return mistakes.map { place in
            Diagnostic(
                file: file, position: Position(line: place.line, column: place.column), message: place.message,
                help: place.help, in: text)
        }
    }
}
