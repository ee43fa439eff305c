// What goes wrong with files, said so that the reader knows which file, and what to do.

import Foundation

/// A journal or access log that cannot be written or read.
package struct ObservationError: Error, Sendable, Hashable, CustomStringConvertible {
    package let message: String

    package var description: String { message }

    init(_ message: String) {
        self.message = message
    }

    /// `action`: "write the journal".
    init(_ action: String, _ path: String, _ error: any Error) {
        message = "cannot \(action) \(path): \(Self.reason(error, path))"
    }

    /// Foundation wraps the system's errors in several ways; the innermost one says most.
    static func reason(_ error: any Error, _ path: String? = nil) -> String {
        let error = error as NSError
        if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError { return reason(cause, path) }
        switch error.domain {
        case NSPOSIXErrorDomain: return words(POSIXErrorCode(rawValue: Int32(error.code))) ?? "error \(error.code)"
        case NSCocoaErrorDomain: return words(CocoaError.Code(rawValue: error.code)) ?? unexplained(error, path)
        default: return error.localizedDescription
        }
    }

    private static func words(_ code: POSIXErrorCode?) -> String? {
        switch code {
        case .ENOENT: "no such file or folder"
        case .EACCES, .EPERM: "permission denied"
        case .EISDIR: "it is a folder"
        case .ENOTDIR: "a part of its path is not a folder"
        case .ENOSPC: "no space left on the device"
        case .EDQUOT: "the quota is used up"
        case .EROFS: "the file system is read-only"
        case .EPIPE: "its reader is gone"
        case .EMFILE, .ENFILE: "too many open files"
        default: nil
        }
    }

    private static func words(_ code: CocoaError.Code) -> String? {
        switch code {
        case .fileNoSuchFile, .fileReadNoSuchFile: words(.ENOENT)
        case .fileReadNoPermission, .fileWriteNoPermission: words(.EACCES)
        case .fileWriteOutOfSpace: words(.ENOSPC)
        case .fileWriteVolumeReadOnly: words(.EROFS)
        default: nil
        }
    }

    private static func unexplained(_ error: NSError, _ path: String?) -> String {
        let folder = path.map { URL(filePath: $0).deletingLastPathComponent() }
        let isFolder = (try? folder?.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false
        return isFolder ? error.localizedDescription : words(.ENOTDIR) ?? error.localizedDescription
    }
}
