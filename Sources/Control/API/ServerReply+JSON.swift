// Answers in JSON, and the one form of errors: {"error": {"message": …, "diagnostics": […]}}.

import EventLoop
import Foundation
import Scenario

/// What an error says.
package struct ErrorAnswer: Codable, Sendable, Hashable {
    package struct Place: Codable, Sendable, Hashable {
        package var line: Int
        package var column: Int
        package var message: String
        package var help: String?
    }

    package struct Detail: Codable, Sendable, Hashable {
        package var message: String
        /// Mistakes in what was sent, by place.
        package var diagnostics: [Place]
    }

    package var error: Detail
}

extension ServerReply {
    static func json(status: Int = 200, _ value: some Encodable) -> ServerReply {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        guard let data = try? encoder.encode(value) else { return ServerReply(status: 500, fields: standardFields) }
        return text(status, type: "application/json", [UInt8](data) + [0x0A])
    }

    static func text(_ status: Int = 200, type: String, _ body: [UInt8]) -> ServerReply {
        let field = ServerRequest.Field(name: "Content-Type", value: type)
        return ServerReply(status: status, fields: [field] + standardFields, body: body)
    }

    static let nothing = ServerReply(status: 204, fields: standardFields)

    static func error(_ status: Int, _ message: String, _ diagnostics: [Diagnostic] = []) -> ServerReply {
        json(status: status, ErrorAnswer(error: .init(message: message, diagnostics: diagnostics.map { .init($0) })))
    }

    static func error(_ error: ControlError) -> ServerReply {
        self.error(error.kind.status, error.message, error.diagnostics)
    }

    static func wrongMethod(_ method: ServerRequest.Method, _ methods: [ServerRequest.Method]) -> ServerReply {
        let words = methods.map(\.rawValue).joined(separator: ", ")
        var reply = method == .options ? nothing : error(405, "\(method.rawValue) is not one of \(words)")
        reply.add("Allow", words)
        return reply
    }

    /// Nothing here is for caches, nor for browsers to guess at.
    private static let standardFields = [
        ServerRequest.Field(name: "Cache-Control", value: "no-store"),
        ServerRequest.Field(name: "X-Content-Type-Options", value: "nosniff"),
    ]
}

extension ErrorAnswer.Place {
    init(_ diagnostic: Diagnostic) {
        self.init(
            line: diagnostic.position.line, column: diagnostic.position.column, message: diagnostic.message,
            help: diagnostic.help)
    }
}

extension ControlError.Kind {
    /// The status that says it in HTTP.
    var status: Int {
        switch self {
        case .notFound: 404
        case .conflict: 409
        case .invalid: 400
        case .busy: 503
        case .failed: 500
        }
    }
}
