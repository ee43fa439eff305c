// Answers as routes declare them, with the schema of what they hold.

import Scenario

extension RouteAnswer {
    static func json<Answer: Codable>(status: Int = 200, _ about: String, _ type: Answer.Type) -> RouteAnswer {
        RouteAnswer(status: status, about: about, schema: AnswerSchema.of(type))
    }

    static func text(_ about: String, type: String) -> RouteAnswer {
        RouteAnswer(status: 200, about: about, type: type, schema: .object(["type": .text("string")]))
    }

    static func done(_ about: String) -> RouteAnswer { RouteAnswer(status: 204, about: about) }

    static func error(_ status: Int, _ about: String) -> RouteAnswer {
        RouteAnswer(status: status, about: about, schema: .object(["$ref": .text("#/components/schemas/Error")]))
    }

    static let invalid = error(400, "What was sent has mistakes.")
    static let missing = error(404, "There is nothing of that name.")
    static let conflict = error(409, "Not at this moment, or the name is taken.")
    static let failed = error(500, "The system refused.")
    static let busy = error(503, "Not for now; try again.")
}
