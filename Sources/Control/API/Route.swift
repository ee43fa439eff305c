// A route: one declaration that dispatches requests, checks their parameters, and describes itself in the OpenAPI document.
//
//      request ─► template ─► parameters ─► compose (body, off the control thread) ─► act (on it) ─► outcome

import EventLoop
import Foundation
import Scenario

/// What is done on the control thread, once everything is decoded.
typealias RouteAct = @Sendable (ControlAPI, RouteCall) throws(ControlError) -> RouteOutcome

/// What an operation came to.
enum RouteOutcome {
    case answer(ServerReply)
    /// As soon as every worker follows this version of the plan.
    case answerOnce(version: UInt64, ServerReply)
    /// An endless answer, from behind the event of this id.
    case events(after: String?)
}

/// A request that found its route.
struct RouteCall: Sendable {
    let request: ServerRequest
    /// Decoded values of the template's parts and of the query.
    let parameters: [String: String]

    var requester: Requester { Requester("api \(request.peer)") }

    subscript(name: String) -> String? { parameters[name] }

    /// The value of a parameter that the template holds.
    func part(_ name: String) -> String { parameters[name] ?? "" }
}

/// How a body is sent.
struct RouteBody: Sendable {
    let about: String
    /// Media types with the schema of each.
    let schemas: [String: JSONValue]
    var isRequired = true
}

/// A parameter of the path or of the query.
struct RouteParameter: Sendable {
    let name: String
    let about: String
    var isInPath = false
    var isRequired = false
    let schema: JSONValue
    /// What is wrong with a value; nil: nothing.
    var problem: @Sendable (String) -> String? = { _ in nil }
}

/// An answer that may come.
struct RouteAnswer: Sendable {
    let status: Int
    let about: String
    /// nil: no body.
    var type = "application/json"
    var schema: JSONValue?
}

/// One operation of the API.
struct Route: Sendable {
    let method: ServerRequest.Method
    /// "/v1/services/{service}".
    let template: String
    /// Unique among operations; what generated clients call it.
    let name: String
    let about: String
    var parameters: [RouteParameter] = []
    var body: RouteBody?
    let answers: [RouteAnswer]
    /// Probes: no token is needed.
    var isOpen = false
    /// Decodes the body, on a thread that is not the control thread.
    var compose: (@Sendable (RouteCall, WorldView) throws(ControlError) -> RouteAct)?
    /// Where there is no body.
    var act: RouteAct = { _, _ in .answer(ServerReply(status: 204)) }

    private var parts: [Substring] { template.split(separator: "/", omittingEmptySubsequences: false) }

    /// The decoded parts of `path` that stand for names in the template; nil when it is another route's.
    func match(_ path: Substring) -> [String: String]? {
        let (wanted, found) = (parts, path.split(separator: "/", omittingEmptySubsequences: false))
        guard wanted.count == found.count else { return nil }
        var values: [String: String] = [:]
        for (part, value) in zip(wanted, found) where part != value {
            guard part.hasPrefix("{"), !value.isEmpty, let text = value.removingPercentEncoding else { return nil }
            values[String(part.dropFirst().dropLast())] = text
        }
        return values
    }

    /// With its parameters checked.
    func call(_ request: ServerRequest, parts: [String: String]) throws(ControlError) -> RouteCall {
        var values = parts
        for (name, value) in request.queryItems where values[name] == nil { values[name] = value }
        for parameter in parameters {
            guard let value = values[parameter.name] else {
                if parameter.isRequired { throw ControlError(.invalid, "the parameter `\(parameter.name)` is missing") }
                continue
            }
            if let problem = parameter.problem(value) {
                throw ControlError(.invalid, "`\(parameter.name)` \(problem)")
            }
        }
        return RouteCall(request: request, parameters: values)
    }
}

extension ServerRequest {
    /// Names and values of the query, decoded.
    var queryItems: [(String, String)] {
        query.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(Self.decoded)
            return (parts[0], parts.count > 1 ? parts[1] : "")
        }
    }

    private static func decoded(_ text: Substring) -> String {
        let spaced = text.replacingOccurrences(of: "+", with: " ")
        return spaced.removingPercentEncoding ?? spaced
    }
}
