import AsyncHTTPClient
import Dispatch
import ReflogModel
import Testing

@testable import ReflogWebhooks

/// Tests of the addresses to which messages are sent.
struct WebhookAddressTests {
  private static let own = IPAddress("192.0.2.7")

  private static func permitted(_ texts: [String], allowsLocal: Bool = false) throws -> [String] {
    try WebhookAddress.permitted(
      texts.compactMap { IPAddress($0) },
      own: Set([own].compactMap(\.self)),
      allowsLocal: allowsLocal
    ).map(\.description)
  }

  @Test func addressesOfThisMachineAreLeftOut() throws {
    #expect(try Self.permitted(["127.0.0.1", "192.0.2.8", "::1", "10.0.0.1"]) == ["192.0.2.8", "10.0.0.1"])
  }

  @Test(arguments: [["127.0.0.1"], ["::1"], ["169.254.169.254"], ["192.0.2.7"], ["0.0.0.0", "fe80::1"]])
  func aHostWithoutAnyOtherAddressIsRefused(texts: [String]) {
    let error = #expect(throws: WebhookAddress.Problem.self) { try Self.permitted(texts) }

    #expect(error?.text == "its host name has only addresses of this machine, and allowLocal is not true")
  }

  @Test func addressesOfThisMachineCanBeAllowed() throws {
    let texts = ["127.0.0.1", "192.0.2.7"]

    #expect(try Self.permitted(texts, allowsLocal: true) == texts)
  }

  @Test func aHostWithoutAnAddressIsRefused() {
    let error = #expect(throws: WebhookAddress.Problem.self) { try Self.permitted([], allowsLocal: true) }

    #expect(error?.text == "its host name has no address")
  }

  @Test func theNameOfThisMachineIsFoundAndRefused() async throws {
    let error = await #expect(throws: WebhookAddress.Problem.self) {
      try await WebhookAddress.find("localhost", allowsLocal: false)
    }

    #expect(error?.text == "its host name has only addresses of this machine, and allowLocal is not true")
    #expect(try await !WebhookAddress.find("localhost", allowsLocal: true).isEmpty)
  }

  @Test func aQueryThatTakesTooLongIsAFailure() async {
    let end = DispatchSemaphore(value: 0)

    let error = await #expect(throws: WebhookAddress.Problem.self) {
      try await WebhookAddress.find("siem.example", allowsLocal: false, within: 0) { _ in
        end.wait()
        return []
      }
    }

    #expect(error?.text == "its host name was not found in DNS within 0 seconds")
    end.signal()
  }

  @Test func aHostThatIsAnAddressNeedsNoQuery() async throws {
    let found = try await WebhookAddress.find("192.0.2.8", allowsLocal: false, within: 0) { _ in
      Issue.record("DNS was queried.")
      return []
    }

    #expect(found == [IPAddress("192.0.2.8")].compactMap(\.self))
  }

  /// The system's function finds addresses of this machine for these texts, although Reflog does not read them as
  /// addresses.
  @Test(arguments: ["2130706433", "127.1", "0x7f.0.0.1"])
  func otherSpellingsOfAnAddressAreRefusedToo(host: String) async {
    await #expect(throws: WebhookAddress.Problem.self) { try await WebhookAddress.find(host, allowsLocal: false) }
  }

  @Test(
    arguments: [
      (HTTPClientError.connectTimeout, "no connection within 5 seconds"),
      (HTTPClientError.deadlineExceeded, "no answer within 15 seconds"),
      (HTTPClientError.remoteConnectionClosed, "the exchange failed: Remote connection closed"),
      (CancellationError(), "there is no connection: CancellationError()"),
    ] as [(any Error, String)]
  )
  func everyFailureHasAReason(error: any Error, reason: String) {
    #expect(WebhookConnection.problem(error) == reason)
  }

  @Test(
    arguments: [
      (200, nil, .accepted), (204, nil, .accepted), (410, nil, .gone),
      (302, nil, .failed("it answered 302, and Reflog does not follow a redirect")),
      (404, nil, .failed("it answered 404")),
      (500, "soon", .failed("it answered 500")), (429, "7", .failed("it answered 429", retryAfter: .seconds(7))),
      (503, "-1", .failed("it answered 503", retryAfter: .zero)),
    ] as [(Int, String?, WebhookResult)]
  )
  func everyAnswerHasAResult(status: Int, retryAfter: String?, result: WebhookResult) {
    #expect(WebhookResult(status: status, retryAfter: retryAfter) == result)
  }

  @Test func theTimeBetweenAttemptsGrowsUpToALimit() {
    var pace = RetryPace()

    let waits = (1...11).map { _ in pace.wait(retryAfter: nil) }

    #expect(waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map { Duration.seconds($0) })
  }

  @Test func aReceiverCanChooseALongerTimeUpToALimit() {
    var pace = RetryPace()

    #expect(pace.wait(retryAfter: .seconds(60)) == .seconds(60))
    #expect(pace.wait(retryAfter: .zero) == .seconds(2))
    #expect(pace.wait(retryAfter: .seconds(100_000)) == .seconds(3600))
  }
}
