// The report in the forms in which others want it.

/// A form of the report that goes into a file.
package enum ReportForm: String, Sendable, Hashable, CaseIterable {
    case json, junit, markdown, html

    /// `report` in this form, the last line ended.
    package func text(_ report: RunReport, course: RunCourse) throws -> String {
        switch self {
        case .json: try report.json()
        case .junit: report.junit
        case .markdown: report.markdown
        case .html: ReportHTML(report, course: course).text
        }
    }
}
