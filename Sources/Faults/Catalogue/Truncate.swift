// truncate: the response body ends early while its framing promised more. A percentage needs to know how long the body
// would be; without Content-Length the session counts the injection as inapplicable. It acts from the next exchange on;
// idle connections are untouched until they carry one.

package import Scenario

/// `truncate: {at: 50% / 4KiB, then: close / reset}`.
package struct Truncate: Sendable {
    package static let declaration = FaultDeclaration(
        name: "truncate", levels: [.exchange],
        summary: "The response body ends early.",
        attributes: [
            AttributeDeclaration(
                name: "at", shape: .amount, defaultText: "50%", mayMove: true,
                help: "how much of the body passes: a share under 100 % (needs Content-Length) or bytes"),
            AttributeDeclaration(
                name: "then", shape: .word(["close", "reset"]), defaultText: "close",
                help: "how the connection ends"),
        ],
        shorthand: "at", isTerminal: true, validate: problems)

    private enum Cut: Sendable {
        case fraction(Magnitude)
        case bytes(Magnitude)
    }

    private let cut: Cut
    private let ending: Ending

    init(_ value: FaultValue) {
        ending = value.word("then") ?? .close
        switch value["at"] {
        case .amount(.fraction(let fraction)): cut = .fraction(Magnitude(fraction))
        case .amount(.bytes(let bytes)): cut = .bytes(Magnitude(bytes))
        default: cut = .fraction(Magnitude(0.5))
        }
    }

    func order(_ moment: Moment) -> TruncateOrder {
        switch cut {
        case .fraction(let fraction): TruncateOrder(cut: .fraction(moment.value(fraction)), ending: ending)
        case .bytes(let bytes): TruncateOrder(cut: .bytes(wholeCount(moment.value(bytes))), ending: ending)
        }
    }

    private static func problems(_ value: FaultValue) -> [FaultProblem] {
        switch value["at"] {
        case .amount(.fraction(let fraction)) where fraction.bounds.lowerBound < 0 || fraction.bounds.upperBound >= 1:
            [FaultProblem(attribute: "at", message: "a truncated body keeps from 0% to under 100% of its bytes")]
        case .amount(.bytes(let bytes)) where bytes.bounds.lowerBound < 0:
            [FaultProblem(attribute: "at", message: "a truncated body cannot keep fewer than 0B")]
        default: []
        }
    }
}
