// Which version this is.

/// The version that reports and journals name.
package enum Version {
    package static let current = "0.1.0"
}
