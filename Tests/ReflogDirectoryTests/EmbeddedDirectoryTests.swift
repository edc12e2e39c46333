import ReflogDirectory
import ReflogModel
import ReflogTesting
import Testing

struct EmbeddedDirectoryTests {
  @Test func theSampleHasFlowsAndConnectors() async throws {
    try await withEmbeddedDirectory { directory in
      let flows = try await directory.read(DirectoryRead(.flows(.b2cUserFlows))).body?["value"]?.array
      let connectors = try await directory.read(DirectoryRead(.connectors)).body?["value"]?.array

      #expect(flows?.count == 4)
      #expect(connectors?.count == 5)
      #expect(try await directory.reference(at: Sample.signup) == Sample.fraudCheck)
    }
  }

  @Test func allReferencesAreListed() async throws {
    try await withEmbeddedDirectory { directory in
      let references = try await directory.references()

      #expect(references.count == 4)
      #expect(references[Sample.signup] == Sample.fraudCheck)
      for (address, reference) in references { #expect(try await directory.reference(at: address) == reference) }
    }
  }

  @Test func anUnknownFlowOrStepIsRefused() async throws {
    try await withEmbeddedDirectory { directory in
      for (text, status) in [
        ("b2cUserFlows/nowhere/postFederationSignup", 404), ("b2cUserFlows/B2C_1_signup/other", 400),
      ] {
        let error = await #expect(throws: DirectoryFailure.self) {
          try await directory.reference(at: Sample.address(text))
        }
        guard case .refused(let refusal) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(refusal.httpStatus == status)
      }
    }
  }

  @Test func aConnectorInUseCannotBeDeleted() async throws {
    try await withEmbeddedDirectory { directory in
      let id = try #require(Sample.fraudCheck.connectorID)

      guard case .refused(let refusal) = await directory.write(.deleteConnector(id), correlationID: "c") else {
        Issue.record("it was deleted")
        return
      }
      #expect(refusal.httpStatus == 409)

      _ = await directory.write(.setReference(Sample.signup, .none), correlationID: "c")
      guard case .applied = await directory.write(.deleteConnector(id), correlationID: "c") else {
        Issue.record("it was not deleted")
        return
      }
      #expect(try await directory.connector(id) == nil)
    }
  }

  @Test func aNewConnectorGetsAnIDAndKeepsNoSecret() async throws {
    try await withEmbeddedDirectory { directory in
      let body: JSONObject = [
        "displayName": "Age check", "targetUrl": "https://api.contoso.example/age",
        "authenticationConfiguration": .object([
          "@odata.type": "#microsoft.graph.basicAuthentication", "username": "svc", "password": "canary",
        ]),
      ]

      guard case .applied(let response) = await directory.write(.createConnector(body), correlationID: "c") else {
        Issue.record("it was not created")
        return
      }

      let created = try #require(response.created)
      #expect(response.httpStatus == 201)
      let read = try await directory.read(DirectoryRead(.connector(created.id))).body
      #expect(read?["authenticationConfiguration"]?.object?["password"] == "******")
    }
  }

  @Test func aNewFlowCallsNoConnector() async throws {
    try await withEmbeddedDirectory { directory in
      let flow = FlowName(.b2cUserFlows, try #require(FlowID("B2C_1_new")))
      let body: JSONObject = ["id": "B2C_1_new", "userFlowType": "signUp", "userFlowTypeVersion": .number("3")]

      guard
        case .applied(let created) = await directory.write(
          .createFlow(flow.flowType, flow.flow, body),
          correlationID: "correlation"
        )
      else {
        Issue.record("it was not created")
        return
      }

      #expect(created.httpStatus == 201)
      let references = try await directory.references(of: flow, at: Step.known)
      #expect(references == Dictionary(uniqueKeysWithValues: Step.known.map { ($0, ConnectorReference.none) }))
    }
  }
}
