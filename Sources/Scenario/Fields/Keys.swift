// The keys of the language, from the top level down to the phases (SCENARIO-LANGUAGE.md). Keys of fault entries and
// matchers are in Keys+Entries.swift, those of faults come from the catalogue.

enum Keys {
    static let scenario = KeyTable(
        title: "a scenario",
        keys: about + [
            Key("seed", .count(least: 0), "64-bit seed of every draw; random when left out, always printed"),
            Key("limits", .mapping(limits), "how much harm is allowed"),
        ] + world + [
            Key("steady", .mapping(steady), "what must be true before the first phase and after the last"),
            Key("timeline", .list(.reference("phase")), "phases, in order"),
            Key("abort_if", .oneOrMore(.condition), "conditions under which the run is aborted"),
            Key("expect", .oneOrMore(.either([.condition, .mapping(expectation)])), "what counts as passing"),
        ])

    static let environment = KeyTable(title: "an environment file", keys: about + world)

    private static let about = [
        Key("brownout", .version, "version of the format: 1", required: true),
        Key("name", .text, "what it re-enacts, in a few words"),
        Key("about", .text, "what happens, and which figures are measured"),
        Key("source", .text, "where the figures come from"),
        Key("tags", .oneOrMore(.text), "words to find it by"),
    ]

    private static let world = [
        Key("zones", .named(.mapping(zone)), "zones and the callers that live in them; needed by partition only"),
        Key("services", .named(.mapping(service)), "what is proxied"),
    ]

    static let limits = KeyTable(
        title: "limits",
        keys: [
            Key("share", .percentage, "most traffic harmed, per service and over 10 s"),
            Key("concurrent", .count(least: 1), "most exchanges harmed at once"),
            Key("ttl", .duration, "wall time after which every fault is cleared; planned length + 10 % by default"),
            Key("protect", .oneOrMore(.mapping(match)), "what is never harmed"),
        ])

    static let zone = KeyTable(
        title: "a zone", keys: [Key("callers", .oneOrMore(.text), "address blocks: 10.1.0.0/16")])

    static let service = KeyTable(
        title: "a service",
        keys: [
            Key(
                "listen", .address, "where callers connect: 127.0.0.1:9001, unix:/run/name.sock; port 0 picks one",
                required: true),
            Key("to", .address, "the dependency, when it is one endpoint in no zone"),
            Key("protocol", .word(Service.Kind.allCases.map(\.rawValue)), "tcp or http; tcp by default"),
            Key("endpoints", .list(.either([.address, .mapping(endpoint)])), "the dependency's endpoints"),
            Key("prefer", .oneOrMore(.text), "zones, most preferred first; round robin when left out"),
            Key("failover", .mapping(failover), "what happens when a zone goes dark"),
            Key("host", .text, "Host header: keep, endpoint, or a name"),
            Key("timeouts", .mapping(timeouts), "of connections to the dependency"),
            Key("callers", .text, "how callers are told apart: address, header:NAME or cookie:NAME"),
            Key("identity", .oneOrMore(.text), "how attempts of one logical request are recognised: header:NAME"),
            Key("slo", .mapping(slo), "the objective whose error budget is forecast and guarded"),
            Key("mark", .boolean, "whether injected answers say so in x-brownout"),
            Key("half_close", .boolean, "whether a FIN from the caller leaves its exchange going"),
        ])

    static let endpoint = KeyTable(
        title: "an endpoint",
        keys: [
            Key("to", .address, "host:port or unix:/path", required: true),
            Key("zone", .text, "its failure domain"),
            Key("listen", .address, "a listener of its own, for callers that fail over themselves"),
        ])

    static let failover = KeyTable(
        title: "failover", keys: [Key("after", .duration, "for how long a dark zone is still chosen")])

    static let timeouts = KeyTable(
        title: "timeouts",
        keys: [Key("connect", .duration, "5s by default"), Key("idle", .duration, "5m by default")])

    static let slo = KeyTable(
        title: "slo",
        keys: [
            Key("good", .text, "which exchanges are good: status < 500 and latency <= 300ms", required: true),
            Key("target", .percentage, "share of good ones", required: true),
            Key("period", .duration, "what the target is over: 30d", required: true),
            Key("remaining", .percentage, "what is left of the error budget"),
            Key("allowance", .percentage, "what this run may take of it"),
            Key("reserve", .percentage, "what must be left afterwards"),
        ])

    static let steady = KeyTable(
        title: "steady",
        keys: [
            Key("within", .duration, "how long to wait for it", required: true),
            Key("that", .oneOrMore(.condition), "conditions", required: true),
        ])

    static let expectation = KeyTable(
        title: "an expectation",
        keys: [
            Key("name", .text, "for the report"),
            Key("in", .text, "the phase it covers; the whole run when left out"),
            Key("that", .condition, "a condition", required: true),
        ])

    static let phase = KeyTable(
        title: "a phase",
        keys: [
            Key("phase", .text, "its name", required: true),
            Key("for", .duration, "its length"),
            Key("faults", .list(.reference("faultEntry")), "what goes wrong meanwhile"),
            Key("repeat", .count(least: 1), "how many times it is played"),
            Key("until", .condition, "leave early when this comes true"),
            Key("gate", .mapping(gate), "stay until a person says go on"),
            Key(
                "together", .list(.either([.reference("phase"), .list(.reference("phase"))])),
                "lanes of phases side by side; lasts as long as the longest"),
        ])

    static let gate = KeyTable(
        title: "a gate",
        keys: [
            Key("manual", .boolean, "a person says go on; the only kind there is"),
            Key("within", .duration, "goes on by itself after this long", required: true),
        ])
}
