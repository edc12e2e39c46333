/// A key of the server's configuration. A key that is not in this table stops the start.
enum Setting: String, CaseIterable {
  case host, port, database, directory, sample
  case graphUrl, graphLoginUrl, graphCloud
  case graphTenant, graphClientId
  case graphClientSecret, graphClientSecretFile, graphClientCertificate, azureFederatedTokenFile
  case graphTimeout, graphReadsPerMinute, settleWindow, sweepInterval
  case authMode, entraIssuer, entraAudience, entraJwksUrl, entraClientId, entraClientSecret
  case publicUrl, trustedProxies, tlsCertificate, tlsKey, plainHttp
  case requireReason, acceptClock, origin, anchor, acceptOlderLedger

  /// The setting's variable in the environment.
  var variable: String {
    let name = rawValue.map { $0.isUppercase ? "_\($0)" : $0.uppercased() }.joined()
    return self == .azureFederatedTokenFile ? name : "REFLOG_" + name
  }

  /// The setting's flag, or nil if it has none.
  var flag: String? {
    switch self {
    case .host, .port, .database, .directory, .sample, .anchor: "--" + rawValue
    case .plainHttp: "--plain-http"
    case .acceptClock: "--accept-clock"
    case .acceptOlderLedger: "--accept-older-ledger"
    default: nil
    }
  }

  /// True if the value must not be shown.
  var isSecret: Bool { self == .graphClientSecret || self == .entraClientSecret }

  /// The meaning and the default, as help and documentation show them.
  var meaning: String {
    switch self {
    case .host: "The address to listen on. Default 127.0.0.1."
    case .port: "The port to listen on, 0 for a free one. Default 8080."
    case .database: "The ledger's file; other files are next to it. Default ./reflog.sqlite."
    case .directory:
      "The directory to serve: `graph` for Microsoft Graph, or `embedded` for trials. Required."
    case .sample: "Starts a new embedded directory with sample flows and connectors. Default false."
    case .graphUrl: "The base URL of Microsoft Graph, without a version. Default: that of the cloud."
    case .graphLoginUrl: "The base URL of the service that issues tokens. Default: that of the cloud."
    case .graphCloud: "The cloud: `global`, `usGovernment`, `usGovernmentDoD` or `china`. Default global."
    case .graphTenant: "The tenant's id, a GUID."
    case .graphClientId: "The client id of Reflog's own application."
    case .graphClientSecret: "A secret of that application."
    case .graphClientSecretFile: "A file whose first line is that secret; it is read again for every token."
    case .graphClientCertificate:
      "A PEM file with a certificate of that application and its RSA key, without a password."
    case .azureFederatedTokenFile:
      "A file with a token of another identity provider (workload identity); used if none of the three above is set."
    case .graphTimeout: "How long one request to Graph may take, in seconds. Default 10."
    case .graphReadsPerMinute: "The most reads per minute of the sweep; Graph allows 200 requests. Default 100."
    case .settleWindow: "How long a read of Graph may still show an older value, in seconds. Default 60."
    case .sweepInterval: "The time between two sweeps of Graph, in seconds. Default 900."
    case .authMode:
      "How callers are authenticated: `token`, `entra`, `passthrough`, or several with commas. Default token."
    case .entraIssuer:
      "The issuer of Entra tokens, exactly the `iss`: `https://login.microsoftonline.com/{tenant}/v2.0` for v2 tokens."
    case .entraAudience:
      "The audience of Entra tokens, as in `aud`: the client id of Reflog's own app registration (v2)."
    case .entraJwksUrl: "The URL of the issuer's keys. Default: discovered from the issuer."
    case .entraClientId:
      "The client id of the app registration with which people sign in on the pages; its redirect URI is "
        + "`{REFLOG_PUBLIC_URL}/sign-in/entra/return`. Default: none, so people sign in with an API token."
    case .entraClientSecret: "A secret of that app registration."
    case .publicUrl: "The URL of Reflog for clients, used in links. Default: the `Host` of the request."
    case .trustedProxies: "Address blocks (CIDR) with commas, whose `Forwarded` and `X-Forwarded-For` are trusted."
    case .tlsCertificate: "A PEM file with the certificate chain of the listener; it is read again when it changes."
    case .tlsKey: "A PEM file with its private key."
    case .plainHttp: "Allows plain HTTP beyond loopback, for a server behind a proxy. Default false."
    case .requireReason: "A regular expression that must match the whole reason of every change."
    case .origin:
      "The log's name in its checkpoints, like a URL without its scheme: `audit.contoso.example/reflog`. Fixed at the "
        + "first start. Default: a generated name."
    case .anchor:
      "The file with the newest checkpoint, best on another disk. Default `<database>.anchor`."
    case .acceptOlderLedger:
      "Accepts a ledger that is older than its anchor or does not match it. This is recorded, and the log gets a new "
        + "name. Default false."
    case .acceptClock: "Accepts changes although the clock is behind the newest entry. This is recorded. Default false."
    }
  }

  /// The variables of other verbs, which a server ignores.
  static let variablesOfCommands = ["REFLOG_SERVER", "REFLOG_TOKEN"]
}
