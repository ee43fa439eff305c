// An answer as a value.

/// Status, fields and body of an answer.
package struct ServerReply: Sendable {
    package var status: Int
    package var fields: [ServerRequest.Field]
    package var body: [UInt8]

    package init(status: Int, fields: [ServerRequest.Field] = [], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    package mutating func add(_ name: String, _ value: String) {
        fields.append(ServerRequest.Field(name: name, value: value))
    }
}
