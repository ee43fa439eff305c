// bandwidth: a token bucket on one direction. On http it paces the body of one exchange, on tcp the bytes of a
// connection, open and idle ones from their next byte on; with scope: service all of them draw from one bucket. When it
// ends the rest goes at full speed.

package import Scenario

/// `bandwidth: {rate, scope: connection / service}`.
package struct Bandwidth: Sendable {
    package static let declaration = FaultDeclaration(
        name: "bandwidth", levels: [.stream],
        summary: "At most so many bytes per second.",
        attributes: [
            AttributeDeclaration(
                name: "rate", shape: .byteRate, isRequired: true, range: 0...1e12, mayMove: true,
                help: "bytes per second; 0B/s is a stall that resumes when the rate does, or the fault ends"),
            AttributeDeclaration(
                name: "scope", shape: .word(["connection", "service"]), defaultText: "connection",
                help: "whether each connection has the rate, or all connections of the service share it"),
        ],
        shorthand: "rate")

    let pace: Pace

    init(_ value: FaultValue, _ setting: FaultSetting) {
        let isShared = value["scope"]?.word == "service"
        pace = Pace(
            rate: value.magnitude("rate"), clock: setting.clock,
            shared: isShared ? setting.state.bucket(service: setting.service.name) : nil)
    }
}
