// Reading what a user names: a regular file, and no more of it than it may have.
//
// Foundation's own ways (`contents(atPath:)`, `Data` and `String` with `contentsOf:`) read all of a file before its size can
// be refused, and lose a page of memory with every empty one (swift-foundation of Swift 6.3): a watched file that is
// empty for a moment would cost a page each time. A handle does neither.

import Foundation

package enum RegularFile {
    /// The first `most` bytes of the file; nil when it cannot be read, or when it is a folder, a pipe or a device.
    package static func bytes(_ path: String, upTo most: Int) -> [UInt8]? {
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard (try? FileManager.default.attributesOfItem(atPath: real))?[.type] as? FileAttributeType == .typeRegular,
            let file = FileHandle(forReadingAtPath: real)
        else { return nil }
        do {
            // Nil is what an empty file gives.
            return try Array(file.read(upToCount: most) ?? Data())
        } catch {
            return nil
        }
    }
}
