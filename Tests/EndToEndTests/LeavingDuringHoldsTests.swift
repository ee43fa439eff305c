// A peer that leaves while a fault holds its exchange is seen at once, and nothing spins over what stays held. Every case
// is a service of its own in one running product: what it sees shows in the number of its descriptors.

import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("A FIN or RST that arrives while a fault holds the exchange", .serialized)
struct LeavingDuringHoldsTests {
    static let connections = 4

    @Test("is seen within 50 ms, and what stays held costs under 1 % of a processor")
    func leaving() throws {
        try Scratch.withDirectory { directory in
            let stages = try Self.cases.map { try HeldStage($0) }
            let file = directory.appending(path: "holds.yaml")
            try Self.scenario(stages).write(to: file, atomically: true, encoding: .utf8)
            let product = try RunningProduct(["serve", file.path, "--play", "--workers", "1"])
            try open(stages.filter { $0.script.isDarkened }, of: product)
            #expect(eventually { product.text.contains("held began") }, "\(product.text)")
            try open(stages.filter { !$0.script.isDarkened }, of: product)
            let before = share(of: product)
            for stage in stages { leave(stage, product) }
            let held = Self.cases.filter { !$0.isVisible }.count * Self.connections
            #expect(product.descriptors > held, "what is seen and stays held is still there")
            let after = share(of: product)
            #expect(
                after - before < 0.01 * Double(Sanitizer.slowdown),
                "\(before) of a processor, then \(after), and nothing moves")
            withExtendedLifetime(stages) {}
        }
    }

    private func open(_ stages: [HeldStage], of product: RunningProduct) throws {
        for stage in stages {
            let port = try product.port(after: "\(stage.script.name) at \(stage.script.kind)://127.0.0.1:")
            for _ in 0..<Self.connections {
                let before = product.descriptors
                try stage.open(port: port)
                let sockets = stage.script.isWithheld ? 1 : 2
                #expect(eventually { product.descriptors >= before + sockets }, "\(stage.script.name)")
            }
            if !stage.script.isWithheld {
                #expect(eventually { stage.reached == Self.connections }, "\(stage.script.name)")
            }
        }
    }

    /// A busy machine may be late now and then, so one of several must be in time; all must be seen.
    private func leave(_ stage: HeldStage, _ product: RunningProduct) {
        var delays: [Double] = []
        for number in 0..<Self.connections {
            let before = product.descriptors
            let left = secondsNow()
            stage.leave(number)
            guard stage.script.isVisible else { continue }
            #expect(eventually { product.descriptors < before }, "\(stage.script.name) is not seen")
            delays.append(secondsNow() - left)
        }
        if let quickest = delays.min() {
            #expect(quickest <= 0.05 * Double(Sanitizer.slowdown), "\(stage.script.name): seen after \(delays) s")
        }
    }

    /// How much of a processor the process takes while nothing moves: its own time, to which no other process can add.
    private func share(of product: RunningProduct) -> Double {
        let (began, used) = (secondsNow(), product.processorSeconds)
        usleep(3_000_000)
        return (product.processorSeconds - used) / (secondsNow() - began)
    }

    // MARK: The cases

    static let cases: [HeldScript] =
        bothWays(.http, "latency", "latency: 30m", answers: true)
        + bothWays(.http, "hang-head", "hang: { at: head }", answers: true)
        + bothWays(.http, "hang-connect", "hang: { at: connect }", isWithheld: true)
        + bothWays(.http, "dark", nil)
        + bothWays(.http, "origin-latency", "latency: 30m", answers: true, leaves: .origin)
        + bothWays(.http, "origin-dark", nil, leaves: .origin, seesEnd: false)
        + [
            HeldScript(
                .http, "half-close", "latency: 30m", answers: true, halfClose: true, ending: .end, isVisible: false)
        ]
        + bothWays(.tcp, "up", "direction: upstream, latency: 30m", hearsNothing: true, seesEnd: false)
        + bothWays(.tcp, "down", "latency: 30m", answers: true, leaves: .origin, seesEnd: false)
        + bothWays(.tcp, "hang", "hang: { at: connect }", isWithheld: true, seesEnd: false)
        + bothWays(.tcp, "dark-tcp", nil, seesEnd: false)
        + bothWays(.tcp, "origin-dark-tcp", nil, leaves: .origin, seesEnd: false)
        + [HeldScript(.tcp, "end-then-reset", nil, ending: .endThenReset)]

    /// One case with FIN and one with RST. A FIN that has to wait its turn behind held bytes shows nowhere.
    private static func bothWays(
        _ kind: HeldScript.Kind, _ name: String, _ fault: String?, answers: Bool = false, hearsNothing: Bool = false,
        isWithheld: Bool = false, leaves: HeldScript.Side = .caller, seesEnd: Bool = true
    ) -> [HeldScript] {
        [.end, .reset].map { ending in
            HeldScript(
                kind, "\(name)-\(ending)", fault, answers: answers, hearsNothing: hearsNothing, isWithheld: isWithheld,
                leaves: leaves, ending: ending, isVisible: ending == .reset || seesEnd)
        }
    }

    /// The zone goes dark once the exchanges that shall stall in it are open.
    private static func scenario(_ stages: [HeldStage]) -> String {
        let services = stages.map(\.service).joined(separator: "\n")
        let faults = stages.compactMap(\.entry).joined(separator: "\n")
        let isOpen = stages.filter { $0.script.isDarkened }.map { "\($0.script.name).connections >= \(connections)" }
        return """
            brownout: 1
            services:
            \(services)
            timeline:
              - { phase: opening, for: 10m, until: "\(isOpen.joined(separator: " and "))" }
              - phase: held
                for: 30m
                faults:
                  - { name: darkness, zone: darkened, blackout: { existing: stall } }
            \(faults)

            """
    }
}

