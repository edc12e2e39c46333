/// A key of the server's configuration. This table is all there are: what is not in it stops the start.
enum Setting: String, CaseIterable {
  case host, port, database, directory, sample
  case graphUrl, graphLoginUrl, graphCloud
  case graphTenant, graphClientId
  case graphClientSecret, graphClientSecretFile, graphClientCertificate, azureFederatedTokenFile
  case graphTimeout, graphReadsPerMinute, settleWindow, sweepInterval
  case authMode, entraIssuer, entraAudience, entraJwksUrl, entraClientId, entraClientSecret
  case publicUrl, trustedProxies, tlsCertificate, tlsKey, plainHttp
  case requireReason, acceptClock, origin, anchor, acceptOlderLedger

  /// The environment's name for it.
  var variable: String {
    let words = rawValue.map { $0.isUppercase ? "_\($0)" : $0.uppercased() }.joined()
    return self == .azureFederatedTokenFile ? words : "REFLOG_" + words
  }

  /// The flag for it, where there is one: what a file or the environment says as well needs none.
  var flag: String? {
    switch self {
    case .host, .port, .database, .directory, .sample, .anchor: "--" + rawValue
    case .plainHttp: "--plain-http"
    case .acceptClock: "--accept-clock"
    case .acceptOlderLedger: "--accept-older-ledger"
    default: nil
    }
  }

  /// Whether its value must not be shown.
  var isSecret: Bool { self == .graphClientSecret || self == .entraClientSecret }

  /// What it means, and its default.
  var meaning: String {
    switch self {
    case .host: "The address to listen on. Default 127.0.0.1."
    case .port: "The port to listen on, 0 for a free one. Default 8080."
    case .database: "The ledger's file; others stand beside it. Default ./reflog.sqlite."
    case .directory:
      "Where references really live: `graph` or `embedded`. No default, so that nobody audits a toy by mistake."
    case .sample: "Whether a new embedded directory starts with sample flows and connectors. Default false."
    case .graphUrl: "The base URL of Microsoft Graph, without a version. Default: the cloud's."
    case .graphLoginUrl: "The base URL of the login that hands out tokens. Default: the cloud's."
    case .graphCloud: "`global`, `usGovernment`, `usGovernmentDoD` or `china`. Default global."
    case .graphTenant: "The tenant's id, a GUID."
    case .graphClientId: "The client id of Reflog's own application."
    case .graphClientSecret: "A secret of that application."
    case .graphClientSecretFile: "A file whose first line is that secret; read anew for every token."
    case .graphClientCertificate:
      "A PEM file with a certificate of that application and its RSA key, without a password."
    case .azureFederatedTokenFile:
      "A file with a token of another identity provider (workload identity); counts where none of the three before is set."
    case .graphTimeout: "How long one exchange with Graph may take, in seconds. Default 10."
    case .graphReadsPerMinute: "How many reads a minute the sweep may make; Graph allows 200 requests. Default 100."
    case .settleWindow: "How long a read of Graph may still show an older value, in seconds. Default 60."
    case .sweepInterval: "How often everything in Graph is looked at, in seconds. Default 900."
    case .authMode: "Who may call: `token`, `entra`, `passthrough`, or several with commas. Default token."
    case .entraIssuer:
      "Who signs the Entra tokens, exactly as in `iss`: `https://login.microsoftonline.com/{tenant}/v2.0` for v2 tokens."
    case .entraAudience: "For whom they are made, as in `aud`: the client id of Reflog's own app registration (v2)."
    case .entraJwksUrl: "Where the issuer's keys are. Default: discovered from the issuer."
    case .entraClientId:
      "The client id of the app registration by which people sign in on the pages; its redirect URI is "
        + "`{REFLOG_PUBLIC_URL}/sign-in/entra/return`. Default: by API token alone."
    case .entraClientSecret: "A secret of that app registration."
    case .publicUrl: "Where clients see Reflog, for the links in its answers. Default: what they say in `Host`."
    case .trustedProxies: "Blocks of addresses (CIDR) with commas, whose `Forwarded` and `X-Forwarded-For` count."
    case .tlsCertificate: "A PEM file with the certificate chain of the listener; it is read again when it changes."
    case .tlsKey: "A PEM file with its private key."
    case .plainHttp: "Whether to speak plain HTTP beyond loopback, as behind a proxy. Default false."
    case .requireReason: "A regular expression that the reason of every change must match whole."
    case .origin:
      "The log's name in its checkpoints, like a URL without its scheme: `audit.contoso.example/reflog`. Fixed at the first "
        + "start. Default: made up."
    case .anchor:
      "The file that holds the newest checkpoint, better on another disk. Default `<database>.anchor`."
    case .acceptOlderLedger:
      "Whether to take a ledger into use that the anchor says is older than what was signed, or another; recorded, and the log "
        + "gets another name. Default false."
    case .acceptClock: "Whether to take changes although the clock is behind the newest entry; recorded. Default false."
    }
  }

  /// Variables of the command line, which a server leaves alone.
  static let variablesOfCommands = ["REFLOG_SERVER", "REFLOG_TOKEN"]
}
