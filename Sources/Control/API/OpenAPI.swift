// The OpenAPI 3.1 document, made from the routes that dispatch: it cannot tell of an operation that is not there, nor
// forget one that is.

import EventLoop
import Faults
import Scenario

extension RouteTable {
    /// The document.
    var document: JSONValue {
        let paths = Dictionary(grouping: routes, by: \.template).mapValues { routes in
            JSONValue.object(
                Dictionary(uniqueKeysWithValues: routes.map { ($0.method.rawValue.lowercased(), $0.operation) }))
        }
        return .object([
            "openapi": .text("3.1.0"),
            "info": .object([
                "title": .text("Brownout control plane"), "version": .text("1"),
                "description": .text("Steers runs, faults and services of a running proxy."),
                "license": .object(["name": .text("see the project")]),
            ]),
            "paths": .object(paths),
            "components": .object([
                "schemas": .object(schemas),
                "securitySchemes": .object([
                    "token": .object(["type": .text("http"), "scheme": .text("bearer")])
                ]),
            ]),
        ])
    }
}

extension RouteTable {
    /// The language's own schema, and that of errors.
    private var schemas: [String: JSONValue] {
        var schemas = ScenarioSchema.parts(catalogue: .standard, at: JSONValue.components)
        schemas["Error"] = AnswerSchema.of(ErrorAnswer.self)
        return schemas
    }
}

extension JSONValue {
    fileprivate static let components = "#/components/schemas/"

    /// A schema that the document holds once.
    static func component(_ name: String) -> JSONValue { .object(["$ref": .text(components + name)]) }
}

extension Route {
    fileprivate var operation: JSONValue {
        var operation: [String: JSONValue] = [
            "operationId": .text(name), "summary": .text(about),
            "responses": .object(Dictionary(uniqueKeysWithValues: answers.map { ("\($0.status)", $0.document) })),
            "tags": .texts([template.hasPrefix("/v1/") ? String(template.split(separator: "/")[1]) : "process"]),
        ]
        if !parameters.isEmpty { operation["parameters"] = .list(parameters.map(\.document)) }
        if let body { operation["requestBody"] = body.document }
        return .object(operation)
    }
}

extension RouteBody {
    fileprivate var document: JSONValue {
        .object([
            "description": .text(about), "required": .flag(isRequired),
            "content": .object(schemas.mapValues { .object(["schema": $0]) }),
        ])
    }
}

extension RouteAnswer {
    fileprivate var document: JSONValue {
        var answer: [String: JSONValue] = ["description": .text(about)]
        if let schema { answer["content"] = .object([type: .object(["schema": schema])]) }
        return .object(answer)
    }
}
