// A catalogue for these tests: the shapes of FAULTS.md, without anything behind them.

import Scenario

extension Catalogue {
    static let forTests = Catalogue(faults: [
        latency, error, hang, truncate, dribble, bandwidth, reset, refuse, blackhole, blackout, partition, throttle,
        capacity, loseResponse, labelled, malform, rewrite, duplicate,
    ])

    private static let latency = FaultDeclaration(
        name: "latency", levels: [.exchange, .stream], summary: "extra time",
        attributes: [
            AttributeDeclaration(
                name: "fixed", shape: .durationWithJitter, range: 0...86_400, mayMove: true, help: "time"),
            AttributeDeclaration(name: "p50", shape: .duration, range: 1e-9...86_400, mayMove: true, help: "half"),
            AttributeDeclaration(name: "p95", shape: .duration, range: 1e-9...86_400, mayMove: true, help: "most"),
            AttributeDeclaration(
                name: "p99", shape: .duration, range: 1e-9...86_400, mayMove: true, help: "nearly all"),
            AttributeDeclaration(name: "to", shape: .quantiles, mayMove: true, help: "target"),
            AttributeDeclaration(name: "baseline", shape: .quantiles, help: "what the dependency does"),
            AttributeDeclaration(name: "times", shape: .number, range: 1...1_000, mayMove: true, help: "factor"),
            AttributeDeclaration(name: "correlation", shape: .percentage, range: 0...0.99, help: "of neighbours"),
            AttributeDeclaration(name: "table", shape: .file, help: "samples"),
            AttributeDeclaration(name: "hold", shape: .word(["after", "before"]), help: "where"),
        ],
        shorthand: "fixed", actsBeforeResponse: { $0["hold"] == .word("before") })

    private static let error = FaultDeclaration(
        name: "error", levels: [.exchange], summary: "an answer",
        attributes: [
            AttributeDeclaration(name: "status", shape: .statuses, defaultText: "503", help: "status"),
            AttributeDeclaration(name: "body", shape: .text, help: "body"),
            AttributeDeclaration(name: "headers", shape: .headers, help: "fields"),
            AttributeDeclaration(name: "retry_after", shape: .duration, range: 0...31_536_000, help: "Retry-After"),
            AttributeDeclaration(
                name: "grpc", shape: .either(["OK", "UNAVAILABLE"], .integer), range: 0...16, help: "code"),
            AttributeDeclaration(
                name: "burst", shape: .group(["up": .duration, "down": .duration]), isScriptTime: true, help: "bursts"),
            AttributeDeclaration(name: "executed", shape: .boolean, help: "let it work"),
        ],
        shorthand: "status", isTerminal: true, actsBeforeResponse: { $0["executed"] != .boolean(true) },
        validate: { fault in
            fault["body"] == .text("forbidden") ? [FaultProblem(attribute: "body", message: "not this body")] : []
        })

    private static let hang = FaultDeclaration(
        name: "hang", levels: [.exchange, .connection], summary: "silence",
        attributes: [
            AttributeDeclaration(name: "at", shape: .word(["head", "body", "connect"]), help: "where"),
            AttributeDeclaration(name: "after", shape: .byteCount, mayMove: true, help: "bytes"),
            AttributeDeclaration(name: "for", shape: .either(["phase"], .duration), mayMove: true, help: "how long"),
        ],
        shorthand: "at", isTerminal: true)

    private static let truncate = FaultDeclaration(
        name: "truncate", levels: [.exchange], summary: "ends early",
        attributes: [
            AttributeDeclaration(name: "at", shape: .amount, mayMove: true, help: "where"),
            AttributeDeclaration(name: "then", shape: .word(["close", "reset"]), help: "how"),
        ],
        shorthand: "at", isTerminal: true)

    private static let dribble = FaultDeclaration(
        name: "dribble", levels: [.exchange, .stream], summary: "drops",
        attributes: [
            AttributeDeclaration(
                name: "rate", shape: .byteRate, isRequired: true, range: 1...1e12, mayMove: true, help: "rate"),
            AttributeDeclaration(name: "chunk", shape: .byteCount, range: 1...1_048_576, help: "bytes"),
        ],
        shorthand: "rate")

    private static let bandwidth = FaultDeclaration(
        name: "bandwidth", levels: [.stream], summary: "narrow",
        attributes: [
            AttributeDeclaration(
                name: "rate", shape: .byteRate, isRequired: true, range: 1...1e12, mayMove: true, help: "rate"),
            AttributeDeclaration(name: "scope", shape: .word(["connection", "service"]), help: "of the bucket"),
        ],
        shorthand: "rate")

