// What the language must know about faults without knowing any fault: each fault declares its name, levels and
// attributes once; decoding, validation, JSON Schema and `brownout faults` all read that declaration.
// The Faults room hands a `Catalogue` in; this room never imports it.

/// All faults that a file may name.
package struct Catalogue: Sendable {
    package let faults: [FaultDeclaration]

    package init(faults: [FaultDeclaration]) {
        self.faults = faults
    }

    package subscript(name: String) -> FaultDeclaration? {
        faults.first { $0.name == name }
    }
}

/// Where a fault acts (FAULTS.md).
package enum FaultLevel: String, Hashable, Sendable, CaseIterable {
    case exchange, stream, connection, listener, zone, handshake
}

/// One fault as the catalogue describes it.
package struct FaultDeclaration: Sendable {
    package let name: String
    package let levels: Set<FaultLevel>
    /// One line for `brownout faults`.
    package let summary: String
    package let attributes: [AttributeDeclaration]
    /// The attribute that a bare value sets: `latency: 200ms`, `bandwidth: 1MB/s`.
    package let shorthand: String?
    /// Whole-listener faults refuse `share` under 100 %, `match`, `nth`, `sticky`, `cap`; names what to use instead.
    package let wholeListenerAlternative: String?
    /// Ends the exchange: two of these on one exchange shadow each other.
    package let isTerminal: Bool
    /// Whether the fault, so written, acts before the response head is known: `match: {status}` cannot gate it.
    package let actsBeforeResponse: @Sendable (FaultValue) -> Bool
    /// Checks across attributes (quantiles that increase, weights that sum up); returns messages, empty when fine.
    package let validate: @Sendable (FaultValue) -> [FaultProblem]

    package init(
        name: String, levels: Set<FaultLevel>, summary: String, attributes: [AttributeDeclaration],
        shorthand: String? = nil, wholeListenerAlternative: String? = nil, isTerminal: Bool = false,
        actsBeforeResponse: @escaping @Sendable (FaultValue) -> Bool = { _ in false },
        validate: @escaping @Sendable (FaultValue) -> [FaultProblem] = { _ in [] }
    ) {
        self.name = name
        self.levels = levels
        self.summary = summary
        self.attributes = attributes
        self.shorthand = shorthand
        self.wholeListenerAlternative = wholeListenerAlternative
        self.isTerminal = isTerminal
        self.actsBeforeResponse = actsBeforeResponse
        self.validate = validate
    }
}

/// A problem that a declaration's own check found; `attribute` locates it, nil means the fault as a whole.
package struct FaultProblem: Sendable {
    package let attribute: String?
    package let message: String

    package init(attribute: String?, message: String) {
        self.attribute = attribute
        self.message = message
    }
}

/// One attribute of a fault: its shape carries the unit.
package struct AttributeDeclaration: Sendable, Hashable {
    package let name: String
    package let shape: AttributeShape
    /// As written in a file; nil when the attribute has no default.
    package let defaultText: String?
    package let isRequired: Bool
    /// Smallest and largest value in the base unit; nil for no bound.
    package let range: ClosedRange<Double>?
    /// Whether the magnitude may be a ramp, wave, flap or steps.
    package let mayMove: Bool
    /// Whether its durations are what the script says, and shrink with `--speed` (bursts), rather than what a caller
    /// feels. For a group all of its members.
    package let isScriptTime: Bool
    package let help: String

    package init(
        name: String, shape: AttributeShape, defaultText: String? = nil, isRequired: Bool = false,
        range: ClosedRange<Double>? = nil, mayMove: Bool = false, isScriptTime: Bool = false, help: String
    ) {
        self.name = name
        self.shape = shape
        self.defaultText = defaultText
        self.isRequired = isRequired
        self.range = range
        self.mayMove = mayMove
        self.isScriptTime = isScriptTime
        self.help = help
    }
}

/// The written form of an attribute.
package indirect enum AttributeShape: Sendable, Hashable {
    case duration
    case percentage
    case byteCount
    case byteRate
    case eventRate
    case integer
    case number
    case boolean
    case text
    case word([String])
    /// `phase` or a duration and the like: one of the words, else the shape.
    case either([String], AttributeShape)
    /// `50%` or `4KiB`.
    case amount
    /// `5s` or `64KiB`: after a time, or after so many bytes.
    case extent
    /// `800ms +- 200ms`.
    case durationWithJitter
    /// A map of quantile names (`p50 p90 p99 p999 … max`) to durations.
    case quantiles
    /// A map of names to text: header fields.
    case headers
    /// A status, or a map of statuses to percentages.
    case statuses
    /// A map whose keys are themselves attributes: `burst: {up, down}`.
    case group([String: AttributeShape])
    /// A value with attributes of its own, of which a bare value sets one: `20ms` or `{p50: 20ms, p99: 80ms}`.
    case form([AttributeDeclaration], shorthand: String)
    /// A list of one shape.
    case list(AttributeShape)
    /// A path to a file beside the scenario (`table:`).
    case file
}

/// A decoded attribute, in base units (seconds, fractions, bytes).
package indirect enum AttributeValue: Sendable, Hashable {
    case magnitude(Moving)
    case integer(Int)
    case boolean(Bool)
    case text(String)
    case word(String)
    case amount(Amount)
    case extent(Extent)
    case jitter(center: Moving, spread: Moving)
    /// Probability (0.5 for p50, 1 for max) and the duration in seconds, in increasing order.
    case quantiles([Quantile])
    case headers([HeaderField])
    /// Status and weight; weights sum to 1.
    case statuses([WeightedStatus])
    case group([String: AttributeValue])
    case list([AttributeValue])
    /// The lines of the file named, read by the decoder's file reader.
    case table([Double])
}

/// A share of a body or an absolute number of bytes.
package enum Amount: Sendable, Hashable {
    case fraction(Moving)
    case bytes(Moving)
}

/// A length of time or a number of bytes.
package enum Extent: Sendable, Hashable {
    case time(Moving)
    case bytes(Moving)
}

package struct Quantile: Sendable, Hashable {
    package let probability: Double
    package let value: Moving

    package init(probability: Double, value: Moving) {
        self.probability = probability
        self.value = value
    }
}

package struct HeaderField: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

package struct WeightedStatus: Sendable, Hashable {
    package let status: Int
    package let weight: Double

    package init(status: Int, weight: Double) {
        self.status = status
        self.weight = weight
    }
}

/// A fault with its decoded attributes; what was not written is absent, the fault applies its defaults.
package struct FaultValue: Sendable, Hashable {
    package let name: String
    package let attributes: [String: AttributeValue]

    package init(name: String, attributes: [String: AttributeValue]) {
        self.name = name
        self.attributes = attributes
    }

    package subscript(attribute: String) -> AttributeValue? { attributes[attribute] }
}
