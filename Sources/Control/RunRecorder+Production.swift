// The books of a run, opened for what is going to be played.

import Foundation
package import Observation
import Scenario
package import Units

extension RunRecorder {
    /// `zones` in the order in which the proxy numbers them.
    package convenience init(
        _ production: Production, _ identity: ScriptIdentity, zones: [String], journal: Journal?, now: Instant
    ) {
        let store = MetricStore(
            directory: ServiceDirectory(production.script, zones: zones),
            unit: MetricStore.unit(atSpeed: production.speed), began: now)
        let start = RunStart(
            scenario: production.script.name ?? identity.name, file: identity.name, scenarioHash: identity.hash,
            seed: production.seed,
            speed: production.speed, version: Version.current, startedAt: Date().timeIntervalSince1970,
            directory: store.directory)
        self.init(start, store: store, judge: Judge(production.file.expect), journal: journal)
    }
}
