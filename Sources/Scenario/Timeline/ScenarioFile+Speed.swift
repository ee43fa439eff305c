// `--speed 60x` scales what the script says: lengths and windows of phases and entries, periods and ramps of what moves,
// bursts, windows of conditions, ttl, the period of an objective. Never what a caller feels (latencies, hang times,
// retry_after, service times, rates, lifetimes, time-outs), nor what waits for the world: steady state, a person at a gate.

import Units

extension ScenarioFile {
    /// The same script played `speed` times as fast.
    package func scaled(bySpeed speed: Double, catalogue: Catalogue) -> ScenarioFile {
        guard speed > 0, speed.isFinite, speed != 1 else { return self }
        let scale = SpeedScale(speed: speed, catalogue: catalogue)
        var file = self
        file.limits.ttl = limits.ttl.map { $0 / speed }
        file.timeline = timeline.map(scale.phase)
        file.abortIf = abortIf.map(scale.located)
        file.steady?.that = steady?.that.map(scale.located) ?? []
        for index in file.expect.indices { file.expect[index].that = scale.located(file.expect[index].that) }
        for (index, service) in services.enumerated() {
            if let period = service.slo?.period { file.services[index].slo?.period = period / speed }
        }
        return file
    }

    /// The same file with one phase alone, its lanes included; nil when there is none of that name.
    package func only(phase name: String) -> ScenarioFile? {
        guard let phase = Phase.find(name, in: timeline) else { return nil }
        var file = self
        file.timeline = [phase]
        return file
    }
}

extension Phase {
    /// The phase called `name`, wherever it stands.
    fileprivate static func find(_ name: String, in phases: [Phase]) -> Phase? {
        for phase in phases {
            if phase.name == name { return phase }
            for lane in phase.together {
                if let found = find(name, in: lane) { return found }
            }
        }
        return nil
    }
}

/// Divides times by the speed.
private struct SpeedScale {
    let speed: Double
    let catalogue: Catalogue

    func phase(_ phase: Phase) -> Phase {
        var scaled = phase
        scaled.length = phase.length / speed
        scaled.until = phase.until.map(located)
        scaled.together = phase.together.map { $0.map(self.phase) }
        scaled.faults = phase.faults.map(entry)
        return scaled
    }

    private func entry(_ entry: FaultEntry) -> FaultEntry {
        var scaled = entry
        scaled.after = entry.after / speed
        scaled.length = entry.length.map { $0 / speed }
        scaled.share = moving(entry.share)
        scaled.when = entry.when.map(located)
        let declaration = catalogue[entry.fault.name]
        scaled.fault = FaultValue(
            name: entry.fault.name,
            attributes: Dictionary(
                uniqueKeysWithValues: entry.fault.attributes.map { name, value in
                    (name, attribute(value, isScriptTime: declaration?[name]?.isScriptTime ?? false))
                }))
        return scaled
    }

    private func attribute(_ value: AttributeValue, isScriptTime: Bool) -> AttributeValue {
        let scaled = { (moving: Moving) in isScriptTime ? self.moving(moving).divided(by: speed) : self.moving(moving) }
        switch value {
        case .magnitude(let moving): return .magnitude(scaled(moving))
        case .amount(.fraction(let moving)): return .amount(.fraction(self.moving(moving)))
        case .amount(.bytes(let moving)): return .amount(.bytes(self.moving(moving)))
        case .extent(.time(let moving)): return .extent(.time(scaled(moving)))
        case .extent(.bytes(let moving)): return .extent(.bytes(self.moving(moving)))
        case .jitter(let center, let spread): return .jitter(center: scaled(center), spread: scaled(spread))
        case .quantiles(let quantiles):
            return .quantiles(quantiles.map { Quantile(probability: $0.probability, value: scaled($0.value)) })
        case .group(let group): return .group(group.mapValues { attribute($0, isScriptTime: isScriptTime) })
        case .list(let list): return .list(list.map { attribute($0, isScriptTime: isScriptTime) })
        case .integer, .boolean, .text, .word, .headers, .statuses, .table: return value
        }
    }

    /// The same values, reached faster.
    private func moving(_ moving: Moving) -> Moving {
        switch moving {
        case .constant, .steps: moving
        case .ramp(let from, let to, let curve, let over):
            .ramp(from: from, to: to, curve: curve, over: over.map { $0 / speed })
        case .wave(let shape, let low, let high, let period):
            .wave(shape: shape, low: low, high: high, period: period / speed)
        case .flap(let value, let up, let down): .flap(value: value, up: up / speed, down: down / speed)
        }
    }

    func located(_ located: LocatedCondition) -> LocatedCondition {
        var scaled = located
        scaled.condition = condition(located.condition)
        return scaled
    }

    private func condition(_ condition: Condition) -> Condition {
        switch condition {
        case .and(let terms): return .and(terms.map(self.condition))
        case .or(let terms): return .or(terms.map(self.condition))
        case .not(let term): return .not(self.condition(term))
        case .comparison(var comparison):
            comparison.window = comparison.window.map { $0 / speed }
            return .comparison(comparison)
        case .isDark, .isOver, .backoff, .breakerOpens: return condition
        }
    }
}

extension Moving {
    /// The same course with every value divided.
    fileprivate func divided(by divisor: Double) -> Moving {
        switch self {
        case .constant(let value): .constant(value / divisor)
        case .ramp(let from, let to, let curve, let over):
            .ramp(from: from / divisor, to: to / divisor, curve: curve, over: over)
        case .wave(let shape, let low, let high, let period):
            .wave(shape: shape, low: low / divisor, high: high / divisor, period: period)
        case .flap(let value, let up, let down): .flap(value: value / divisor, up: up, down: down)
        case .steps(let values): .steps(values.map { $0 / divisor })
        }
    }
}
