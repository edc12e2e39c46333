import ReflogModel
import Testing

@testable import ReflogDirectory

struct GraphAnswerTests {
  private enum Meaning {
    case applied, refused, notSent, unknown
  }

  private func meaning(_ exchange: GraphExchange) -> Meaning {
    switch DirectoryAnswer(exchange, from: "https://graph.example", isOwnCredential: true) {
    case .applied: .applied
    case .refused: .refused
    case .notSent: .notSent
    case .unknown: .unknown
    }
  }

  private func refused(_ response: GraphResponse) -> DirectoryRefusal? {
    let answer = DirectoryAnswer(.answered(response), from: "https://graph.example", isOwnCredential: true)
    return if case .refused(let refusal) = answer { refusal } else { nil }
  }

  @Test func everyStatusHasItsMeaning() {
    let refusals: Set = [400, 401, 403, 404, 405, 409, 412, 422, 429]
    for status in 100..<600 {
      let response = GraphResponse(httpStatus: status, headers: [:], body: [])
      let expected: Meaning = (200..<300).contains(status) ? .applied : refusals.contains(status) ? .refused : .unknown
      #expect(meaning(.answered(response)) == expected, "\(status)")
    }
  }

  @Test func anUnsentRequestAndABrokenConnectionHaveDifferentMeanings() {
    #expect(meaning(.neverSent("refused")) == .notSent)
    #expect(meaning(.broken("reset")) == .unknown)
  }

  @Test func aRefusalKeepsGraphsCodeMessageAndHeaders() throws {
    let response = GraphResponse(
      httpStatus: 429,
      headers: ["retry-after": "17", "request-id": "r", "www-authenticate": "Bearer x"],
      body: Array(#"{"error":{"code":"TooManyRequests","message":"Later.","innerError":{}}}"#.utf8)
    )

    let refusal = try #require(refused(response))

    #expect(refusal.code == "TooManyRequests")
    #expect(refusal.message == "Later.")
    #expect(refusal.retryAfter == "17")
    #expect(refusal.wwwAuthenticate == "Bearer x")
    #expect(refusal.requestID == "r")
  }

  @Test(arguments: ["", "<html>", "[]", #"{"error":7}"#, #"{"error":{"code":7}}"#])
  func aRefusalIsRecognizedEvenIfItsBodyIsUnknown(body: String) throws {
    let response = GraphResponse(httpStatus: 404, headers: [:], body: Array(body.utf8))

    let refusal = try #require(refused(response))

    #expect(refusal.code == "status404")
  }

  @Test func aCreatedConnectorIsReturned() throws {
    let body =
      #"{"@odata.context":"https://graph.microsoft.com/beta/$metadata#identity/apiConnectors/$entity","#
      + #""id":"abc","displayName":"A","targetUrl":"https://a.example/?k=1","x":1.50}"#
    let response = DirectoryResponse(
      GraphResponse(httpStatus: 201, headers: [:], body: Array(body.utf8)),
      from: "https://graph.example"
    )

    #expect(response.created?.id.text == "abc")
    #expect(response.created?.targetURL == "https://a.example/?…")
    #expect(response.contextFragment == "identity/apiConnectors/$entity")
    #expect(response.body?["@odata.context"] == nil)
    #expect(response.body?["x"] == .number("1.50"))
  }
}
