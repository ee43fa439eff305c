// Keys of fault entries and of matchers.

extension Keys {
    /// Without the fault itself, whose key is its name.
    static let entry = KeyTable(
        title: "a fault entry",
        keys: [
            Key("name", .text, "phase/number when left out"),
            Key("service", .oneOrMore(.text), "one service, several, or \"*\""),
            Key("zone", .text, "endpoints of that zone in every service"),
            Key("endpoint", .text, "one endpoint: host:port"),
            Key("match", .mapping(match), "what the exchange must look like"),
            Key("connections", .word(FaultEntry.Connections.allCases.map(\.rawValue)), "about the caller's connection"),
            Key("nth", .mapping(nth), "counted before share"),
            Key("share", .share, "how much of the traffic; 100% by default"),
            Key("sticky", .text, "header:NAME, cookie:NAME or client: the same callers all the time"),
            Key("cap", .count(least: 1), "most exchanges that this entry harms at once"),
            Key(
                "direction", .word(FaultEntry.Direction.allCases.map(\.rawValue)),
                "of stream faults; downstream by default"),
            Key("when", .condition, "live only while it holds"),
            Key("after", .duration, "begins this long into the phase"),
            Key("for", .duration, "lasts this long instead of the whole phase"),
            Key("optional", .boolean, "may fail to bite"),
        ])

    static let nth = KeyTable(
        title: "nth",
        keys: [
            Key("first", .count(least: 1), "the first so many"),
            Key("after", .count(least: 0), "all but the first so many"),
            Key("every", .count(least: 1), "each n-th"),
        ])

    static let match = KeyTable(
        title: "match",
        keys: [
            Key("method", .oneOrMore(.text), "GET, POST, …"),
            Key("path", .oneOrMore(.text), "glob: * is one segment, ** any"),
            Key("query", .named(.oneOrMore(.text)), "parameters: a glob, or absent"),
            Key("header", .named(.oneOrMore(.text)), "header fields: a glob, or absent"),
            Key("client", .oneOrMore(.text), "the caller's address: 10.0.0.0/8"),
            Key("body_over", .byteCount, "declared length of the request"),
            Key("status", .oneOrMore(.text), "of the response: 503 or 5xx"),
        ])
}
