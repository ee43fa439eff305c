import Faults
import Foundation
import Scenario
import Testing
import Units

@testable import Planning

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("A timeline as a picture")
struct TimelinePictureTests {
    @Test("pictures look as they were once found to look well", arguments: ["everything", "brownout-11m"])
    func snapshots(name: String) throws {
        let picture = TimelinePicture(try Snapshot.scenario("\(name).yaml")).document()
        #expect(picture == (try Snapshot.expected("\(name).svg", for: picture)))
    }

    @Test(
        "a picture is well-formed, 1000 wide and needs nothing from outside, whatever the scenario is called",
        arguments: ["</svg>&\"'\u{1}\u{FFFE}", String(repeating: "long ", count: 200), "", "电报 🚨"])
    func wellFormed(name: String) throws {
        var file = try Snapshot.scenario("everything.yaml")
        file.name = name
        file.timeline[0].name = name
        file.expect[0].name = name
        let picture = TimelinePicture(file).document()
        let parser = XMLParser(data: Data(picture.utf8))
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(picture.contains(#"<svg xmlns="http://www.w3.org/2000/svg" width="1000""#))
        #expect(!picture.contains("href") && !picture.contains("<image") && !picture.contains("<script"))
    }

    @Test("every gate, condition and moving attribute has its mark and its line in the legend")
    func marks() throws {
        let picture = TimelinePicture(try Snapshot.scenario("everything.yaml")).document()
        for text in [
            "gate: waits for a person", "may end sooner", "only while its condition holds", "an attribute that moves",
            "guard", "when az-a is dark", "rate 10KB/s to 1MB/s", "storm ×3",
        ] {
            #expect(picture.contains(text))
        }
    }

    @Test("a timeline of a single phase without faults, and an empty one, can be drawn")
    func small() throws {
        let calm = TimelinePicture(try scenario("timeline:\n  - { phase: calm, for: 1m }\n")).document()
        #expect(calm.contains(">calm</text>") && !calm.contains("share harmed"))
        #expect(TimelinePicture(ScenarioFile()).document().hasSuffix("</svg>\n"))
    }
}