/// What is held by which fault, and who leaves how.
struct HeldScript: Sendable {
    enum Kind: String { case http, tcp }
    enum Side { case caller, origin }
    enum Ending: String { case end, reset, endThenReset = "end-then-reset" }

    let kind: Kind
    let name: String
    /// nil: its zone goes dark while its exchanges are open.
    let fault: String?
    var answers = false
    /// The fault keeps the bytes from the origin, and not the connection.
    var hearsNothing = false
    /// The fault keeps it from the origin.
    var isWithheld = false
    var halfClose = false
    var leaves = Side.caller
    var ending = Ending.reset
    /// Something of it closes at once; otherwise all of it stays held.
    var isVisible = true

    init(
        _ kind: Kind, _ name: String, _ fault: String?, answers: Bool = false, hearsNothing: Bool = false,
        isWithheld: Bool = false, halfClose: Bool = false, leaves: Side = .caller, ending: Ending,
        isVisible: Bool = true
    ) {
        self.kind = kind
        self.name = name
        self.fault = fault
        self.answers = answers
        self.hearsNothing = hearsNothing
        self.isWithheld = isWithheld
        self.halfClose = halfClose
        self.leaves = leaves
        self.ending = ending
        self.isVisible = isVisible
    }

    var isDarkened: Bool { fault == nil }
}

/// The caller's and the origin's side of one case.
final class HeldStage {
    let script: HeldScript
    private let origin: TestOrigin
    private let departures: Departures
    private var callers: [TestSocket] = []

    /// How many connections have reached the origin, and how many of these may leave.
    private final class Departures: Sendable {
        let reached = Atomic<Int>(0)
        let allowed = Atomic<Int>(0)
    }

    init(_ script: HeldScript) throws {
        self.script = script
        let departures = Departures()
        self.departures = departures
        origin = try TestOrigin { socket in
            if !script.hearsNothing { _ = try socket.receive() }
            if script.answers { try socket.send(ok()) }
            let number = departures.reached.add(1, ordering: .relaxed).oldValue
            if script.leaves == .origin {
                _ = eventually(within: 600) { departures.allowed.load(ordering: .relaxed) > number }
                script.ending.act(on: socket)
            }
            socket.setTimeout(seconds: 600)
            while try !socket.receive().isEmpty {}
        }
    }

    var reached: Int { departures.reached.load(ordering: .relaxed) }

    var service: String {
        let zone = script.isDarkened ? "darkened" : "lit"
        let halfClose = script.halfClose ? ", half_close: true" : ""
        return "  \(script.name): { listen: \"127.0.0.1:0\", protocol: \(script.kind)\(halfClose), "
            + "endpoints: [{ to: \"127.0.0.1:\(origin.port)\", zone: \(zone) }] }"
    }

    var entry: String? {
        script.fault.map { "      - { name: of-\(script.name), service: \(script.name), \($0) }" }
    }

    func open(port: UInt16) throws {
        let socket = try TestSocket.connect(port: port)
        callers.append(socket)
        try socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    }

    func leave(_ number: Int) {
        switch script.leaves {
        case .caller: script.ending.act(on: callers[number])
        case .origin: departures.allowed.add(1, ordering: .relaxed)
        }
    }
}

extension HeldScript.Ending {
    func act(on socket: TestSocket) {
        if self != .reset { socket.finish() }
        if self != .end { socket.reset() }
    }
}
