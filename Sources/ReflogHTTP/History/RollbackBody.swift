import ReflogModel

/// The body of a request to roll a change back: `{"reason","force","dryRun"}`, all of them optional.
struct RollbackBody {
  private(set) var reason: String?
  private(set) var isForced = false
  private(set) var isDryRun = false

  init(_ body: JSONObject) throws(RequestError) {
    for member in body.members {
      switch (member.name, member.value) {
      case ("reason", .string(let text)): reason = text
      case ("reason", .null): break
      case ("force", .bool(let value)): isForced = value
      case ("dryRun", .bool(let value)): isDryRun = value
      case ("reason", let value):
        throw .badRequest("reason must be a string, not \(value.kindName).", target: "reason")
      case ("force", let value), ("dryRun", let value):
        throw .badRequest("\(member.name) must be true or false, not \(value.kindName).", target: member.name)
      default:
        throw .badRequest(
          "The body holds the member \(member.name); only reason, force and dryRun may stand there.",
          target: member.name
        )
      }
    }
  }
}
