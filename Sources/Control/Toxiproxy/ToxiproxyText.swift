// What the compatible API writes: JSON with its keys in the order of the original, byte for byte the same for the same state.

import Foundation

/// JSON texts of the API's objects.
enum ToxiproxyText {
    static func proxies(_ proxies: [ToxicProxy]) -> String {
        "{" + proxies.map { "\(quoted($0.name)):\(proxy($0))" }.joined(separator: ",") + "}"
    }

    static func populated(_ proxies: [ToxicProxy]) -> String {
        #"{"proxies":\#(list(proxies.map(proxy)))}"#
    }

    /// A list that was broken off, with what was done before.
    static func populated(_ proxies: [ToxicProxy], until error: ToxiproxyError) -> String {
        #"{"error":\#(quoted(error.message)),"status":\#(error.status),"proxies":\#(list(proxies.map(proxy)))}"#
    }

    static func proxy(_ proxy: ToxicProxy) -> String {
        #"{"name":\#(quoted(proxy.name)),"listen":\#(quoted(proxy.listen)),"upstream":\#(quoted(proxy.upstream)),"#
            + #""enabled":\#(proxy.isEnabled),"toxics":\#(toxics(proxy.orderedToxics))}"#
    }

    static func toxics(_ toxics: [Toxic]) -> String { list(toxics.map(toxic)) }

    static func toxic(_ toxic: Toxic) -> String {
        let attributes = toxic.kind.attributes.map { attribute in
            let value =
                switch attribute.form {
                case .integer: "\(toxic.attributes.integer(attribute.name))"
                case .share: number(toxic.attributes.share(attribute.name))
                }
            return "\(quoted(attribute.name)):\(value)"
        }
        return #"{"attributes":{\#(attributes.joined(separator: ","))},"name":\#(quoted(toxic.name)),"#
            + #""type":\#(quoted(toxic.kind.rawValue)),"stream":\#(quoted(toxic.stream)),"#
            + #""toxicity":\#(number(toxic.toxicity))}"#
    }

    static func error(_ error: ToxiproxyError) -> String {
        #"{"error":\#(quoted(error.message)),"status":\#(error.status)}"#
    }

    static func version(_ version: String) -> String { #"{"version":\#(quoted(version))}"# }

    // MARK: Pieces

    private static func list(_ texts: [String]) -> String { "[" + texts.joined(separator: ",") + "]" }

    /// 1 and not 1.0, as the original writes it.
    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20: quoted += String(format: "\\u%04x", scalar.value)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
