// The meter reads every record that the stage takes in.

package import Observation

extension TrafficMeter: RecordReader {
    package func take(_ records: Span<AttemptRecord>, _ directory: ServiceDirectory) {
        follow(directory)
        consume(records)
    }
}
