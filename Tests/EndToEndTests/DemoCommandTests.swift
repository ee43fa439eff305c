import Foundation
import TestSupport
import Testing

@Suite("The demo, with nothing else on the machine")
struct DemoCommandTests {
    /// Two zones, one of them slow, in four seconds; `expect` is what counts.
    static func scenario(expecting expectation: String, kind: String = "http", share: String = "100%") -> String {
        """
        brownout: 1
        name: A small demo
        seed: 3
        services:
          payments:
            listen: 127.0.0.1:1
            protocol: \(kind)
            endpoints:
              - { to: "10.255.0.1:8081", zone: az-a }
              - { to: "10.255.0.2:8081", zone: az-b, listen: "127.0.0.1:2" }
        timeline:
          - phase: calm
            for: 1s
          - phase: slow
            for: 2s
            faults:
              - { name: slow-endpoint, service: payments, endpoint: "10.255.0.1:8081", share: \(share), latency: 150ms }
          - phase: after
            for: 1s
        expect:
          - { name: slow, in: slow, that: "\(expectation)" }
          - { name: one zone alone, in: slow, that: "payments@az-a.p50 >= 150ms and payments@az-b.p50 < 150ms" }

        """
    }

    static func play(_ text: String) throws -> CommandResult {
        try Scratch.withDirectory { directory in
            let file = directory.appending(path: "small.yaml")
            try Data(text.utf8).write(to: file)
            return try Product.run(["demo", "--speed", "1x", "--scenario", file.path])
        }
    }

    @Test(
        "endpoints and listeners are led to this process, and the report and the caller's account end a run that passes"
    )
    func passes() throws {
        let result = try Self.play(Self.scenario(expecting: "payments.p95 >= 150ms and injected(slow-endpoint) >= 20"))
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.contains("PASS"))
        #expect(result.output.contains("The caller's own view"))
        #expect(result.output.contains(" 0 failed"))
    }

    @Test("an expectation that fails is exit code 99, as in a run")
    func fails() throws {
        let result = try Self.play(Self.scenario(expecting: "payments.p95 <= 1ms"))
        #expect(result.status == 99, "\(result.output)\(result.errors)")
        #expect(result.output.contains("The caller's own view"))
    }

    @Test("a service that its caller cannot speak to is wrong usage, a file with mistakes is 104")
    func refuses() throws {
        let tcp = try Self.play(Self.scenario(expecting: "payments.rate > 0/s", kind: "tcp"))
        #expect(tcp.status == 64)
        #expect(tcp.errors.contains("payments is tcp"))
        #expect(try Self.play(Self.scenario(expecting: "payments.rate > 0/s", share: "200%")).status == 104)
    }
}
