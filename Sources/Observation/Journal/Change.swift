// What somebody changed while it ran: who, what, and how it stands now. When stands beside it in the journal.

/// One change by hand.
package struct Change: Sendable, Hashable, Codable {
    package enum Action: String, Sendable, Hashable, Codable {
        case serviceAdded = "added service"
        case serviceChanged = "changed service"
        case serviceRemoved = "removed service"
        case serviceEnabled = "enabled service"
        case serviceDisabled = "disabled service"
        case ruleAdded = "added rule"
        case ruleChanged = "changed rule"
        case ruleRemoved = "removed rule"
        /// By time, never by hand.
        case ruleExpired = "ended rule"
        /// The all-clear.
        case faultsCleared = "cleared every fault"
        case runLoaded = "loaded run"
        case runStarted = "started run"
        case runPaused = "paused run"
        case runResumed = "resumed run"
        case runSkipped = "skipped in run"
        case runContinued = "opened the gate of run"
        case runAborted = "aborted run"
        case runRemoved = "forgot run"
    }

    /// "api 127.0.0.1:52311", "signal", "time to live".
    package var by: String
    package var action: Action
    /// The service, rule or run; nil where it is about all.
    package var subject: String?
    /// How it stands now, in words.
    package var detail: String?

    package init(by: String, _ action: Action, _ subject: String? = nil, detail: String? = nil) {
        self.by = by
        self.action = action
        self.subject = subject
        self.detail = detail
    }

    /// "api 127.0.0.1:52311 added service redis: tcp at 127.0.0.1:3310 -> 10.0.0.5:6379".
    package var words: String {
        let what = [by, action.rawValue, subject].compactMap { $0 }.joined(separator: " ")
        return detail.map { "\(what): \($0)" } ?? what
    }
}
