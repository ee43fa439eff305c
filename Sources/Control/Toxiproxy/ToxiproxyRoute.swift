// The routes of the compatible API. A trailing slash, an empty part or one more part is another path.

import EventLoop
import Foundation

/// A path of the API.
enum ToxiproxyRoute: Sendable, Hashable {
    case proxies
    case populate
    case reset
    case version
    case proxy(String)
    case toxics(of: String)
    case toxic(String, of: String)

    /// nil: there is no such path.
    init?(_ path: Substring) {
        var parts: [String] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard !part.isEmpty, let decoded = String(part).removingPercentEncoding else { return nil }
            parts.append(decoded)
        }
        switch (parts.count, parts.first) {
        case (1, "proxies"): self = .proxies
        case (1, "populate"): self = .populate
        case (1, "reset"): self = .reset
        case (1, "version"): self = .version
        case (2, "proxies"): self = .proxy(parts[1])
        case (3, "proxies") where parts[2] == "toxics": self = .toxics(of: parts[1])
        case (4, "proxies") where parts[2] == "toxics": self = .toxic(parts[3], of: parts[1])
        default: return nil
        }
    }

    /// Whether what is sent with `method` is read.
    func takesBody(_ method: ServerRequest.Method) -> Bool {
        switch self {
        case .reset, .version: false
        case .populate, .proxies, .proxy, .toxics, .toxic: method == .post || method == .patch
        }
    }

    var methods: [ServerRequest.Method] {
        switch self {
        case .proxies, .toxics: [.get, .post]
        case .populate, .reset: [.post]
        case .version: [.get]
        case .proxy, .toxic: [.get, .post, .patch, .delete]
        }
    }
}
