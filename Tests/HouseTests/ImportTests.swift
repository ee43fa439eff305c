// Who may enter which room: the arrows of docs/design.md, one way only.

import Testing

@Suite("Imports between the rooms")
struct ImportTests {
    /// A room and the rooms and packages that it may import.
    static let arrows: [String: Set<String>] = [
        "CLibevent": [],
        "Units": [],
        "Markup": [],
        "EventLoop": ["CLibevent", "Units"],
        "HTTP1": ["Units"],
        "Scenario": ["Units", "Yams"],
        "Faults": ["Units", "Scenario"],
        "Observation": ["Units", "Markup", "Scenario"],
        "Proxy": ["EventLoop", "HTTP1", "Faults", "Observation", "Scenario", "Units", "Logging"],
        "Control": ["Proxy", "EventLoop", "HTTP1", "Faults", "Observation", "Scenario", "Units", "Logging"],
        "Demo": ["EventLoop", "HTTP1", "Units"],
        "Planning": ["Scenario", "Faults", "Markup", "Units"],
        "Remote": ["Control", "EventLoop", "HTTP1", "Observation", "Scenario", "Units"],
        "brownout": [
            "Control", "Demo", "Planning", "Remote", "Proxy", "EventLoop", "HTTP1", "Faults", "Observation", "Scenario",
            "Units",
            "Logging",
            "ArgumentParser",
        ],
    ]

    /// What comes with the toolchain and is open to every room.
    static let platform: Set<String> = ["Foundation", "Glibc", "Synchronization"]

    @Test("each room imports only what it may", arguments: SourceTree.sources)
    func arrowsPointOneWay(file: SourceFile) throws {
        let allowed = try #require(Self.arrows[file.room], "\(file.room) is a new room: give it its arrows")
        for module in Self.imports(of: file) where !Self.platform.contains(module) {
            #expect(allowed.contains(module), "\(file) imports \(module)")
        }
    }

    @Test("libevent is entered through one door, command-line arguments are read in one place")
    func oneDoor() {
        for (module, room) in [("CLibevent", "EventLoop"), ("Yams", "Scenario"), ("ArgumentParser", "brownout")] {
            let importers = Set(SourceTree.sources.filter { Self.imports(of: $0).contains(module) }.map(\.room))
            #expect(importers.isSubset(of: [room]), "\(module) belongs to \(room)")
        }
    }

    @Test("the arrows themselves make no circle")
    func noCircles() {
        for room in Self.arrows.keys {
            #expect(!Self.reachable(from: room).contains(room), "\(room) reaches itself")
        }
    }

    private static func reachable(from room: String) -> Set<String> {
        var found: Set<String> = []
        var waiting = arrows[room] ?? []
        while let next = waiting.popFirst() {
            found.insert(next)
            waiting.formUnion((arrows[next] ?? []).subtracting(found))
        }
        return found
    }

    private static func imports(of file: SourceFile) -> [String] {
        statement.captures(in: file.code)
    }

    private static let statement = pattern(
        #"^(?:@\w+ +)*(?:package |public |internal |private |fileprivate )?import (?:struct |class |enum |func |var )?(\w+)"#
    )
}
