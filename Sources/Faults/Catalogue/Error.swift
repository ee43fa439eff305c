// error: an answer instead of the dependency's, or with `executed` in place of it. `burst` alternates between failing
// (up) and fine (down) for exponential times that come from the seed. It acts from the next exchange on, whether the
// connection is new, open or idle.

import Foundation
package import Scenario
import Units

/// `error: {status, body, headers, retry_after, grpc, burst, executed}`.
package struct ErrorFault: Sendable {
    package static let declaration = FaultDeclaration(
        name: "error", levels: [.exchange],
        summary: "An answer instead of the dependency.",
        attributes: [
            AttributeDeclaration(
                name: "status", shape: .statuses, defaultText: "503",
                help: "200 to 599, or a map of statuses to percentages that sum to 100%"),
            AttributeDeclaration(name: "body", shape: .text, help: "sent as it stands"),
            AttributeDeclaration(name: "headers", shape: .headers, help: "fields of the answer"),
            AttributeDeclaration(
                name: "retry_after", shape: .duration, range: 0...31_536_000,
                help: "sent as Retry-After, in whole seconds rounded up"),
            AttributeDeclaration(
                name: "grpc", shape: .either(GRPCStatus.names, .integer), range: 0...16,
                help: "a gRPC status, sent as grpc-status with HTTP status 200 unless status is given"),
            AttributeDeclaration(
                name: "burst", shape: .group(["up": .duration, "down": .duration]), isScriptTime: true,
                help: "fail for up, be fine for down, on average: alternating exponential times from the seed"),
            AttributeDeclaration(
                name: "executed", shape: .boolean, defaultText: "false",
                help: "let the dependency do its work first, then drop its answer"),
        ],
        shorthand: "status", isTerminal: true,
        actsBeforeResponse: { $0.flag("executed") != true }, validate: problems)

    private let answers: [Answer]
    /// The weights up to and including each answer; the last is 1.
    private let upTo: [Double]
    private let burst: Burst?

    init(_ value: FaultValue, _ setting: FaultSetting) {
        let statuses = Self.statuses(value)
        let fields = Self.fields(value)
        let body = Array((value.text("body") ?? "").utf8)
        let executed = value.flag("executed") ?? false
        answers = statuses.map { Answer(status: $0.status, fields: fields, body: body, executed: executed) }
        var sum = 0.0
        upTo = statuses.map { status in
            sum += status.weight
            return sum
        }
        burst = Burst(value, setting)
    }

    /// The answer that the exchange drew.
    func answer(_ moment: Moment) -> Answer {
        guard answers.count > 1 else { return answers[0] }
        let drawn = moment.dice.unit(moment.ordinal, lane: Lane.status) * upTo[upTo.count - 1]
        return answers[upTo.firstIndex { drawn < $0 } ?? answers.count - 1]
    }

    /// The weight of the answers whose status is one of those asked about; 0 to 1.
    func share(_ isMeant: (Int) -> Bool) -> Double {
        var (sum, before) = (0.0, 0.0)
        for (answer, end) in zip(answers, upTo) {
            if isMeant(answer.status) { sum += end - before }
            before = end
        }
        return sum / upTo[upTo.count - 1]
    }

    func isActive(at elapsed: TimeSpan) -> Bool { burst?.isUp(at: elapsed) ?? true }

    private static func statuses(_ value: FaultValue) -> [WeightedStatus] {
        if case .statuses(let statuses) = value["status"], !statuses.isEmpty { return statuses }
        return [WeightedStatus(status: value["grpc"] == nil ? 503 : 200, weight: 1)]
    }

    private static func fields(_ value: FaultValue) -> [HeaderField] {
        var fields = value.headers("headers") ?? []
        if let seconds = value.moving("retry_after")?.bounds.lowerBound {
            fields.append(HeaderField(name: "Retry-After", value: "\(wholeCount(seconds.rounded(.up)))"))
        }
        if let status = GRPCStatus.code(value["grpc"]) {
            fields.append(HeaderField(name: "grpc-status", value: "\(status)"))
        }
        if let type = contentType(value), !fields.contains(where: { $0.name.lowercased() == "content-type" }) {
            fields.append(HeaderField(name: "Content-Type", value: type))
        }
        return fields
    }

    private static func contentType(_ value: FaultValue) -> String? {
        if value["grpc"] != nil { return "application/grpc" }
        guard let first = value.text("body")?.first(where: { !$0.isWhitespace }) else { return nil }
        return first == "{" || first == "[" ? "application/json" : "text/plain; charset=utf-8"
    }
}

extension ErrorFault {
    private static func problems(_ value: FaultValue) -> [FaultProblem] {
        statusProblems(value) + (value.headers("headers") ?? []).compactMap(headerProblem) + burstProblems(value)
    }

    private static func statusProblems(_ value: FaultValue) -> [FaultProblem] {
        let statuses = statuses(value)
        if let wrong = statuses.first(where: { !(200...599).contains($0.status) }) {
            return [FaultProblem(attribute: "status", message: "\(wrong.status) is not a final status: 200 to 599")]
        }
        let hasBody = value.text("body")?.isEmpty == false
        guard hasBody, let bare = statuses.first(where: { $0.status == 204 || $0.status == 304 }) else { return [] }
        return [FaultProblem(attribute: "body", message: "an answer with status \(bare.status) has no body")]
    }

    private static func headerProblem(_ field: HeaderField) -> FaultProblem? {
        HeaderCheck.problem(field).map { FaultProblem(attribute: "headers", message: $0) }
    }

    private static func burstProblems(_ value: FaultValue) -> [FaultProblem] {
        guard let group = value.group("burst") else { return [] }
        let times = ["up", "down"].map { group[$0]?.moving?.bounds.lowerBound ?? 0 }
        guard times.contains(where: { $0 < 0.001 }) else { return [] }
        return [FaultProblem(attribute: "burst", message: "burst needs up and down, 1ms or longer each")]
    }
}

/// The status codes of gRPC.
enum GRPCStatus {
    static let names = [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
        "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ]

    /// The code of a decoded `grpc`.
    static func code(_ value: AttributeValue?) -> Int? {
        if let word = value?.word { return names.firstIndex(of: word) }
        return (value?.moving?.bounds.lowerBound).map { Int(wholeCount($0)) }
    }
}
