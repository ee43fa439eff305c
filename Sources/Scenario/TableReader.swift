// Files that a scenario may name (`table:`): those beside it, and no others.

import Foundation
import Units

/// Reads a file beside the scenario. The decoder has checked the name: no absolute path, no `..`.
package protocol TableReader: Sendable {
    func read(_ name: String) throws(TableError) -> String
}

/// Why a file could not be read.
package struct TableError: Error, Sendable, Hashable {
    package let message: String
    package init(_ message: String) { self.message = message }
}

/// The files in the scenario's directory and below it, links that lead out of it excluded.
package struct SiblingFiles: TableReader {
    /// Most bytes of a table.
    package static let longest = 16 * 1_048_576

    private let directory: URL

    /// `directory` is that of the scenario file.
    package init(directory: String) {
        self.directory = URL(fileURLWithPath: directory, isDirectory: true).resolvingSymlinksInPath()
    }

    package func read(_ name: String) throws(TableError) -> String {
        let file = directory.appendingPathComponent(name).resolvingSymlinksInPath()
        guard file.path.hasPrefix(directory.path == "/" ? "/" : directory.path + "/") else {
            throw TableError("\(name) leads out of the scenario's directory")
        }
        let values = try? file.resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
        guard values?.isRegularFile == true else { throw TableError("there is no file \(name) beside the scenario") }
        guard values?.fileSize ?? 0 <= Self.longest else { throw TableError("\(name) is larger than 16MiB") }
        guard let bytes = RegularFile.bytes(file.path, upTo: Self.longest),
            let text = String(bytes: bytes, encoding: .utf8)
        else { throw TableError("\(name) cannot be read as UTF-8 text") }
        return text
    }
}
