import ReflogModel
import ReflogTesting

/// A generated tenant with flows and connectors, and with the people and programs that attempt changes.
struct GeneratedTenant {
  /// One attempted change: the intent, and the state in which the change is recorded.
  struct Attempt {
    let intent: Change.Intent
    let birth: Change.Event
  }

  /// The number of attempts that are recorded in one transaction.
  ///
  /// Each attempt has a different address.
  static let batch = 50

  private static let flows = 400
  private static let connectors = 200
  private static let people = 60
  private static let programs = 20

  private var chance: SeededGenerator
  private let addresses: [Address]
  private let connectors: [ConnectorReference]
  private let actors: [Change.Actor]
  /// The current reference of each address, in the order of `addresses`.
  private var references: [ConnectorReference]
  private var next = 0
  /// The number of attempts that edit a connector, for every 1,000 attempts.
  private let edits: Int

  init(seed: UInt64, edits: Int = 0) {
    self.edits = edits
    var chance = SeededGenerator(seed: seed)
    let steps = ["postFederationSignup", "postAttributeCollection", "preTokenIssuance"]
    addresses = (0..<Self.flows).flatMap { flow in
      steps.map { Sample.address("\(flow % 8 == 7 ? "b2xUserFlows/B2X" : "b2cUserFlows/B2C")_1_flow\(flow)/\($0)") }
    }
    connectors = (0..<Self.connectors).map { number in
      Sample.connector(Self.guid(&chance), "Connector \(number)")
    }
    let people = (0..<Self.people).map { number in
      Change.Actor(
        type: .user,
        id: Self.guid(&chance),
        name: "Person \(number)",
        userPrincipalName: "person\(number)@contoso.example",
        clientAppID: "14d82eec-204b-4c2f-b7e8-296a70dab67e",
        ipAddress: "192.0.2.\(number)",
        proof: .entra
      )
    }
    let programs = (0..<Self.programs).map { number in
      Change.Actor(
        type: .token,
        id: String(Self.guid(&chance).filter { $0 != "-" }.prefix(16)),
        name: "program-\(number)",
        ipAddress: "198.51.100.\(number)",
        proof: .apiToken
      )
    }
    actors = people + programs
    references = Array(repeating: .none, count: addresses.count)
    self.chance = chance
  }

  /// Returns the next attempts.
  ///
  /// Each attempt has a different address.
  mutating func batch(of size: Int) -> [Attempt] {
    (0..<size).map { _ in
      if edits > 0, Int.random(in: 0..<1000, using: &chance) < edits { return edit() }
      next = (next + 1) % addresses.count
      return attempt(at: next)
    }
  }

  /// Returns a new request id.
  mutating func requestID() -> String { Self.guid(&chance) }

  /// Returns an edit of a connector. The edit was made without Reflog, and a read of the directory found the edit.
  private mutating func edit() -> Attempt {
    let connector = connectors[Int.random(in: 0..<connectors.count, using: &chance)]
    let number = Int.random(in: 0..<1000, using: &chance)
    let intent = Change.Intent(
      subject: .connector,
      kind: .update,
      before: connector,
      after: connector,
      changedProperties: [
        Change.ChangedProperty(
          name: "targetUrl",
          before: "https://\(number).example/check",
          after: "https://\(number + 1).example/check"
        )
      ],
      actor: actors[Int.random(in: 0..<actors.count, using: &chance)],
      reason: nil,
      requestID: Self.guid(&chance)
    )
    return Attempt(intent: intent, birth: .found)
  }

  private mutating func attempt(at index: Int) -> Attempt {
    let before = references[index]
    let roll = Int.random(in: 0..<1000, using: &chance)
    let after: ConnectorReference =
      roll % 10 == 0 ? .none : connectors[Int.random(in: 0..<connectors.count, using: &chance)]
    let birth: Change.Event =
      switch roll {
      case 0..<10: .denied
      case 10..<30:
        .answered(.refused(DirectoryRefusal(httpStatus: 404, code: "ResourceNotFound", message: "No such flow.")))
      case 30..<35: .found
      default: .intended
      }
    let isDrift = (30..<35).contains(roll)
    if roll >= 30 { references[index] = after }
    let intent = Change.Intent(
      subject: .step(addresses[index]),
      kind: isDrift ? .drift : .update,
      before: roll < 30 ? .unknown : before,
      after: after,
      actor: isDrift ? .unknown : actors[Int.random(in: 0..<actors.count, using: &chance)],
      reason: isDrift || roll % 2 == 0 ? nil : "CHG\(1_000_000 + roll * 997)",
      correlationID: isDrift ? nil : Self.guid(&chance),
      requestID: Self.guid(&chance),
      batchID: roll >= 990 ? Self.guid(&chance) : nil
    )
    return Attempt(intent: intent, birth: birth)
  }

  private static func guid(_ chance: inout SeededGenerator) -> String {
    let digits = Array("0123456789abcdef")
    let text = (0..<2).flatMap { _ -> [Character] in
      let bits = chance.next()
      return (0..<16).map { digits[Int(bits >> (4 * UInt64($0)) & 15)] }
    }
    let parts = [text[0..<8], text[8..<12], text[12..<16], text[16..<20], text[20..<32]]
    return parts.map { String($0) }.joined(separator: "-")
  }
}
