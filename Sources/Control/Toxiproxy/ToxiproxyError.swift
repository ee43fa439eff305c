// What the compatible API answers when something cannot be done: the statuses and the sentences that its clients know, some
// of which they compare letter by letter.

/// A refusal in the words of the compatible API.
package struct ToxiproxyError: Error, Sendable, Hashable, CustomStringConvertible {
    package let status: Int
    package let message: String

    package init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }

    package var description: String { message }

    static let proxyExists = ToxiproxyError(409, "proxy already exists")
    static let noProxy = ToxiproxyError(404, "proxy not found")
    static let noToxic = ToxiproxyError(404, "toxic not found")
    static let toxicExists = ToxiproxyError(409, "toxic already exists")
    static let badType = ToxiproxyError(400, "invalid toxic type")
    static let badStream = ToxiproxyError(400, "stream was invalid, can be either upstream or downstream")

    static func missing(_ field: String) -> ToxiproxyError {
        ToxiproxyError(400, "missing required field: \(field)")
    }

    static func badBody(_ problem: String) -> ToxiproxyError {
        ToxiproxyError(400, "bad request body: \(problem)")
    }

    /// Where in a list it happened.
    func at(_ place: String) -> ToxiproxyError { ToxiproxyError(status, message + place) }

    /// What the keeper refused.
    init(_ error: ControlError) {
        switch error.kind {
        case .notFound: self = .noProxy
        case .conflict: self = .proxyExists
        case .invalid: self = .badBody(error.message)
        case .busy: self.init(503, error.message)
        case .failed: self.init(500, error.cause ?? error.message)
        }
    }
}
