import Control
import EventLoop
import Proxy
import Scenario
import TestSupport
import Testing
import Units

@Suite("Services: listeners, addresses, what may change")
struct ServiceTests {
    @Test("a main listener leads to all endpoints, preferred zones first; an endpoint's own to it alone")
    func listeners() throws {
        let set = ServiceSet(try scenario(world), mark: false)
        #expect(set.zones == ["az-a", "az-b"])
        #expect(set.listeners.map(\.service) == [0, 0, 1])
        #expect(set.listeners.map(\.index) == [0, 1, 0])
        #expect(set.listeners.map(\.endpoints) == [[1, 0], [1], [0]])
    }

    @Test("a command finds every listener in its environment")
    func environment() throws {
        let host = try ProxyHost(ServiceSet(try scenario(world), mark: false), workers: 1)
        defer { host.server.stop() }
        let ports = host.server.listeners.map(\.address.port)
        #expect(ports.allSatisfy { $0 != 0 })
        #expect(
            host.addresses.environment == [
                "BROWNOUT_PAYMENTS_ADDR": "127.0.0.1:\(ports[0])",
                "BROWNOUT_PAYMENTS_URL": "http://127.0.0.1:\(ports[0])",
                "BROWNOUT_PAYMENTS_AZ_B_ADDR": "127.0.0.1:\(ports[1])",
                "BROWNOUT_PAYMENTS_AZ_B_URL": "http://127.0.0.1:\(ports[1])",
                "BROWNOUT_LEDGER_ADDR": "127.0.0.1:\(ports[2])",
                "BROWNOUT_LEDGER_URL": "tcp://127.0.0.1:\(ports[2])",
            ])
    }

    @Test("a port in use is said with what to do, and nothing is left open")
    func portInUse() throws {
        let origin = try TestOrigin.echo()
        let text = "services: { a: { listen: \"127.0.0.1:\(origin.port)\", protocol: tcp, to: \"127.0.0.1:1\" } }\n"
        let set = ServiceSet(try scenario(text), mark: false)
        do throws(ListenError) {
            let host = try ProxyHost(set, workers: 1)
            host.server.stop()
            Issue.record("two listeners share a port")
        } catch {
            #expect(error.description.contains("another process listens there"))
        }
    }
}

@Suite("A scenario from a command line")
struct QuickScenarioTests {
    private func quick(_ change: (inout QuickScenario) -> Void) -> QuickScenario {
        var quick = QuickScenario()
        quick.routes = [QuickScenario.Route("9001=8081")].compactMap { $0 }
        change(&quick)
        return quick
    }

    @Test("routes are addresses, names, or bare ports of this machine")
    func routes() throws {
        for (text, listen, to) in [
            ("9001=127.0.0.1:8081", "127.0.0.1:9001", "127.0.0.1:8081"),
            ("9001=8081", "127.0.0.1:9001", "127.0.0.1:8081"),
            ("0.0.0.0:80=db:5432", "0.0.0.0:80", "db:5432"), ("unix:/tmp/a=unix:/tmp/b", "unix:/tmp/a", "unix:/tmp/b"),
        ] {
            let route = try #require(QuickScenario.Route(text))
            #expect(route.listen == listen)
            #expect(route.to == to)
        }
        #expect(QuickScenario.Route("9001") == nil)
    }

    @Test("faults of options share the share; entries stand for themselves")
    func faults() throws {
        let quick = quick {
            $0.faults = [("latency", "200ms"), ("error", "503")]
            $0.share = "10%"
            $0.entries = ["{match: {path: \"/v1/**\"}, hang: }"]
        }
        let file = try #require(quick.decode().file, "\(quick.decode().diagnostics)")
        let faults = file.timeline[0].faults
        #expect(faults.map(\.fault.name) == ["latency", "error", "hang"])
        #expect(faults.map(\.share) == [.constant(0.1), .constant(0.1), .constant(1)])
    }

    @Test("mistakes are the language's own, at their place on the line")
    func mistakes() throws {
        let diagnostics = quick { $0.faults = [("latency", "200")] }.decode().diagnostics
        #expect(diagnostics.count == 1)
        #expect(diagnostics[0].description.contains("did you mean 200ms?"))
    }

    @Test("several services have names of their own")
    func several() throws {
        let file = try #require(
            quick {
                $0.kind = .tcp
                $0.routes = ["1=2", "3=4"].compactMap { QuickScenario.Route($0) }
            }.decode().file)
        #expect(file.services.map(\.name) == ["proxy-1", "proxy-2"])
        #expect(file.services.map(\.kind) == [.tcp, .tcp])
    }
}
