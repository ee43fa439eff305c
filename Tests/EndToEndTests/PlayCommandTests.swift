import Foundation
import Glibc
import TestSupport
import Testing

@Suite("brownout play", .serialized)
struct PlayCommandTests {
    /// Two seconds, the second of them slow.
    static func short(expecting condition: String) -> String {
        """
        timeline:
          - phase: calm
            for: 1s
          - phase: slow
            for: 2s
            faults: [{ name: slow-charges, service: payments, latency: 60ms }]
        expect:
          - { name: it was slow, in: slow, that: "\(condition)" }

        """
    }

    /// Calls the proxy until `product` has ended.
    private func call(_ proxy: SteeredProxy, while product: RunningProduct) {
        _ = eventually(within: 60) {
            _ = try? proxy.request()
            return !product.isRunning
        }
    }

    @Test("prints what run would print, the report, and ends with its exit code")
    func follows() throws {
        let proxy = try SteeredProxy()
        for (condition, verdict, code) in [("payments.p50 >= 60ms", "PASS", 0), ("payments.p50 <= 1ms", "FAIL", 99)] {
            let play = try proxy.begin("play", try proxy.scenario(Self.short(expecting: condition)))
            call(proxy, while: play)
            #expect(play.text.contains("phase calm began"), "\(play.text)")
            #expect(play.text.contains("fault slow-charges is live"))
            #expect(play.text.contains("run over: played to its end"))
            #expect(play.text.contains(verdict))
            #expect(play.end() == code)
        }
    }

    @Test("--json leaves standard output to the report")
    func json() throws {
        let proxy = try SteeredProxy()
        let result = try proxy.run("play", try proxy.scenario(Self.short(expecting: "payments.p50 >= 60ms")), "--json")
        #expect(result.status == 98, "nobody called: \(result)")
        let report = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        #expect(report?["verdict"] as? String == "INCONCLUSIVE")
        #expect(result.errors.contains("phase slow began"))
    }

    @Test("mistakes of the file are said with place and line, as check does, with exit code 104")
    func mistakes() throws {
        let proxy = try SteeredProxy()
        let text = Self.short(expecting: "payments.p50 >= 60ms").replacing(
            "service: payments", with: "service: paymnts")
        let file = try proxy.scenario(text)
        let result = try proxy.run("play", file)
        #expect(result.status == 104 && result.output.isEmpty)
        #expect(result.errors.contains("\(file):9:45: error: there is no service \"paymnts\""), "\(result)")
        #expect(result.errors.contains("    9 |     faults: [{ name: slow-charges, service: paymnts"), "\(result)")
        #expect(result.errors.contains("did you mean \"payments\"?"))
        #expect(result.errors.hasSuffix("brownout: the scenario has mistakes\n"))
        #expect(try proxy.run("play", "not-there.yaml").status == 64)
        #expect(try proxy.run("play", file, "--detach", "--abort-on-exit").status == 64)
    }

    @Test("Ctrl-C leaves the run to go on, and says how to end it")
    func leaves() throws {
        let proxy = try SteeredProxy()
        let play = try proxy.begin("play", try proxy.scenario())
        #expect(eventually { play.text.contains("phase calm began") })
        #expect(play.end(SIGINT) == 105)
        #expect(play.text.contains("run 1 goes on; brownout abort --at \(proxy.control) ends it"))
        #expect(try proxy.run("status").output.contains("▶ playing"))
    }

    @Test("with --abort-on-exit Ctrl-C aborts the run and waits for its report")
    func aborts() throws {
        let proxy = try SteeredProxy()
        let play = try proxy.begin("play", try proxy.scenario(), "--abort-on-exit")
        #expect(eventually { play.text.contains("phase calm began") })
        #expect(play.end(SIGINT) == 105)
        #expect(play.text.contains("run over: stopped"), "\(play.text)")
        #expect(try proxy.run("status").output.contains("no run"))
    }

    @Test("a run that somebody else aborts ends with their decision")
    func abortedElsewhere() throws {
        let proxy = try SteeredProxy()
        let play = try proxy.begin("play", try proxy.scenario())
        #expect(eventually { play.text.contains("phase calm began") })
        #expect(try proxy.run("abort").status == 0)
        #expect(eventually { !play.isRunning })
        #expect(play.end() == 105)
        #expect(play.text.contains("aborted run 1"), "\(play.text)")
    }

    @Test("when nobody follows any more, the time to live still ends the run")
    func outlives() throws {
        let proxy = try SteeredProxy()
        let play = try proxy.begin("play", try proxy.scenario("limits: { ttl: 3s }\n" + SteeredProxy.timeline))
        #expect(eventually { play.text.contains("phase calm began") })
        _ = play.end(SIGKILL)
        #expect(try eventually { try proxy.run("status").output.contains("no run") })
        #expect(
            eventually { proxy.text.contains("] phase calm was cut") && proxy.text.contains("time to live") },
            "\(proxy.text)")
    }

    @Test("a proxy that is gone, and started again, does not know the run any more")
    func gone() throws {
        var proxy: SteeredProxy? = try SteeredProxy()
        let control = try #require(proxy?.control)
        let play = try RunningProduct(["play", try #require(proxy).scenario(), "--at", control])
        #expect(eventually { play.text.contains("phase calm began") })
        proxy?.kill()
        proxy = try SteeredProxy(control: control)
        #expect(eventually { !play.isRunning })
        #expect(play.end() == 1)
        #expect(play.text.contains("trying again"))
        #expect(play.text.contains("run 1 is not there any more"), "\(play.text)")
        withExtendedLifetime(proxy) {}
    }
}
