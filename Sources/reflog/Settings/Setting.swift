/// A setting of the server.
///
/// The server does not start if the settings file contains an unknown member. The server also does not start if the
/// environment contains an unknown variable with the prefix `REFLOG_`.
enum Setting: String, CaseIterable {
  case host, port, database, files, directory, sample
  case graphUrl, graphLoginUrl, graphCloud
  case graphTenant, graphClientId
  case graphClientSecret, graphClientSecretFile, graphClientCertificate, azureFederatedTokenFile
  case graphTimeout, graphReadsPerMinute, graphCallerReadsPerMinute, graphFlowTypes, settleWindow, sweepInterval
  case authMode, entraIssuer, entraAudience, entraJwksUrl, entraClientId, entraClientSecret
  case publicUrl, basePath, trustedProxies, tlsCertificate, tlsKey, plainHttp
  case requireReason, acceptClock, origin, anchor, acceptOlderLedger, acceptNoStandby
  case logLevel, webhooks

  /// The name of the setting's environment variable.
  var variable: String {
    let name = rawValue.map { $0.isUppercase ? "_\($0)" : $0.uppercased() }.joined()
    return self == .azureFederatedTokenFile ? name : "REFLOG_" + name
  }

  /// The setting's flag, or nil if the setting has no flag.
  var flag: String? {
    switch self {
    case .host, .port, .database, .files, .directory, .sample, .anchor: "--" + rawValue
    case .plainHttp: "--plain-http"
    case .basePath: "--base-path"
    case .acceptClock: "--accept-clock"
    case .acceptOlderLedger: "--accept-older-ledger"
    case .acceptNoStandby: "--accept-no-standby"
    default: nil
    }
  }

  /// True if the value must not be shown.
  var isSecret: Bool { self == .graphClientSecret || self == .entraClientSecret }

  /// The text about the meaning and the default value of the setting, for the help and the documentation.
  var meaning: String {
    switch self {
    case .host: "The address to listen on. Default 127.0.0.1."
    case .port: "The port to listen on, or 0 to choose a free port. Default 8080."
    case .database:
      "The ledger's file, or the URL of a PostgreSQL database. Other files are in the same folder. Default "
        + "./reflog.sqlite."
    case .files:
      "The common path of the ledger's other files. Reflog adds `.key`, `.anchor` and other endings to it. Default: "
        + "the ledger's file, or ./reflog for a PostgreSQL database."
    case .acceptNoStandby:
      "Accepts a PostgreSQL server without a synchronous standby. If the server's disk is lost, changes are lost. Each "
        + "start records this setting."
    case .directory:
      "The directory to use: `graph` for Microsoft Graph, or `embedded` for trials. Required."
    case .sample: "Creates a new embedded directory with sample flows and connectors. Default false."
    case .graphUrl: "The base URL of Microsoft Graph, without a version. Default: the URL for the cloud."
    case .graphLoginUrl: "The base URL of the service that issues tokens. Default: the URL for the cloud."
    case .graphCloud: "The cloud: `global`, `usGovernment`, `usGovernmentDoD` or `china`. Default global."
    case .graphTenant: "The tenant's id, a GUID."
    case .graphClientId: "The client id of Reflog's own application."
    case .graphClientSecret: "A secret of Reflog's own application."
    case .graphClientSecretFile:
      "A file whose first line is a secret of Reflog's own application. Reflog reads it again for every token."
    case .graphClientCertificate:
      "A PEM file with a certificate of Reflog's own application and the RSA key, without a password."
    case .azureFederatedTokenFile:
      "A file with a token from another identity provider (workload identity). Used if the three settings above are "
        + "not set."
    case .graphTimeout: "The time limit for one request to Graph, in seconds. Default 10."
    case .graphReadsPerMinute:
      "The maximum number of background reads per minute. Graph allows 200 requests per minute in total. Default 100."
    case .graphCallerReadsPerMinute:
      "The maximum number of reads per minute that one caller sends to Graph with Reflog's own credential. All callers "
        + "together can send twice as many. Default 40."
    case .graphFlowTypes:
      "The types of user flows that the tenant has: `b2cUserFlows` or `b2xUserFlows`, or both separated by a comma. Graph "
        + "refuses the list of a type that the tenant can't have, and then no sweep is complete. Default both."
    case .settleWindow: "The maximum time for which Graph may return an older value, in seconds. Default 60."
    case .sweepInterval: "The time between two sweeps of Graph, in seconds. Default 900."
    case .authMode:
      "The ways to authenticate callers: `token`, `entra` or `passthrough`, or several separated by commas. Default "
        + "token."
    case .entraIssuer:
      "The issuer of Entra tokens, equal to `iss`: `https://login.microsoftonline.com/{tenant}/v2.0` for v2 tokens."
    case .entraAudience:
      "The audience of Entra tokens, equal to `aud`: the client id of Reflog's own app registration for v2 tokens."
    case .entraJwksUrl: "The URL of the issuer's keys. Default: the URL in the issuer's OpenID configuration."
    case .entraClientId:
      "The client id of the app registration that the sign-in page uses. Its redirect URI is "
        + "`{REFLOG_PUBLIC_URL}{REFLOG_BASE_PATH}/sign-in/entra/return`. Default: none, so people sign in with an API "
        + "token."
    case .entraClientSecret: "A secret of the app registration that the sign-in page uses."
    case .publicUrl: "The URL that clients use for Reflog, used in links. Default: the host that the client used."
    case .basePath:
      "The path below which clients reach Reflog, such as `/reflog`, for a proxy that forwards paths unchanged. Default: "
        + "none."
    case .trustedProxies:
      "Address blocks (CIDR) of trusted proxies, separated by commas. Reflog uses the headers from these proxies: "
        + "`Forwarded`, or `X-Forwarded-For`, `-Proto` and `-Host`."
    case .tlsCertificate:
      "A PEM file with the certificate chain of the listener. If the file changes, Reflog reads it again."
    case .tlsKey: "A PEM file with the private key of the certificate."
    case .plainHttp:
      "Allows plain HTTP on addresses other than loopback, for a server behind a proxy. Commands that send a token read "
        + "this variable too. Default false."
    case .logLevel:
      "The lowest level of the lines in the server's log: `trace`, `debug`, `info`, `notice`, `warning`, `error` or "
        + "`critical`. Default info."
    case .requireReason: "A regular expression. It must match the whole reason of every change."
    case .origin:
      "The log's name in its checkpoints, like a URL without a scheme: `audit.contoso.example/reflog`. It can't be "
        + "changed after the first start. Default: a generated name."
    case .anchor:
      "The file with the newest checkpoint, preferably on another disk. Default `<database>.anchor`."
    case .acceptOlderLedger:
      "Accepts a ledger that is older than its anchor or does not match the anchor. Reflog records this and gives the "
        + "log a new name. Default false."
    case .webhooks: "A JSON file with the receivers of webhooks, their secrets and their filters. Default: none."
    case .acceptClock:
      "Accepts changes even if the clock is earlier than the newest entry. Reflog records this. Default false."
    }
  }

  /// The environment variables that only commands other than `reflog serve` use.
  ///
  /// A server ignores these variables.
  static let variablesOfCommands = ["REFLOG_SERVER", "REFLOG_TOKEN"]
}
