// The report as a page, and the course of the run that its pictures are drawn from.

import Foundation
import FoundationXML
import Testing
import Units

@testable import Observation

@Suite("A report as a page")
struct ReportPageTests {
    private func second(_ requests: Int, inFlight: Int = 0) -> JournalEvent {
        let store = World.store()
        store.consume(requests, .exchange(.milliseconds(20)))
        store.note(Gauges(services: [ServiceGauges(inFlight: inFlight, connections: 1)]))
        store.advance(to: .zero + .seconds(1))
        return .second(second: store.takeRest())
    }

    @Test("the course keeps every request however long the run is, in a bounded number of points")
    func bounded() {
        var course = RunCourse(World.start)
        let seconds = 5_000
        for number in 1...seconds { course.note(second(3, inFlight: number == 77 ? 9 : 1), at: Double(number)) }
        #expect(course.points.count <= RunCourse.mostPoints)
        #expect(course.points.count > RunCourse.mostPoints / 4)
        #expect(course.points.reduce(0) { $0 + ($1.services[0]?.requests ?? 0) } == 3 * seconds)
        #expect(course.points.compactMap { $0.services[0]?.inFlight }.max() == 9)
        for (point, next) in zip(course.points, course.points.dropFirst()) { #expect(point.end == next.start) }
        #expect(course.points.first?.start == 0 && course.points.last?.end == Double(seconds))
    }

    @Test("what is left at the end of a phase joins the second before it")
    func rests() {
        var course = RunCourse(World.start)
        course.note(second(10), at: 1)
        course.note(second(2), at: 1.01)
        course.note(second(10), at: 2)
        #expect(course.points.map(\.end) == [1.01, 2])
        #expect(course.points[0].services[0]?.requests == 12)
    }

    @Test("phases and faults are live from when to when; what never ended still is")
    func stretches() {
        var course = RunCourse(World.start)
        course.note(.phaseBegan(phase: "calm", pass: 1, passes: 2), at: 0)
        course.note(.phaseEnded(phase: "calm", how: .played), at: 5)
        course.note(.phaseBegan(phase: "calm", pass: 2, passes: 2), at: 5)
        course.note(.faultLive(entry: "slow", phase: "calm"), at: 6)
        #expect(course.phases.map(\.start) == [0, 5])
        #expect(course.phases.map(\.end) == [5, nil])
        #expect(course.faults == [RunCourse.Stretch(name: "slow", start: 6)])
    }

    @Test("the page of a journal is the page of the run, and needs nothing from elsewhere")
    func page() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "page-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "run.ndjson").path
        let journal = try Journal(path: path)
        let report = try #require(try SampleRun.play(journal: journal))
        journal.close(within: .seconds(20))
        let contents = try Journal.read(path: path)
        let page = ReportHTML(report, course: contents.course).text
        for said in ["✗ FAIL", "fast enough", "payments.p99 was 1.51s (n = 2,520)", "never bit", "2,400", "status 500"]
        {
            #expect(page.contains(said), "\(said)")
        }
        for elsewhere in ["<script", "src=", "href=", "@import", "url("] { #expect(!page.contains(elsewhere)) }
        let figures = page.components(separatedBy: "<svg").dropFirst().map {
            "<svg" + $0.components(separatedBy: "</svg>")[0] + "</svg>"
        }
        #expect(figures.count == 3, "the timeline, and one for each service with traffic")
        for figure in figures { #expect(XMLParser(data: Data(figure.utf8)).parse()) }
    }

    @Test("names from a file are never markup")
    func escaping() throws {
        var report = try #require(try SampleRun.play())
        report.scenario = "<script>alert(1)</script>"
        report.notes = ["a & <b>"]
        let page = ReportHTML(report, course: RunCourse(World.start)).text
        #expect(
            !page.contains("<script>") && page.contains("&lt;script&gt;alert(1)") && page.contains("a &amp; &lt;b&gt;"))
    }
}
