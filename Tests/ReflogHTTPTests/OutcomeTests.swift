import NIOHTTP1
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of the answer that a client receives for each result of a change.
struct OutcomeTests {
  @Test func anUnknownOutcomeIsAnsweredWith502AndNeverWith503() async throws {
    try await withServer { server in
      server.fixture.directory.react(.loseRequest)

      let answer = try await server.set(Sample.newVendor)

      #expect(answer.status == 502)
      #expect(answer.code == "outcomeUnknown")
      #expect(answer.headers.first(name: "Reflog-Change-Id") == "1")
    }
  }

  @Test func anUnsentChangeIsAnsweredWith502() async throws {
    try await withServer { server in
      server.fixture.directory.react(.neverSent)

      let answer = try await server.set(Sample.newVendor)

      #expect(answer.status == 502)
      #expect(answer.code == "notSent")
    }
  }

  @Test func anUnreadableDirectoryIsAnsweredWith503() async throws {
    try await withServer { server in
      server.fixture.directory.failReads(.unavailable(reason: "timeout"))

      let answer = try await server.set(Sample.newVendor)

      #expect(answer.status == 503)
      #expect(answer.code == "directoryUnavailable")
      #expect(answer.headers.first(name: "Retry-After") == "5")
      #expect(server.fixture.directory.writes.isEmpty)
    }
  }

  @Test func aRefusalIsForwardedUnchanged() async throws {
    try await withServer { server in
      server.fixture.directory.react(
        .refuse(DirectoryRefusal(httpStatus: 429, code: "TooManyRequests", message: "Later.", retryAfter: "17"))
      )

      let answer = try await server.set(Sample.newVendor)

      #expect(answer.status == 429)
      #expect(answer.code == "TooManyRequests")
      #expect(answer.headers.first(name: "Retry-After") == "17")
    }
  }

  @Test(arguments: [
    ("17", "17"), ("0", "0"), ("Wed, 25 Nov 2026 09:00:00 GMT", nil), ("-1", nil), ("+1", nil), (nil, nil),
  ])
  func aRepeatedRequestGetsTheRetryAfterOfTheRecordedRefusal(sent: String?, repeated: String?) async throws {
    try await withServer { server in
      server.fixture.directory.react(
        .refuse(DirectoryRefusal(httpStatus: 409, code: "Conflict", message: "Later.", retryAfter: sent))
      )
      let key: HTTPHeaders = ["Idempotency-Key": "key-1"]

      let first = try await server.send(.PUT, LiveServer.signup, [:], headers: key)
      let second = try await server.send(.PUT, LiveServer.signup, [:], headers: key)

      #expect(first.headers.first(name: "Retry-After") == sent)
      #expect(second.headers.first(name: "Retry-After") == repeated)
      #expect([first.status, second.status] == [409, 409])
      #expect(first.headers.first(name: "Reflog-Change-Id") == second.headers.first(name: "Reflog-Change-Id"))
    }
  }

  @Test func aRefusalOfReflogsOwnCredentialIs502() async throws {
    try await withServer { server in
      let refusal = DirectoryRefusal(
        httpStatus: 403,
        code: "AADB2C",
        message: "Access is denied.",
        wwwAuthenticate: "Bearer x",
        isOfOwnCredential: true
      )
      server.fixture.directory.react(.refuse(refusal))

      let answer = try await server.set(Sample.newVendor)

      #expect(answer.status == 502)
      #expect(answer.code == "directoryRefused")
      #expect(answer.body["error"]?.object?["message"]?.string?.contains("AADB2C") == true)
      #expect(answer.headers.first(name: "WWW-Authenticate") == nil)
      let change = try await server.send(.GET, LiveServer.changes + "/1")
      #expect(change.body["result"]?.string == "rejected")
    }
  }

  @Test func aPendingChangeCannotBeRolledBack() async throws {
    try await withServer { server in
      server.fixture.directory.react(.loseRequest)
      _ = try await server.set(Sample.newVendor)

      let answer = try await server.send(.POST, LiveServer.changes + "/1/rollback", [:])

      #expect(answer.status == 409)
      #expect(answer.code == "notRollbackable")
      #expect(server.fixture.directory.writes.count == 1)
    }
  }

  @Test func theAnswerForALockedStepIs409WithTheIDOfThePendingChange() async throws {
    try await withServer { server in
      server.fixture.directory.react(.loseRequest)
      _ = try await server.set(Sample.newVendor)
      server.fixture.directory.failReads(.unavailable(reason: "timeout"))

      // A refusal by Reflog is not stored with the idempotency key, so the repeated request is checked again.
      for headers: HTTPHeaders in [[:], ["Idempotency-Key": "key-1"], ["Idempotency-Key": "key-1"]] {
        let answer = try await server.send(.PUT, LiveServer.signup, [:], headers: headers)

        #expect(answer.status == 409)
        #expect(answer.code == "stepUnresolved")
        #expect(answer.headers.first(name: "Reflog-Change-Id") == "1")
        #expect(answer.headers.first(name: "Retry-After") == "5")
      }
    }
  }

  @Test func theAnswerListsTheLaterChangesThatBlockARollback() async throws {
    try await withServer { server in
      _ = try await server.set(Sample.newVendor)
      _ = try await server.set(.none)

      let answer = try await server.send(.POST, LiveServer.changes + "/1/rollback", [:])

      #expect(answer.status == 409)
      #expect(answer.code == "changeSuperseded")
      let details = answer.body["error"]?.object?["details"]?.array?.compactMap { $0.object?["target"]?.string }
      #expect(details == ["2"])
    }
  }

  @Test func aMissingConnectorIsAnsweredWith409() async throws {
    try await withServer { server in
      _ = try await server.set(Sample.newVendor)
      server.fixture.directory.removeConnector(try #require(Sample.fraudCheck.connectorID))

      let answer = try await server.send(.POST, LiveServer.changes + "/1/rollback", [:])

      #expect(answer.status == 409)
      #expect(answer.code == "connectorMissing")
    }
  }

  @Test func theRequestIDIsReturnedAndRecorded() async throws {
    try await withServer { server in
      let change = try await server.set(Sample.newVendor)
      #expect(change.headers.first(name: "request-id") != nil)
      #expect(change.headers.first(name: "client-request-id") == change.headers.first(name: "request-id"))

      let recorded = try await server.send(.GET, LiveServer.changes + "/1", role: .reader)
      #expect(recorded.body["requestId"]?.string == change.headers.first(name: "request-id"))
    }
  }
}
