// rewrite: change what came back: its status, fields, body. What is changed is the response on its way to the caller; the
// dependency's connection stays in step. Several rewrites stack in file order. Validators of the body (ETag, digests) stay as
// they were: a caller that checks them shall notice. It acts from the next exchange on, whether the connection is new,
// open or idle.
//
// `patch` is a JSON merge patch (RFC 7396): the body is kept back until it is whole. One that is too long, encoded, or no
// JSON passes as it came and is counted as inapplicable.

package import Scenario

/// `rewrite: {status, headers: {set, add, remove}, body: {replace, patch}}`.
package struct Rewrite: Sendable {
    package static let declaration = FaultDeclaration(
        name: "rewrite", levels: [.exchange],
        summary: "Change what came back.",
        attributes: [
            AttributeDeclaration(
                name: "status", shape: .integer, range: 200...599, help: "the status that the caller sees"),
            AttributeDeclaration(
                name: "headers", shape: .group(["set": .headers, "add": .headers, "remove": .list(.text)]),
                help: "set replaces fields of that name, add adds to them, remove takes all of them away"),
            AttributeDeclaration(
                name: "body", shape: .group(["replace": .text, "patch": .text]),
                help: "replace: another body; patch: a JSON merge patch, as '{\"balance\": null}'"),
        ],
        validate: problems)

    package let order: RewriteOrder

    init(_ value: FaultValue, _ setting: FaultSetting) {
        order = RewriteOrder(value, entry: setting.index)
    }

    private static func problems(_ value: FaultValue) -> [FaultProblem] {
        guard ["status", "headers", "body"].contains(where: { value[$0] != nil }) else {
            return [FaultProblem(attribute: nil, message: "say what to change: status, headers or body")]
        }
        return headerProblems(value.group("headers") ?? [:]) + bodyProblems(value)
    }

    private static func headerProblems(_ group: [String: AttributeValue]) -> [FaultProblem] {
        let written = group.fields("set") + group.fields("add")
        let problems =
            written.compactMap(HeaderCheck.problem) + group.names("remove").compactMap(HeaderCheck.problem(name:))
        return problems.map { FaultProblem(attribute: "headers", message: $0) }
    }

    private static func bodyProblems(_ value: FaultValue) -> [FaultProblem] {
        guard let body = value.group("body") else { return [] }
        if body.isEmpty || body.count > 1 {
            return [FaultProblem(attribute: "body", message: "a body is either replaced or patched")]
        }
        let status = value.moving("status")?.bounds.lowerBound
        if status == 204 || status == 304 {
            return [FaultProblem(attribute: "body", message: "a response with that status has no body")]
        }
        guard case .text(let patch) = body["patch"], MergePatch(Array(patch.utf8)) == nil else { return [] }
        return [FaultProblem(attribute: "body", message: "the patch is not JSON")]
    }
}

/// What a rewrite changes, laid out once when the plan is compiled.
package final class RewriteOrder: Sendable {
    package enum Body: Sendable {
        case replace([UInt8])
        case patch(MergePatch)
    }

    package struct Line: Sendable {
        /// In lower case.
        package let name: [UInt8]
        /// Whole, with CR LF.
        package let bytes: [UInt8]

        init(_ field: HeaderField) {
            name = Array(field.name.lowercased().utf8)
            bytes = Array("\(field.name): \(field.value)\r\n".utf8)
        }
    }

    package let entry: UInt16
    package let status: Int?
    /// Fields that go, in lower case; those that are set come back with `lines`.
    package let removed: [[UInt8]]
    package let lines: [Line]
    package let body: Body?

    init(_ value: FaultValue, entry: UInt16) {
        self.entry = entry
        let headers = value.group("headers") ?? [:]
        status = value.moving("status").map { Int(wholeCount($0.bounds.lowerBound)) }
        removed =
            (headers.fields("set").map(\.name) + headers.names("remove")).map { Array($0.lowercased().utf8) }
        lines = (headers.fields("set") + headers.fields("add")).map(Line.init)
        switch (value.group("body")?["replace"], value.group("body")?["patch"]) {
        case (.text(let text), _): body = .replace(Array(text.utf8))
        case (_, .text(let text)): body = MergePatch(Array(text.utf8)).map(Body.patch)
        default: body = nil
        }
    }
}

extension [String: AttributeValue] {
    fileprivate func fields(_ key: String) -> [HeaderField] {
        if case .headers(let fields) = self[key] { fields } else { [] }
    }

    fileprivate func names(_ key: String) -> [String] {
        if case .list(let values) = self[key] { values.compactMap(\.word) } else { [] }
    }
}
