import Foundation
import TestSupport
import Testing

@Suite("Faults and services by command", .serialized)
struct RuleCommandTests {
    @Test("a fault by hand is added, seen, changed, given more time and removed, and traffic feels it")
    func rules() throws {
        let proxy = try SteeredProxy()
        let added = try proxy.run("faults", "add", "--ttl", "5m", "name: slow, service: payments, latency: 80ms")
        #expect(added.status == 0, "\(added)")
        #expect(added.output == "slow added: latency on payments, ends in 5m\n")
        #expect(try proxy.request() >= 0.08)
        let live = try proxy.run("faults", "live").output
        #expect(live.contains("slow") && live.contains("latency") && live.contains("left"), "\(live)")
        #expect(try proxy.run("status").output.contains("by hand, "))
        let entry = "{ service: payments, latency: 20ms }"
        #expect(
            try proxy.run("faults", "change", "slow", "--ttl", "1m", entry).output
                == "slow changed: latency on payments, ends in 1m\n")
        #expect(
            try proxy.run("faults", "change", "slow", "--ttl", "9m").output
                == "slow changed: latency on payments, ends in 9m\n")
        #expect(try proxy.run("faults", "remove", "slow").output == "slow removed\n")
        #expect(try proxy.run("faults", "live").output == "no fault acts\n")
    }

    @Test("an entry may come from a file, or as several lines")
    func entries() throws {
        let proxy = try SteeredProxy()
        let file = try proxy.entry("service: payments\nerror: { status: 503 }\n")
        #expect(
            try proxy.run("faults", "add", "--ttl", "1m", "--file", file).output.hasPrefix(
                "error added: error on payments"))
        #expect(
            try proxy.run("faults", "add", "--ttl", "1m", "service: payments\nerror: { status: 503 }").output.hasPrefix(
                "error-2 added"))
        #expect(try proxy.run("faults", "clear").output == "all clear: no fault acts any more\n")
        #expect(try proxy.run("faults", "live").output == "no fault acts\n")
    }

    @Test("the all-clear ends a run as well, and is no error where there is nothing to clear")
    func allClear() throws {
        let proxy = try SteeredProxy()
        #expect(try proxy.run("faults", "clear").status == 0)
        #expect(try proxy.run("play", try proxy.scenario(), "--detach").status == 0)
        #expect(try proxy.run("faults", "clear").status == 0)
        #expect(try eventually { try proxy.run("status").output.contains("no run") })
    }

    @Test("mistakes in an entry are shown where they are, with exit code 104")
    func mistakes() throws {
        let proxy = try SteeredProxy()
        let result = try proxy.run("faults", "add", "--ttl", "1m", "service: payments, latncy: 80ms")
        #expect(result.status == 104 && result.output.isEmpty)
        #expect(result.errors.contains("entry:1:"), "\(result)")
        #expect(result.errors.contains("    1 | { service: payments, latncy: 80ms }"))
        #expect(result.errors.contains("latency"))
    }

    @Test("what is missing or cannot be is wrong usage; what is not there is refused")
    func usage() throws {
        let proxy = try SteeredProxy()
        #expect(try proxy.run("faults", "add", "service: payments, latency: 80ms").status == 64)
        #expect(try proxy.run("faults", "add", "--ttl", "soon", "service: payments, latency: 80ms").status == 64)
        #expect(try proxy.run("faults", "add", "--ttl", "1000h", "service: payments, latency: 80ms").status == 64)
        #expect(try proxy.run("faults", "add", "--ttl", "1m").status == 64)
        #expect(try proxy.run("faults", "add", "--ttl", "1m", "--file", "a", "b: c").status == 64)
        #expect(try proxy.run("faults", "remove", "nobody").status == 1)
        #expect(try proxy.run("faults", "change", "nobody", "--ttl", "1m").status == 1)
    }

    @Test("services are listed, added, disabled, enabled, moved, changed and removed")
    func services() throws {
        let proxy = try SteeredProxy()
        #expect(try proxy.run("services").output.contains("payments  http      127.0.0.1:\(proxy.port)"))
        let to = "127.0.0.1:\(proxy.origin.port)"
        let added = try proxy.run("services", "add", "web", "--listen", "0", "--to", "\(to)@az-a")
        #expect(added.status == 0 && added.output.hasPrefix("web added: http at 127.0.0.1:"), "\(added)")
        #expect(added.output.hasSuffix("-> \(to) (az-a)\n"))
        #expect(try proxy.run("services", "disable", "web").output.contains("(disabled)"))
        #expect(try proxy.run("services", "list").output.contains("disabled"))
        #expect(try proxy.run("services", "enable", "web").output.hasPrefix("web enabled: http at 127.0.0.1:"))
        let moved = try proxy.run("services", "move", "web", "127.0.0.1:9", "--zone", "az-b")
        #expect(moved.status == 0 && moved.output.hasSuffix("-> 127.0.0.1:9 (az-b)\n"), "\(moved)")
        let changed = try proxy.run(
            "services", "change", "web", "listen: \"127.0.0.1:0\", protocol: tcp, to: \"127.0.0.1:8\"")
        #expect(changed.status == 0 && changed.output.hasPrefix("web changed: tcp at 127.0.0.1:"), "\(changed)")
        #expect(try proxy.run("services", "remove", "web").output == "web removed\n")
        #expect(try !proxy.run("services").output.contains("web"))
    }

    @Test("a service that cannot be is refused, with the reason")
    func badServices() throws {
        let proxy = try SteeredProxy()
        #expect(
            try proxy.run("services", "add", "payments", "--listen", "0", "--to", "1").errors.contains(
                "is a service \"payments\" already"))
        #expect(try proxy.run("services", "change", "web", "--listen", "0", "--to", "1").status == 64)
        #expect(try proxy.run("services", "add", "web").status == 64)
        #expect(try proxy.run("services", "add", "web", "--listen", "0", "--to", "1", "to: x").status == 64)
        let taken = try proxy.run("services", "add", "web", "--listen", "\(proxy.port)", "--to", "1")
        #expect(taken.status == 1 && taken.errors.contains("in use"), "\(taken)")
        let wrong = try proxy.run("services", "add", "web", "listen: nowhere, to: \"127.0.0.1:1\"")
        #expect(wrong.status == 104 && wrong.errors.contains("service:1:"), "\(wrong)")
        for verb in ["remove", "enable", "disable"] {
            #expect(try proxy.run("services", verb, "nobody").errors == "brownout: there is no service \"nobody\"\n")
        }
        #expect(try proxy.run("services", "move", "nobody", "1").status == 1)
    }
}
