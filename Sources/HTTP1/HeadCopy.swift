// Copying a head that cannot go on as it came: without its cuts, with another host, with lines added.
//
//     request line ─ [authority replaced] ─ fields ─ [cuts left out] ─ [host replaced] ─ added lines ─ CR LF
//
// Everything else is copied byte for byte, so field order and case stay. Whoever adds lines sees to it that each is a
// whole field line with its CR LF.

package import Units

extension RequestHead {
    /// Appends the head to `output` without its cuts, with `host` in place of its own (in Host and in an absolute
    /// target), with a clean Connection line where one is needed, and with `lines` last.
    package func rewrite(
        _ head: Bytes, headLength: Int, host newHost: [UInt8]? = nil, adding lines: [UInt8] = [],
        to output: inout [UInt8]
    ) {
        var copy = HeadCopy(head: head, cuts: cuts)
        var lines = lines
        if let newHost, !isConnect {
            if !authority.isEmpty { copy.replace(authority, by: newHost, to: &output) }
            if let host {
                copy.replace(host.value(in: head), by: newHost, to: &output)
            } else {
                lines += Array("Host: ".utf8) + newHost + [ASCII.carriageReturn, ASCII.lineFeed]
            }
        }
        copy.finish(headLength: headLength, connectionOptions, lines, to: &output)
    }
}

extension ResponseHead {
    /// Appends the head to `output` without its cuts, with a clean Connection line where one is needed, and with
    /// `lines` last.
    package func rewrite(_ head: Bytes, headLength: Int, adding lines: [UInt8] = [], to output: inout [UInt8]) {
        var copy = HeadCopy(head: head, cuts: cuts)
        copy.finish(headLength: headLength, connectionOptions, lines, to: &output)
    }
}

/// A copy of a head under way.
private struct HeadCopy {
    let head: Bytes
    let cuts: [Extent]
    private var position = 0
    private var nextCut = 0

    init(head: Bytes, cuts: [Extent]) {
        self.head = head
        self.cuts = cuts
    }

    /// Copies up to `extent`, and `text` in its place. No replaced extent lies in a cut.
    mutating func replace(_ extent: Extent, by text: [UInt8], to output: inout [UInt8]) {
        copy(upTo: extent.lowerBound, to: &output)
        output.append(contentsOf: text)
        position = extent.upperBound
    }

    mutating func finish(
        headLength: Int, _ options: ConnectionOptions, _ lines: [UInt8], to output: inout [UInt8]
    ) {
        copy(upTo: headLength - 2, to: &output)
        options.appendLine(to: &output)
        output.append(contentsOf: lines)
        output.append(contentsOf: [ASCII.carriageReturn, ASCII.lineFeed])
    }

    private mutating func copy(upTo end: Int, to output: inout [UInt8]) {
        while nextCut < cuts.count, cuts[nextCut].lowerBound < end {
            output.append(head[position..<cuts[nextCut].lowerBound])
            position = cuts[nextCut].upperBound
            nextCut += 1
        }
        output.append(head[position..<end])
        position = end
    }
}

extension ConnectionOptions {
    /// Appends a Connection line with these options; nothing when there are none.
    package func appendLine(to output: inout [UInt8]) {
        guard !isEmpty else { return }
        output.append(contentsOf: "Connection: ".utf8)
        var separator = ""
        for (option, name) in ConnectionOptions.names where contains(option) {
            output.append(contentsOf: separator.utf8)
            output.append(contentsOf: name.utf8)
            separator = ", "
        }
        output.append(contentsOf: "\r\n".utf8)
    }

    private static var names: [(ConnectionOptions, String)] {
        [(.close, "close"), (.keepAlive, "keep-alive"), (.upgrade, "upgrade"), (.te, "TE")]
    }
}
