import Foundation
import TestSupport
import Testing

@Suite("Commands that print and end")
struct PrintingCommandTests {
    static let example = Repository.root.appending(path: "scenarios/brownout-11m.yaml").path

    @Test("check says ok for every scenario of the repository")
    func checksScenarios() throws {
        let files = try Repository.scenarios()
        let result = try Product.run(["check"] + files)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == files.map { "\($0): ok\n" }.joined())
    }

    @Test("check says every mistake with its place, and ends with 104, fine files beside it or not")
    func checksMistakes() throws {
        try Scratch.withDirectory { directory in
            let file = directory.appending(path: "bad.yaml")
            let text = try String(contentsOfFile: Self.example, encoding: .utf8)
                .replacing("service: payments", with: "service: paymnts").replacing("for: 11m", with: "for: 11")
            try Data(text.utf8).write(to: file)
            let result = try Product.run(["check", "bad.yaml", Self.example], in: directory)
            #expect(result.status == 104)
            #expect(result.output == "\(Self.example): ok\n")
            #expect(result.errors.contains("bad.yaml:"))
            #expect(result.errors.contains("did you mean \"payments\"?"))
            #expect(result.errors.contains("11"))
        }
    }

    @Test("check --speed warns of a p99 that its phase has no time for, and the file stays ok")
    func checksSpeed() throws {
        let slow = try Product.run(["check", "--speed", "10x", Self.example])
        #expect(slow.status == 0 && slow.errors.isEmpty)
        let fast = try Product.run(["check", "--speed", "60x", Self.example])
        #expect(fast.status == 0)
        #expect(fast.errors.contains("warning: slow-charges: at 60x \"onset\" leaves it 2s, and its p99 is 8s"))
    }

    @Test("a file that is not there, and a flag that is not one, are wrong usage")
    func usage() throws {
        #expect(try Product.run(["check", "nowhere.yaml"]).status == 64)
        #expect(try Product.run(["plan", "--speed", "fast", Self.example]).status == 64)
        #expect(try Product.run(["plan", "--rate", "fifty", Self.example]).status == 64)
    }

    @Test("plan prints the plan, and draws the picture beside it")
    func plans() throws {
        try Scratch.withDirectory { directory in
            let result = try Product.run(["plan", Self.example, "--svg", "plan.svg", "--rate", "100/s"], in: directory)
            #expect(result.status == 0)
            #expect(result.output.hasPrefix("Eleven minutes of brownout\n"))
            #expect(result.output.contains("100 requests/s"))
            let picture = try String(contentsOf: directory.appending(path: "plan.svg"), encoding: .utf8)
            #expect(picture.hasPrefix("<?xml") && picture.hasSuffix("</svg>\n"))
        }
    }

    @Test("plan --svg - prints the picture alone, and a picture that cannot be written is an error")
    func planPictures() throws {
        #expect(try Product.run(["plan", Self.example, "--svg", "-"]).output.hasPrefix("<?xml"))
        let result = try Product.run(["plan", Self.example, "--svg", "no/such/folder/plan.svg"])
        #expect(result.status == 1)
        #expect(result.errors.contains("cannot write no/such/folder/plan.svg"))
    }

    @Test("no line of a plan is wider than a terminal, whatever the scenario")
    func width() throws {
        for file in try Repository.scenarios() {
            let result = try Product.run(["plan", file])
            #expect(result.status == 0)
            let wide = result.output.split(separator: "\n").filter { $0.count > 80 }
            #expect(wide.isEmpty, "\(file)")
        }
    }

    @Test("faults lists them all, explains one, and knows what was meant")
    func faults() throws {
        let table = try Product.run(["faults"])
        #expect(table.status == 0 && table.output.contains("\nlose_response"))
        let page = try Product.run(["faults", "latency"])
        #expect(page.status == 0 && page.output.hasPrefix("latency: "))
        let typo = try Product.run(["faults", "latnecy"])
        #expect(typo.status == 64)
        #expect(typo.errors.contains("there is no fault \"latnecy\"; did you mean \"latency\"?"))
    }

    @Test("a mistyped command is answered with the one that was meant")
    func commandTypo() throws {
        let result = try Product.run(["chekc", "file.yaml"])
        #expect(result.status == 64)
        #expect(result.errors.contains("there is no command \"chekc\"; did you mean \"check\"?"))
    }

    @Test("schema prints JSON")
    func schema() throws {
        let result = try Product.run(["schema"])
        #expect(result.status == 0)
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        #expect(object?["$schema"] != nil)
    }

    @Test("init writes a file that check accepts, and never writes over one unless told to")
    func initialises() throws {
        try Scratch.withDirectory { directory in
            #expect(try Product.run(["init", "first.yaml"], in: directory).status == 0)
            let checked = try Product.run(["check", "first.yaml"], in: directory)
            #expect(checked.status == 0 && checked.errors.isEmpty, "\(checked.errors)")
            let file = directory.appending(path: "first.yaml")
            try Data("mine".utf8).write(to: file)
            let again = try Product.run(["init", "first.yaml"], in: directory)
            #expect(again.status == 64)
            #expect(again.errors.contains("first.yaml is there already; --force writes over it"))
            #expect(try String(contentsOf: file, encoding: .utf8) == "mine")
            #expect(try Product.run(["init", "first.yaml", "--force"], in: directory).status == 0)
            #expect(try String(contentsOf: file, encoding: .utf8) != "mine")
        }
    }
}
