// Parameters as routes declare them: what they are called, what they may be, and how that is said in the document.

import Foundation
import Scenario
import Units

extension RouteParameter {
    static func path(_ name: String, _ about: String) -> RouteParameter {
        RouteParameter(
            name: name, about: about, isInPath: true, isRequired: true,
            schema: .object(["type": .text("string"), "minLength": .number(1), "maxLength": .number(200)]),
            problem: { $0.utf8.count > 200 ? "is longer than 200 bytes" : nil })
    }

    static func flag(_ name: String, _ about: String) -> RouteParameter {
        RouteParameter(
            name: name, about: about, schema: .object(["type": .text("boolean")]),
            problem: { ["true", "false"].contains($0) ? nil : "must be true or false" })
    }

    static func text(_ name: String, _ about: String, isRequired: Bool = false) -> RouteParameter {
        RouteParameter(
            name: name, about: about, isRequired: isRequired,
            schema: .object(["type": .text("string"), "minLength": .number(1), "maxLength": .number(200)]),
            problem: { (1...200).contains($0.utf8.count) ? nil : "must have 1 to 200 bytes" })
    }

    /// "90s", "1h30m": at least a millisecond, at most a week.
    static func duration(_ name: String, _ about: String, isRequired: Bool = false) -> RouteParameter {
        RouteParameter(
            name: name, about: about, isRequired: isRequired,
            schema: .object([
                "type": .text("string"), "pattern": .text("^[1-9][0-9]{0,2}(ms|s|m)$"), "examples": .texts(["5m"]),
            ]),
            problem: { text in
                guard let span = try? TimeSpan(text: text) else { return "must be a length of time such as 5m" }
                return (.milliseconds(1)...longest).contains(span) ? nil : "must be between 1ms and 168h"
            })
    }

    static let longest = TimeSpan.seconds(7 * 24 * 3600)

    static let seed = RouteParameter(
        name: "seed", about: "Seed of every draw; the file's, else a random one.",
        schema: .object(["type": .text("string"), "pattern": .text("^[0-9]{1,18}$")]),
        problem: { UInt64($0) == nil ? "must be a whole number below 2^64" : nil })

    static let speed = RouteParameter(
        name: "speed", about: "What the script says passes so many times faster: 60x.",
        schema: .object([
            "type": .text("string"), "pattern": .text("^[1-9][0-9]{0,3}x$"), "examples": .texts(["60x"]),
        ]),
        problem: { speed($0) == nil ? "must be a speed such as 60x" : nil })

    static func speed(_ text: String) -> Double? {
        let number = text.hasSuffix("x") ? String(text.dropLast()) : text
        return Double(number).flatMap { (0.001...100_000).contains($0) ? $0 : nil }
    }

    /// The parameter in the document.
    var document: JSONValue {
        .object([
            "name": .text(name), "in": .text(isInPath ? "path" : "query"), "description": .text(about),
            "required": .flag(isRequired), "schema": schema,
        ])
    }
}

extension RouteCall {
    func flag(_ name: String) -> Bool { self[name] == "true" }

    /// A duration that was checked before.
    func span(_ name: String) -> TimeSpan { self[name].flatMap { try? TimeSpan(text: $0) } ?? .zero }
}
