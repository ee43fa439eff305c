// `slo`: what a service promises, and how much of its error budget a run may take.

import Units

extension Decoding {
    func objective(_ node: YAMLNode) -> ServiceObjective? {
        guard let fields = Fields(node, Keys.slo, self) else { return nil }
        let good = fields["good"].flatMap(goodRule)
        let target = fields["target"].flatMap { percentage($0, "target") }
        let period = fields["period"].flatMap { duration($0, "period", atLeast: .minutes(1)) }
        let shares = ["remaining", "allowance", "reserve"].map { name in
            fields[name].flatMap { percentage($0, name) }
        }
        if let target, target >= 1 || target <= 0, let node = fields["target"] {
            error(node, "target must lie between 0% and 100%: at 100% there is no error budget")
        }
        guard let good, let target, let period else { return nil }
        var objective = ServiceObjective(good: good, target: target, period: period)
        (objective.remaining, objective.allowance, objective.reserve) = (shares[0], shares[1], shares[2])
        return objective
    }

    private func goodRule(_ node: YAMLNode) -> String? {
        guard let text = text(node, "good") else { return nil }
        do {
            _ = try GoodExchange(text: text)
            return text
        } catch {
            self.error(
                position(atScalar: error.offset, in: node), "in `good`: \(error.message)", offending: error.offending,
                help: error.help)
            return nil
        }
    }
}
