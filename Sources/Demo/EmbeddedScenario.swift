// The scenario that the demo plays, inside the binary: scenarios/brownout-11m.yaml, embedded when it is built.

/// What `brownout demo` plays without a file.
package enum EmbeddedScenario {
    /// The file that the text comes from, for messages.
    package static let name = "scenarios/brownout-11m.yaml"

    /// The file's text.
    package static var text: String { String(decoding: PackageResources.brownout_11m_yaml, as: UTF8.self) }
}
