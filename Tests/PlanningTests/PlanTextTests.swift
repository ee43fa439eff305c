import Faults
import Scenario
import Testing
import Units

@testable import Planning

@Suite("A plan as text")
struct PlanTextTests {
    @Test("plans read as they were once found to read well", arguments: ["everything", "brownout-11m"])
    func snapshots(name: String) throws {
        let text = PlanText(try Snapshot.scenario("\(name).yaml"), assuming: Assumptions()).text
        #expect(text == (try Snapshot.expected("\(name).txt", for: text)))
    }

    @Test("a plan at another speed and rate says both, and expects as many requests as that leaves")
    func assumptions() throws {
        let file = try Snapshot.scenario("brownout-11m.yaml")
        let text = PlanText(file, assuming: Assumptions(requestsPerSecond: 100, speed: 60), seed: 5).text
        #expect(text.contains("\n  seed       5\n"))
        #expect(text.contains("\n  lasts      1h4m, which is 1m4s at 60x\n"))
        #expect(text.contains("\nFaults, at 100 requests/s per service and 60x\n"))
        #expect(text.contains("about 33 of 1,100 requests"))
    }

    @Test("a fault that may never bite is warned of, one that surely will is not")
    func neverBites() throws {
        let timeline = """
            timeline:
              - phase: short
                for: 10s
                faults:
                  - { name: rare, service: payments, share: 0.5%, latency: 1s }
                  - { name: common, service: payments, share: 5%, latency: 1s }

            """
        let text = PlanText(try scenario(timeline), assuming: Assumptions()).text
        #expect(text.contains("may never bite (chance 8.16%)"))
        #expect(text.split(separator: "\n").count { $0.contains("may never bite") } == 1)
    }

    @Test("what cannot be expected in numbers is said in words")
    func unknownHarm() throws {
        let timeline = """
            timeline:
              - phase: odd
                for: 10s
                faults:
                  - { name: shut, service: payments, refuse: }
                  - { name: cut, service: payments, share: 20%, reset: }
                  - { name: dark, zone: az-a, blackout: }

            """
        let text = PlanText(try scenario(timeline), assuming: Assumptions()).text
        #expect(text.contains("every new connection, whatever the rate"))
        #expect(text.contains("per connection: a rate of requests says nothing about it"))
        #expect(text.contains("what is under way there; what comes later goes elsewhere"))
    }

    @Test("without an slo a plan says that there is no error budget")
    func noBudget() throws {
        let text = PlanText(try scenario("timeline:\n  - { phase: calm, for: 1m }\n"), assuming: Assumptions()).text
        #expect(text.hasSuffix("Error budget: no slo given.\n"))
    }

    @Test("entries that cannot act on a service are found before a run, each once, with their place")
    func problems() throws {
        let timeline = """
            timeline:
              - phase: odd
                for: 10s
                repeat: 3
                faults:
                  - { name: mute, service: payments, error: 503 }

            """
        var file = try scenario(timeline)
        #expect(FileChecks.problems(in: file, name: "test.yaml", text: "").isEmpty)
        file.services[0].kind = .tcp
        let problems = FileChecks.problems(in: file, name: "test.yaml", text: "")
        #expect(
            problems.map(\.headline) == [
                "test.yaml:14:9: error: mute: error needs an http service, and payments is tcp"
            ])
    }
}
