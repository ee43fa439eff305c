// The little of a request that decides how its response is framed.

/// What parsing a response needs to know of its request; one byte, to be kept with the exchange.
package struct RequestFacts: OptionSet, Sendable, BitwiseCopyable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Nothing that matters: almost all requests.
    package static var none: RequestFacts { RequestFacts(rawValue: 0) }
    /// HEAD: the response has no body whatever its fields say.
    package static var isHead: RequestFacts { RequestFacts(rawValue: 1) }
    /// CONNECT: a 2xx begins a tunnel.
    package static var isConnect: RequestFacts { RequestFacts(rawValue: 2) }
    /// An upgrade was asked for: a 101 begins a tunnel.
    package static var isUpgrade: RequestFacts { RequestFacts(rawValue: 4) }
}
