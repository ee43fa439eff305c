// The files that the project ships, and the example of the contract, decode.

import Foundation
import Scenario
import Testing

private let scenarios: [URL] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("scenarios")
    let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return (files ?? []).filter { $0.pathExtension == "yaml" }.sorted { $0.path < $1.path }
}()

@Suite("Example files")
struct ExampleFilesTests {
    @Test("there are shipped scenarios to decode")
    func thereAreSome() { #expect(scenarios.count >= 15) }

    @Test("every shipped scenario decodes without a word", arguments: scenarios)
    func decodes(_ file: URL) throws {
        let text = try String(contentsOf: file, encoding: .utf8)
        let decoded = decode(text)
        #expect(decoded.diagnostics.map(\.description) == [])
        #expect(decoded.file?.timeline.isEmpty == false)
    }
}
