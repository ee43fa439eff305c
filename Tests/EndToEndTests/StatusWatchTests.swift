import Foundation
import Glibc
import TestSupport
import Testing

/// `brownout status --watch` in front of a terminal, against a proxy with a run.
@Suite("brownout status --watch", .serialized)
struct StatusWatchTests {
    private func playing() throws -> SteeredProxy {
        let proxy = try SteeredProxy()
        #expect(try proxy.run("play", try proxy.scenario(), "--detach").status == 0)
        return proxy
    }

    @Test("shows the run and its traffic in exactly the terminal's size, and follows it when that changes")
    func draws() throws {
        let proxy = try playing()
        let terminal = try proxy.terminal("status", "--watch")
        #expect(terminal.shows("▶ playing"))
        #expect(
            try eventually {
                try proxy.request() < 10 && terminal.screen.contains { $0.contains(#/payments +\d+(\.\d)?/s +100%/#) }
            })
        #expect(terminal.shows("├") || terminal.shows("┝"))
        #expect(terminal.screen.count == 24 && terminal.screen.allSatisfy { $0.count <= 80 })
        terminal.resize(columns: 100, rows: 30)
        #expect(eventually { terminal.screen.count == 30 })
        terminal.type("q")
        #expect(terminal.ended() == 0)
        #expect(terminal.isRestored)
    }

    @Test("keys pause, resume, skip, open a gate and abort, the last after a question")
    func keys() throws {
        let proxy = try playing()
        let terminal = try proxy.terminal("status", "--watch")
        #expect(terminal.shows("▶ playing"))
        terminal.type("p")
        #expect(terminal.shows("‖ paused"))
        terminal.type("p")
        #expect(terminal.shows("▶ playing"))
        terminal.type("c")
        #expect(terminal.shows("no gate"))
        terminal.type("s")
        #expect(terminal.shows("s of 10m"))
        #expect(terminal.shows("slow-charges"))
        #expect(try proxy.run("skip", "doors").status == 0)
        #expect(terminal.shows("doors waits at its gate"))
        terminal.type("c")
        #expect(terminal.shows("s of 2m"))
        terminal.type("a")
        #expect(terminal.shows("abort A game day and clear its faults?"))
        terminal.type("x")
        #expect(eventually { terminal.screen.last?.contains("pause") == true })
        terminal.type("a")
        #expect(terminal.shows("abort A game day and clear its faults?"))
        terminal.type("y")
        #expect(terminal.shows("no run  the last one: A game day"))
        terminal.type("a")
        #expect(terminal.shows("there is no run to abort"))
        terminal.type("\u{1B}[A")
        terminal.type("q")
        #expect(terminal.ended() == 0)
        #expect(terminal.isRestored)
    }

    @Test("whatever ends it, the terminal is as it was", arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT])
    func restores(signal: Int32) throws {
        let proxy = try playing()
        let terminal = try proxy.terminal("status", "--watch")
        #expect(terminal.shows("▶ playing"))
        terminal.signal(signal)
        #expect(terminal.ended() == 0)
        #expect(terminal.isRestored)
    }

    @Test("Ctrl-C ends it, and Ctrl-Z where nobody could bring it back does nothing")
    func controlKeys() throws {
        let proxy = try playing()
        let terminal = try proxy.terminal("status", "--watch")
        #expect(terminal.shows("▶ playing"))
        let screens = terminal.screensEntered
        terminal.type("\u{1A}")
        // What is typed while the terminal is given back is nobody's.
        #expect(eventually { terminal.screensEntered > screens })
        terminal.type("p")
        #expect(terminal.shows("‖ paused"))
        terminal.type("\u{3}")
        #expect(terminal.ended() == 0)
        #expect(terminal.isRestored)
    }

    @Test("Ctrl-C ends it right behind another key, which it throws away")
    func controlBehindKey() throws {
        let proxy = try playing()
        for _ in 0..<5 {
            let terminal = try proxy.terminal("status", "--watch")
            #expect(terminal.shows("▶ playing"))
            terminal.type("x\u{3}")
            #expect(terminal.ended() == 0)
            #expect(terminal.isRestored)
        }
    }

    @Test("it outlives its proxy and finds it again")
    func reconnects() throws {
        var proxy: SteeredProxy? = try playing()
        let control = try #require(proxy?.control)
        let terminal = try TestTerminal(["status", "--watch", "--at", control])
        #expect(terminal.shows("▶ playing"))
        proxy?.kill()
        #expect(terminal.shows("trying again"))
        #expect(terminal.shows("not known now"))
        proxy = try SteeredProxy(control: control)
        #expect(terminal.shows("no run"))
        terminal.type("q")
        #expect(terminal.ended() == 0)
        withExtendedLifetime(proxy) {}
    }

    @Test("colours are there, and not with NO_COLOR")
    func colours() throws {
        let proxy = try playing()
        for (environment, isColoured) in [
            (["NO_COLOR": ""], true), (["NO_COLOR": "1"], false), (["TERM": "dumb"], false),
        ] {
            let terminal = try TestTerminal(
                ["status", "--watch", "--at", proxy.control], environment: ["TERM": "xterm"].merging(environment) { $1 }
            )
            #expect(terminal.shows("▶ playing"))
            #expect(terminal.output.contains("\u{1B}[32m") == isColoured, "\(environment)")
        }
    }

    @Test("where there is no terminal it is a line a second")
    func plain() throws {
        let proxy = try playing()
        let watch = try proxy.begin("status", "--watch")
        #expect(eventually { watch.text.split(separator: "\n").count >= 2 })
        #expect(watch.text.contains("▶ calm"))
        #expect(!watch.text.contains("\u{1B}"))
        _ = watch.end(SIGTERM)
    }

    @Test("--watch and --json do not go together")
    func usage() throws {
        #expect(try Product.run(["status", "--watch", "--json"]).status == 64)
    }
}
