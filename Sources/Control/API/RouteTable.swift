// Every route of the API in one list: what dispatches is what is documented.

import EventLoop

/// The routes, and how a request finds its own.
struct RouteTable: Sendable {
    let routes: [Route]

    static let standard: RouteTable = RouteTable(
        routes: Route.probes + Route.status + Route.services + Route.runs + Route.steering + Route.faults
            + Route.documents)

    enum Found {
        case route(Route, parts: [String: String])
        /// There is such a path, with these methods.
        case methods([ServerRequest.Method])
        case nothing
    }

    func find(_ method: ServerRequest.Method, _ path: Substring) -> Found {
        var methods: [ServerRequest.Method] = []
        for route in routes {
            guard let parts = route.match(path) else { continue }
            if route.method == method || (method == .head && route.method == .get && !route.isEndless) {
                return .route(route, parts: parts)
            }
            methods.append(route.method)
        }
        return methods.isEmpty ? .nothing : .methods(methods)
    }
}

extension Route {
    /// Its answer has no end, so a HEAD of it has none either.
    var isEndless: Bool { answers.contains { $0.type == "text/event-stream" } }
}
