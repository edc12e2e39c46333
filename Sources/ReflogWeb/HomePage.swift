import Mustache
package import ReflogModel

/// Says what this server is and where to go on; open to everybody, so it shows nothing of the history.
package struct HomePage: Sendable {
  /// What the template shows.
  let directory: String
  let isEmbedded: Bool

  package init(directory: DirectoryKind) {
    self.directory = directory.rawValue
    isEmbedded = directory == .embedded
  }

  package func render() throws -> String {
    try MustacheTemplate(string: Self.template).render(self)
  }

  private static let template = """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Reflog</title>
    <main>
    <h1>Reflog</h1>
    <p>Records who pointed which step of which user flow at which API connector, and takes it back.</p>
    <p>Directory: {{directory}}{{#isEmbedded}} (a directory for trying out: no sign-up ever reads it){{/isEmbedded}}.</p>
    <p>With a token: <code>GET /beta/auditLogs/connectorChanges</code> is the history,
    <code>GET /beta/auditLogs/connectorConfigurations</code> what stands now.</p>
    </main>
    </html>

    """
}