    private static let reset = FaultDeclaration(
        name: "reset", levels: [.connection], summary: "RST",
        attributes: [AttributeDeclaration(name: "after", shape: .extent, mayMove: true, help: "time or bytes")],
        shorthand: "after", actsBeforeResponse: { _ in true })

    private static let refuse = FaultDeclaration(
        name: "refuse", levels: [.listener], summary: "closed", attributes: [], wholeListenerAlternative: "reset")

    private static let blackhole = FaultDeclaration(
        name: "blackhole", levels: [.listener], summary: "silent", attributes: [], wholeListenerAlternative: "hang")

    private static let blackout = FaultDeclaration(
        name: "blackout", levels: [.zone], summary: "dark",
        attributes: [
            AttributeDeclaration(
                name: "existing", shape: .word(["stall", "reset", "drain", "leave"]), help: "open ones"),
            AttributeDeclaration(
                name: "new", shape: .word(["hang", "blackhole", "refuse", "reset"]), help: "attempts"),
        ])

    private static let partition = FaultDeclaration(
        name: "partition", levels: [.zone], summary: "cut off",
        attributes: [
            AttributeDeclaration(name: "from", shape: .text, isRequired: true, help: "zone of callers"),
            AttributeDeclaration(name: "to", shape: .text, isRequired: true, help: "zone of endpoints"),
        ])

    private static let throttle = FaultDeclaration(
        name: "throttle", levels: [.exchange], summary: "quota",
        attributes: [
            AttributeDeclaration(
                name: "limit", shape: .eventRate, isRequired: true, range: 0.001...1e9, mayMove: true, help: "quota"),
            AttributeDeclaration(name: "burst", shape: .integer, range: 1...1e6, mayMove: true, help: "at once"),
            AttributeDeclaration(name: "retry_after", shape: .duration, help: "when to come back"),
            AttributeDeclaration(name: "per", shape: .either(["service", "caller"], .text), help: "whose it is"),
        ],
        shorthand: "limit")

    private static let capacity = FaultDeclaration(
        name: "capacity", levels: [.exchange], summary: "a queue",
        attributes: [
            AttributeDeclaration(name: "servers", shape: .integer, isRequired: true, range: 1...1e6, help: "servers"),
            AttributeDeclaration(
                name: "service_time", shape: .form(times, shorthand: "fixed"), isRequired: true, mayMove: true,
                help: "each"),
            AttributeDeclaration(name: "queue", shape: .integer, range: 0...1e6, help: "places"),
            AttributeDeclaration(name: "abandoned", shape: .word(["keep", "drop"]), help: "of callers that left"),
        ])

    private static let times = ["fixed", "p50", "p99"].map {
        AttributeDeclaration(name: $0, shape: .duration, range: 0...86_400, mayMove: true, help: "how long")
    }

    private static let malform = FaultDeclaration(
        name: "malform", levels: [.exchange], summary: "garbage",
        attributes: [
            AttributeDeclaration(
                name: "what", shape: .word(["status_line", "header", "chunk", "length"]), help: "which part")
        ],
        shorthand: "what", isTerminal: true)

    private static let rewrite = FaultDeclaration(
        name: "rewrite", levels: [.exchange], summary: "changes",
        attributes: [
            AttributeDeclaration(name: "status", shape: .integer, range: 200...599, help: "seen"),
            AttributeDeclaration(
                name: "headers", shape: .group(["set": .headers, "add": .headers, "remove": .list(.text)]),
                help: "fields"),
            AttributeDeclaration(name: "body", shape: .group(["replace": .text, "patch": .text]), help: "body"),
        ])

    private static let duplicate = FaultDeclaration(
        name: "duplicate", levels: [.exchange], summary: "again",
        attributes: [AttributeDeclaration(name: "times", shape: .integer, range: 2...100, help: "in all")],
        shorthand: "times", actsBeforeResponse: { _ in true })

    private static let loseResponse = FaultDeclaration(
        name: "lose_response", levels: [.exchange], summary: "lost",
        attributes: [
            AttributeDeclaration(name: "then", shape: .word(["close", "reset", "hang"]), help: "what is seen")
        ],
        shorthand: "then", isTerminal: true)

    /// Not of the contract: a list, for its shape.
    private static let labelled = FaultDeclaration(
        name: "labelled", levels: [.exchange], summary: "labels",
        attributes: [AttributeDeclaration(name: "labels", shape: .list(.text), help: "labels")], shorthand: "labels")
}
