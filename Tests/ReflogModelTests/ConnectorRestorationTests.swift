import ReflogModel
import Testing

/// Tests of the short text about an edited property, and of the request that restores the values before an edit.
struct ConnectorRestorationTests {
  private typealias Property = Change.ChangedProperty

  @Test(
    arguments: [
      ("targetUrl", "https://good.example/a", "https://new.example/a", "targetUrl → new.example (was good.example)"),
      ("targetUrl", "https://a.example/1", "https://a.example/2", "targetUrl → a.example/2 (was a.example/1)"),
      (
        "targetUrl", "http://good.example/", "https://good.example/",
        "targetUrl → https://good.example/ (was http://good.example/)"
      ),
      ("targetUrl", nil, "https://…@new.example:8443?…", "targetUrl → new.example:8443"),
      ("targetUrl", "no URL", nil, "targetUrl (was no URL)"),
      ("displayName", "Fraud check", "Other", "displayName → Other (was Fraud check)"),
      ("authenticationConfiguration", nil, nil, "authenticationConfiguration"),
    ] as [(String, String?, String?, String)]
  )
  func aRowShowsTheNewHostFirst(name: String, before: String?, after: String?, text: String) {
    #expect(Property(name: name, before: before, after: after).summary == text)
  }

  private func restoration(_ properties: Property...) throws -> ConnectorRestoration {
    let id = try #require(ConnectorID("3f1c7a52"))
    return try #require(ConnectorRestoration(connector: id, properties: properties))
  }

  @Test func everythingIsRestoredIfEveryValueIsRecorded() throws {
    let values = try restoration(
      Property(name: "displayName", before: "Fraud check", after: "Other"),
      Property(name: "targetUrl", before: "https://good.example/a", after: "https://new.example/?…")
    )

    #expect(values.isComplete)
    #expect(values.known == ["displayName", "targetUrl"])
    #expect(values.body == ["displayName": "Fraud check", "targetUrl": "https://good.example/a"])
  }

  @Test(arguments: ["https://good.example/a?…", "https://good.example/a#…", "https://…@good.example/a"])
  func aURLWithAHiddenPartIsNotComplete(url: String) throws {
    let values = try restoration(Property(name: "targetUrl", before: url, after: "https://new.example/"))

    #expect(values.isURLMasked)
    #expect(!values.isComplete)
    #expect(SecretMask.member(in: values.body, isConnector: true) == "targetUrl")
  }

  @Test func aSecretIsNotRestored() throws {
    let values = try restoration(
      Property(name: "targetUrl", before: "https://good.example/a", after: "https://new.example/"),
      Property(name: "authenticationConfiguration", before: nil, after: nil)
    )
    let secret = try restoration(Property(name: "authenticationConfiguration", before: nil, after: nil))

    #expect(values.unknown == ["authenticationConfiguration"])
    #expect(!values.isComplete)
    #expect(values.command(server: "x", change: "1") != nil)
    #expect(secret.command(server: "x", change: "1") == nil)
  }

  @Test func theObstacleNamesEachMissingValue() throws {
    let masked = Property(name: "targetUrl", before: "https://good.example/a?…", after: "https://new.example/")
    let secret = Property(name: "authenticationConfiguration", before: nil, after: nil)
    let name = Property(name: "displayName", before: "a", after: "b")

    #expect(try restoration(name).obstacle(of: Change.ID(18)) == nil)
    #expect(
      try restoration(masked, secret).obstacle(of: Change.ID(18)) == """
        the change does not record the values of authenticationConfiguration and a part of the target URL, such as its \
        query. Edit the connector yourself to set them. `reflog show 18` and the page of the change show the request \
        with the other values
        """
    )
    #expect(
      try restoration(secret).obstacle(of: Change.ID(18))
        == "the change does not record the values of authenticationConfiguration. Edit the connector yourself to set them"
    )
  }

  @Test func theReasonOfTheCommandNamesTheEdit() throws {
    let values = try restoration(Property(name: "displayName", before: "a", after: "b"))
    let command = try #require(values.command(server: "x", change: "18"))

    #expect(command.percentDecoded(plusIsSpace: false)?.contains("Restores what change 18 replaced") == true)
  }

  @Test func theCommandIsPlainASCIIAndIsQuotedForAShell() throws {
    let values = try restoration(Property(name: "displayName", before: "Bob's \"Prüfung\" \u{202E}😀", after: "x"))

    #expect(
      values.command(server: "'https://reflog.example'", change: "18") == """
        curl --fail-with-body --request PATCH --header "Authorization: Bearer $REFLOG_TOKEN" \
        --header 'Content-Type: application/json' \
        --header 'Reflog-Reason: Restores%20what%20change%2018%20replaced' \
        --data '{"displayName":"Bob\\u0027s \\"Pr\\u00fcfung\\" \\u202e\\ud83d\\ude00"}' \
        'https://reflog.example'/beta/identity/apiConnectors/3f1c7a52
        """
    )
    #expect(ConnectorRestoration(connector: values.connector, properties: []) == nil)
  }
}
