// A response's head with changes: another status, fields gone or added, another framing. Everything else is copied as it
// came, in its order. Fields that concern one hop only are left out as in any forwarded head.

package import Units

/// The changes.
package struct HeadEdit {
    /// How the new head frames its body.
    package enum Framing: Equatable {
        case kept
        case length(Int)
        case chunked
        /// No line about it.
        case none
    }

    private struct Line {
        let name: [UInt8]
        let bytes: [UInt8]
    }

    package var status: Int?
    package var framing = Framing.kept
    private var removed: [[UInt8]] = []
    private var added: [Line] = []

    package init() {}

    /// Takes away all fields of a name (in lower case), those added before included.
    package mutating func remove(_ name: [UInt8]) {
        removed.append(name)
        added.removeAll { $0.name == name }
    }

    /// Adds a whole field line with its CR LF; `name` in lower case.
    package mutating func add(_ name: [UInt8], _ line: [UInt8]) {
        added.append(Line(name: name, bytes: line))
    }

    /// Whether a field of this name is added.
    package func adds(_ name: [UInt8]) -> Bool { added.contains { $0.name == name } }

    fileprivate func removes(_ field: FieldLine, in head: Bytes) -> Bool {
        removed.contains { head.isSame(field.name, as: $0) }
    }

    fileprivate func appendLines(to output: inout [UInt8]) {
        for line in added { output += line.bytes }
        switch framing {
        case .kept, .none: break
        case .length(let length): output += "Content-Length: \(length)\r\n".utf8
        case .chunked: output += "Transfer-Encoding: chunked\r\n".utf8
        }
    }
}

extension ResponseHead {
    /// Appends the head with `edit` to `output`.
    package func write(_ head: Bytes, headLength: Int, edit: HeadEdit, to output: inout [UInt8]) {
        appendStatusLine(head, headLength, edit, to: &output)
        for index in 0..<fields.count where keeps(fields[index], edit, in: head) {
            output += head[fields[index].line.range].array
        }
        edit.appendLines(to: &output)
        connectionOptions.appendLine(to: &output)
        output += [ASCII.carriageReturn, ASCII.lineFeed]
    }

    /// A chunked body needs HTTP/1.1; another status another reason.
    private func appendStatusLine(_ head: Bytes, _ headLength: Int, _ edit: HeadEdit, to output: inout [UInt8]) {
        let end = fields.count > 0 ? fields[0].line.lowerBound : headLength - 2
        guard edit.status != nil || edit.framing == .chunked else { return output += head[0..<end].array }
        let status = edit.status ?? status
        output += "HTTP/1.1 \(status) \(HTTPResponse.standardReason(status))\r\n".utf8
    }

    private func keeps(_ field: FieldLine, _ edit: HeadEdit, in head: Bytes) -> Bool {
        let line = field.line
        if cuts.contains(where: { $0.start <= line.start && line.end <= $0.end }) || edit.removes(field, in: head) {
            return false
        }
        switch FieldName.identify(field.name, in: head) {
        case .contentLength, .transferEncoding: return edit.framing == .kept
        default: return true
        }
    }
}
