extension HelpTexts {
  /// The environment variable and the meaning of each setting, in the order of the help.
  static let settings: [(variable: String, meaning: String)] = [
    ("REFLOG_HOST", "The address to listen on. Default 127.0.0.1."),
    ("REFLOG_PORT", "The port to listen on, or 0 to choose a free port. Default 8080."),
    (
      "REFLOG_DATABASE",
      """
      The ledger's file, or the URL of a PostgreSQL database. Other files are in the same folder. Default \
      ./reflog.sqlite.
      """
    ),
    (
      "REFLOG_FILES",
      """
      The common path of the ledger's other files. Reflog adds `.key`, `.anchor` and other endings to it. Default: \
      the ledger's file, or ./reflog for a PostgreSQL database.
      """
    ),
    ("REFLOG_DIRECTORY", "The directory to use: `graph` for Microsoft Graph, or `embedded` for trials. Required."),
    ("REFLOG_SAMPLE", "Creates a new embedded directory with sample flows and connectors. Default false."),
    ("REFLOG_GRAPH_URL", "The base URL of Microsoft Graph, without a version. Default: the URL for the cloud."),
    ("REFLOG_GRAPH_LOGIN_URL", "The base URL of the service that issues tokens. Default: the URL for the cloud."),
    ("REFLOG_GRAPH_CLOUD", "The cloud: `global`, `usGovernment`, `usGovernmentDoD` or `china`. Default global."),
    ("REFLOG_GRAPH_TENANT", "The tenant's id, a GUID."),
    ("REFLOG_GRAPH_CLIENT_ID", "The client id of Reflog's own application."),
    ("REFLOG_GRAPH_CLIENT_SECRET", "A secret of Reflog's own application."),
    (
      "REFLOG_GRAPH_CLIENT_SECRET_FILE",
      "A file whose first line is a secret of Reflog's own application. Reflog reads it again for every token."
    ),
    (
      "REFLOG_GRAPH_CLIENT_CERTIFICATE",
      "A PEM file with a certificate of Reflog's own application and the RSA key, without a password."
    ),
    (
      "AZURE_FEDERATED_TOKEN_FILE",
      """
      A file with a token from another identity provider (workload identity). Used if the three settings above are \
      not set.
      """
    ),
    ("REFLOG_GRAPH_TIMEOUT", "The time limit for one request to Graph, in seconds. Default 10."),
    (
      "REFLOG_GRAPH_READS_PER_MINUTE",
      "The maximum number of background reads per minute. Graph allows 200 requests per minute in total. Default 100."
    ),
    (
      "REFLOG_GRAPH_CALLER_READS_PER_MINUTE",
      """
      The maximum number of reads per minute that one caller sends to Graph with Reflog's own credential. All callers \
      together can send twice as many. Default 40.
      """
    ),
    (
      "REFLOG_GRAPH_FLOW_TYPES",
      """
      The types of user flows that the tenant has: `b2cUserFlows` or `b2xUserFlows`, or both separated by a comma. \
      Graph refuses the list of a type that the tenant can't have, and then no sweep is complete. Default both.
      """
    ),
    ("REFLOG_SETTLE_WINDOW", "The maximum time for which Graph may return an older value, in seconds. Default 60."),
    ("REFLOG_SWEEP_INTERVAL", "The time between two sweeps of Graph, in seconds. Default 900."),
    (
      "REFLOG_AUTH_MODE",
      """
      The ways to authenticate callers: `token`, `entra` or `passthrough`, or several separated by commas. Default \
      token.
      """
    ),
    (
      "REFLOG_ENTRA_ISSUER",
      "The issuer of Entra tokens, equal to `iss`: `https://login.microsoftonline.com/{tenant}/v2.0` for v2 tokens."
    ),
    (
      "REFLOG_ENTRA_AUDIENCE",
      "The audience of Entra tokens, equal to `aud`: the client id of Reflog's own app registration for v2 tokens."
    ),
    ("REFLOG_ENTRA_JWKS_URL", "The URL of the issuer's keys. Default: the URL in the issuer's OpenID configuration."),
    (
      "REFLOG_ENTRA_CLIENT_ID",
      """
      The client id of the app registration that the sign-in page uses. Its redirect URI is \
      `{REFLOG_PUBLIC_URL}{REFLOG_BASE_PATH}/sign-in/entra/return`. Default: none, so people sign in with an API token.
      """
    ),
    ("REFLOG_ENTRA_CLIENT_SECRET", "A secret of the app registration that the sign-in page uses."),
    (
      "REFLOG_PUBLIC_URL",
      "The URL that clients use for Reflog, used in links. Default: the host that the client used."
    ),
    (
      "REFLOG_BASE_PATH",
      """
      The path below which clients reach Reflog, such as `/reflog`, for a proxy that forwards paths unchanged. \
      Default: none.
      """
    ),
    (
      "REFLOG_TRUSTED_PROXIES",
      """
      Address blocks (CIDR) of trusted proxies, separated by commas. Reflog uses the headers from these proxies: \
      `Forwarded`, or `X-Forwarded-For`, `-Proto` and `-Host`.
      """
    ),
    (
      "REFLOG_TLS_CERTIFICATE",
      "A PEM file with the certificate chain of the listener. If the file changes, Reflog reads it again."
    ),
    ("REFLOG_TLS_KEY", "A PEM file with the private key of the certificate."),
    (
      "REFLOG_PLAIN_HTTP",
      """
      Allows plain HTTP on addresses other than loopback, for a server behind a proxy. Commands that send a token \
      read this variable too. Default false.
      """
    ),
    ("REFLOG_REQUIRE_REASON", "A regular expression. It must match the whole reason of every change."),
    (
      "REFLOG_ACCEPT_CLOCK",
      "Accepts changes even if the clock is earlier than the newest entry. Reflog records this. Default false."
    ),
    (
      "REFLOG_ORIGIN",
      """
      The log's name in its checkpoints, like a URL without a scheme: `audit.contoso.example/reflog`. It can't be \
      changed after the first start. Default: a generated name.
      """
    ),
    ("REFLOG_ANCHOR", "The file with the newest checkpoint, preferably on another disk. Default `<database>.anchor`."),
    (
      "REFLOG_ACCEPT_OLDER_LEDGER",
      """
      Accepts a ledger that is older than its anchor or does not match the anchor. Reflog records this and gives \
      the log a new name. Default false.
      """
    ),
    (
      "REFLOG_ACCEPT_NO_STANDBY",
      """
      Accepts a PostgreSQL server without a synchronous standby. If the server's disk is lost, changes are lost. Each \
      start records this setting.
      """
    ),
    (
      "REFLOG_LOG_LEVEL",
      """
      The lowest level of the lines in the server's log: `trace`, `debug`, `info`, `notice`, `warning`, `error` or \
      `critical`. Default info.
      """
    ),
    ("REFLOG_WEBHOOKS", "A JSON file with the receivers of webhooks, their secrets and their filters. Default: none."),
  ]
}
