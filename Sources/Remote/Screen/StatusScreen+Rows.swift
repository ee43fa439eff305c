// Services and faults on a status screen: tables whose widest column takes what the others leave.

import Control
import Observation
import Units

extension StatusScreen {
    // MARK: Services

    /// With an empty line behind; sparklines where there is room for all of them.
    func services(within rows: Int) -> [ScreenLine] {
        let all = board.services
        if all.isEmpty || 2 + 2 * all.count <= rows { return serviceRows(all, sparklines: true) }
        if 2 + all.count <= rows { return serviceRows(all, sparklines: false) }
        let shown = max(0, rows - 3)
        guard shown > 0 else { return [ScreenLine(" \(all.count) services", .dim), ScreenLine()] }
        return serviceRows(Array(all.prefix(shown)), sparklines: false).dropLast()
            + [ScreenLine("   and \(all.count - shown) more", .dim), ScreenLine()]
    }

    func serviceRows(_ services: [StatusBoard.ServiceBoard], sparklines: Bool) -> [ScreenLine] {
        guard !services.isEmpty else { return [ScreenLine(" no service is open", .dim), ScreenLine()] }
        let rows = services.flatMap { sparklines ? [row($0), sparks($0)] : [row($0)] }
        return [serviceTitle] + rows + [ScreenLine()]
    }

    private static let columns = [9, 9, 9, 9, 11, 13]
    private var serviceNameWidth: Int { max(4, width - 2 - Self.columns.reduce(0, +)) }

    private var serviceTitle: ScreenLine {
        let titles = ["rate", "success", "p50", "p99", "in flight", "connections"]
        let cells = zip(titles, Self.columns).map { $0.padded(left: $1) }.joined()
        return ScreenLine(" " + "service".padded(serviceNameWidth) + cells, .dim)
    }

    private func row(_ service: StatusBoard.ServiceBoard) -> ScreenLine {
        let figures = service.figures
        var line = ScreenLine(" " + figures.name.padded(serviceNameWidth), .bold)
        guard service.isEnabled else {
            line.add("disabled".padded(left: Self.columns[0]), .warning)
            return line
        }
        let texts = [
            figures.ratePerSecond.asRate, figures.success?.asShare ?? "-", figures.p50?.asSpan ?? "-",
            figures.p99?.asSpan ?? "-", "\(figures.inFlight)", "\(figures.connections)",
        ]
        for (index, text) in texts.enumerated() {
            line.add(text.padded(left: Self.columns[index]), index == 1 ? Self.style(figures.success) : .plain)
        }
        return line
    }

    /// Rate, success and p99 of the last minute, side by side.
    private func sparks(_ service: StatusBoard.ServiceBoard) -> ScreenLine {
        let each = max(1, (width - 22) / 3)
        var line = ScreenLine("   rate ", .dim)
        line.add(service.rates.rateLine(each), .accent)
        line.add("  ok ", .dim)
        line.add(service.successes.successLine(each), Self.style(service.figures.success))
        line.add("  p99 ", .dim)
        line.add(service.latencies.latencyLine(each), .accent)
        return line
    }

    private static func style(_ success: Double?) -> ScreenStyle {
        guard let success else { return .dim }
        return success >= 0.99 ? .good : success >= 0.9 ? .warning : .bad
    }

    // MARK: Faults

    /// What acts; the rest is counted. Zones that are dark stand below.
    func faults(most: Int) -> [ScreenLine] {
        let dark =
            board.darkZones.isEmpty ? [] : [ScreenLine(" dark: \(board.darkZones.joined(separator: ", "))", .bad)]
        let (live, room) = (board.faults, most - 1 - dark.count)
        guard !live.isEmpty else { return [ScreenLine(" no fault", .dim)] + dark }
        let title = ScreenLine(" " + "fault".padded(faultNameWidth) + faultTitles, .dim)
        if live.count <= room { return [title] + live.map(row) + dark }
        let rows = live.prefix(max(0, room - 1)).map(row)
        return [title] + rows + [ScreenLine("   and \(live.count - rows.count) more", .dim)] + dark
    }

    private static let faultColumns = (kind: 15, rate: 9, total: 9, until: 16)
    private static let faultColumnsWidth =
        faultColumns.kind + faultColumns.rate + faultColumns.total + faultColumns.until
    private var faultNameWidth: Int { max(4, (width - 2 - Self.faultColumnsWidth) * 6 / 10) }
    private var faultPlaceWidth: Int { max(4, width - 2 - Self.faultColumnsWidth - faultNameWidth) }

    private var faultTitles: String {
        "kind".padded(Self.faultColumns.kind) + "where".padded(faultPlaceWidth)
            + "now".padded(left: Self.faultColumns.rate)
            + "in all".padded(left: Self.faultColumns.total) + "until".padded(left: Self.faultColumns.until)
    }

    private func row(_ fault: FaultAnswer) -> ScreenLine {
        let rate = board.injectionsPerSecond[fault.name] ?? 0
        var line = ScreenLine(
            " " + fault.name.cut(to: faultNameWidth - 1).padded(faultNameWidth), fault.isInForce ? .bad : .dim)
        line.add(
            fault.kind.cut(to: Self.faultColumns.kind - 1).padded(Self.faultColumns.kind)
                + fault.place.cut(to: faultPlaceWidth - 1).padded(faultPlaceWidth))
        line.add((rate > 0 ? rate.asRate : "-").padded(left: Self.faultColumns.rate), .warning)
        line.add(fault.counts.injected.grouped.padded(left: Self.faultColumns.total))
        line.add(until(fault).padded(left: Self.faultColumns.until), .dim)
        return line
    }

    private func until(_ fault: FaultAnswer) -> String {
        if !fault.isInForce { return "waits" }
        if let left = fault.timeLeftSeconds { return "by hand, \(Self.whole(left))" }
        return fault.phase ?? "the end"
    }
}
