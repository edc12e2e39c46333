/// The texts that several verbs show, and the texts that the server shows at its start.
///
/// In the table, `{}` marks the place of each value that the program inserts into a text. Single words in lower case,
/// such as the names of rows, are not listed.
enum ProgramTexts {
  /// The texts of each file.
  static let all: [String: [String]] = [
    "Arguments/FilterOptions.swift": [
      "--since is later than --until. Swap the two times.",
      """
      --step {} is not a step. Use STEP or [FLOWTYPE/]FLOW/STEP, for example \
      b2cUserFlows/B2C_1_signup/postFederationSignup.
      """,
      "{} is not a result. See --help.",
      "{} is not a kind. See --help.",
    ],
    "Arguments/ParserMessage.swift": [
      """
      Error: reflog has no command '{}'. Did you mean '{}'?

      """,
      "'{}'. Did you mean '{}'?",
      "Did you mean",
      "Unknown option '{}'",
    ],
    "Arguments/Suggestion.swift": ["KEY"],
    "Client/ConnectionOptions.swift": [
      "Read from the server {} (REFLOG_SERVER).",
      "Use --server or --database, not both.",
      "The URL of the server contains a user name. Remove the user name and the password from the URL, and set "
        + "REFLOG_TOKEN.",
      "{} is not an http or https URL. Use for example http://127.0.0.1:8080.",
      """
      REFLOG_TOKEN is not a token: it is empty, or has a character that no token has. Nothing was sent. Set \
      REFLOG_TOKEN again.
      """,
      "The token would be sent to {} in clear text over the network. Use an https URL, or set REFLOG_PLAIN_HTTP=true.",
    ],
    "Client/ConnectorList.swift": [
      "No sweep has finished yet. Steps that are not recorded yet may call a connector too."
    ],
    "Client/JSONObject+RolePermits.swift": [
      "The request would be refused, because your role does not allow it. Changes, rollbacks and freezes need the "
        + "role operator. Ask an administrator for a token with that role."
    ],
    "Client/HistorySource.swift": ["The server's answer does not contain the id of the manifest."],
    "Client/RestorationHint.swift": [
      "The connector was deleted later, so the values before this edit can't be restored.",
      "The values before this edit are not recorded.",
      "Change {} edited the connector later. This request also replaces the values of that change.",
      "Change {} may have edited the connector later. This request also replaces the values of that change.",
      "These properties are not restored, because their values are not recorded: {}.",
      "Replace ?\\u2026 with the query of the target URL, which is not recorded.",
      "To restore {}: {}",
      "The same as a request: {}",
    ],
    "Client/ServerClient.swift": [
      "Reflog-Override",
      "The connection to {} ended early ({}). The output is incomplete.",
      " to {}",
      "{} redirects{}. The token was not sent to the new URL. If that URL is your server, use it with --server.",
      "the connection was reset",
      "The server at {} can't be reached. Check its URL, and that it is running.",
      "Try again.",
      "The result is unknown. Check `{}`.",
      "The server at {} did not answer ({}). {}",
      "status {}",
      "The server answered with status {}.",
      " (change {})",
      "Invalid or expired token. Set REFLOG_TOKEN.",
    ],
    "Client/TokenNotice.swift": ["Your API token expires at {}. Ask an administrator for a new one."],
    "Client/TimeRollbackClient.swift": [
      "The server's answer has no batch id.",
      "The batch id is {}.",
      "Not all steps were rolled back. Continue with: {}",
      "The plan has {} more steps.",
      "Roll back {}?",
      "Nothing was rolled back. Use --yes to roll back without a confirmation.",
      "{} of {} steps are rolled back",
    ],
    "CommandFailure.swift": ["{} can't be read.", "{} can't be written: {}."],
    "Composition.swift": [
      "the index of reasons could not be opened, so searches for reasons are slower",
      "Reflog can't listen on {}: {}.",
      "{} is not an address to listen on.",
      "Reflog",
      "Reflog listens on {}://{}:{}{}, with the {} directory; the ledger is {}.",
    ],
    "Database/LedgerLocation.swift": ["{} does not exist."],
    "Database/PostgreSQLSupport.swift": [
      "The value of --database is not the URL of a PostgreSQL database.",
      "This program was built without PostgreSQL. Build it with `swift build --traits PostgreSQL`, or name a file.",
    ],
    "EntraDocuments.swift": [" Reflog does not follow a redirect.", "{} answered with status {}.{}"],
    "FirstTokens.swift": [
      "The first API tokens (role and token). They are shown only once:",
      "The first API tokens (reader, operator and admin) are in {}. Move them to a safe place.",
      "{} can't be created for the first tokens: {}. If it exists, move it.",
    ],
    "GivenFile.swift": [
      "it is empty",
      "it is a ZIP file. Unpack it, and use the file in its folder",
      "it is too large",
      "it is encoded in UTF-16 or is not text. Save it in UTF-8",
      "it is a web page, probably an error page of a proxy. Download the file again",
      "it is not valid UTF-8",
      "a signature in the file is not complete. Get a new copy of the whole file",
      "{} cannot be read: {}{}",
      "it is not a file, or you have no permission",
      "it does not exist",
    ],
    "ListenerCheck.swift": ["{} is not an address to listen on.", "Reflog can't listen on {}:{}: {}."],
    "Evidence/PackSigners.swift": [
      "{} has no entry yet, so there is nothing to write.",
      "The pack can't be signed with the log's key: {} Use --server, so that the server signs the pack.",
    ],
    "Evidence/PackTarget.swift": [
      "{} exists and is not a folder. Name another folder.",
      "The folder {} is not empty. Name another folder, or use --force to replace its files.",
      "Unpack {} into an empty folder, and check it there with: {}",
      "Check it with: {}",
    ],
    "OpenedLog.swift": [
      "The log of {} has the name {}, which can't be changed. Unset or correct {}.",
      """
      The anchor {} does not exist. Reflog can't check that this is the newest copy of the ledger. It creates a new \
      anchor.
      """,
      """
      {} was accepted although it does not contain all {} signed entries of {}. The log continues as {} with a new \
      key. The old anchor is kept as {}.
      """,
    ],
    "Output/ChangeTables+Status.swift": [
      "{} at {}",
      "{} since {}",
      "{} at {}: {}",
      "since {}",
      "1 entry waits",
      "{} entries wait",
      "no message accepted yet",
      "last success {}",
    ],
    "Output/ChangeTables.swift": [
      "ID",
      "TIME (UTC)",
      "STEP",
      "BEFORE",
      "AFTER",
      "KIND",
      "RESULT",
      "WHO",
      "REASON",
      "change {}",
      "by {}",
      "CALLS",
      "SINCE (UTC)",
      "CHANGE",
      "CONNECTOR EDITED",
      "No step is recorded yet.",
      " (a change is pending)",
      "FIRST",
      "SECOND",
      "No step differs between the two times. Compared steps: {}.",
      "FIRST is the state at {}.",
      "SECOND is the state at {}.",
      " (a change was pending)",
      "called by",
      "was to roll back",
      "rolls back",
      "rolled back",
      "settled by",
      "statement erased",
      "last verified",
      "Every step has the same reference as at that time.",
      " for changes {}",
      "{}. See `{}`{}.",
      "MESSAGE",
      "{} (uncertain)",
      "connector of {}",
      " and {} more",
      "without Reflog",
      "change {}, {} {} {}{}{}",
      ", rolled back by {}",
      ", restored by {}",
      "rolled back by change {}",
      ", which was rolled back by change {}",
      "(not read)",
      "of freeze {} (service event {}): {}",
      "OVERRIDE: {}",
      "by service event {} at {}",

    ],
    "Output/Confirmation.swift": [" Type yes to confirm."],
    "Output/Counter.swift": ["{} {} MB"],
    "Output/OutputFiles.swift": [
      "{} is a file of the ledger {}, so it is not replaced. Name another file.",
      "{} exists and is not a regular file, so it is not replaced. Use another path.",
      "{} exists already. Name another file, or use --force to replace it.",
    ],
    "Output/SearchProgress.swift": ["Searched the changes up to {} …", "Searched the changes since {} …"],
    "Output/Terminal.swift": [
      "Left out, because the terminal is too narrow: {}. To show all, use --wide.",
      "The output can't be written: {}.",
    ],
    "Reflog.swift": ["reflog: {}"],
    "Reload.swift": [
      "the certificate or its key can't be read again; the earlier certificate stays in use",
      "read the certificate and the log level again",
      "the log level can't be read again",
    ],
    "Settings/DirectorySettings.swift": [
      "{} needs the embedded directory. Unset it, or use --directory embedded.",
      "No directory is set. Use --directory graph, or --directory embedded to try Reflog.",
      "directory is {}, but must be graph or embedded.",
    ],
    "Settings/GraphSettings.swift": [
      "A credential for Graph needs both {} and one of {}. Set both, or none.",
      "{} must be from 1 to 100000.",
      "{} is {}, but must be one or both of {}.",
      "No tenant is set. Set {} to the tenant's id, a GUID.",
      "{} is {}, but must be the tenant's id, a GUID.",
      "{} are set, but a credential has one proof. Unset all but one.",
    ],
    "Settings/ListenerSettings.swift": [
      "port is {}, but must be from 0 to 65535.",
      """
      {} is not a loopback address, so tokens would be sent in clear text over the network. Set {} and {}, or use \
      --plain-http behind a proxy with TLS.
      """,
      "TLS needs both {} and {}.",
      """
      {} must be an http or https URL with only a host and an optional port. If clients use a path, set {}.
      """,
      """
      {} is {}, but must be a path such as /reflog: at most {} letters, digits, '-', '.', '_', '~' and slashes.
      """,
      "{} contains {}, which is not an address block (CIDR).",
    ],
    "Settings/SecretFiles.swift": [
      "webhook {}",
      "Every user of this machine can read the secret in {} ({}). Remove this permission with chmod o-r.",
    ],
    "Settings/SecureURL.swift": [
      "{} is {}, but must end after the host. Remove the version and the path.",
      "{} must be an https URL (http on loopback only) without user, query or fragment.",
    ],
    "Settings/ServerSettings.swift": [
      "Reflog has no credential of its own for Graph. It can't find drift or verify changes, and rollback is off.",
      "Only tokens for Graph are accepted. History, rollback and metrics can't be used over HTTP.",
      "{} contains entra. Set {} and {}.",
      "Sign-in with Entra needs {}, {}, {}, and entra in {}.",
      "{} is not a valid name for a log: {}",
      "{} is not a valid pattern: {}.",
      "{} contains {}, but must be one of {}, or several separated by commas.",
      "{} is {}, which is another file of the ledger {}. Name another file.",
      "The authentication mode passthrough needs --directory graph, because only Graph can check the callers' tokens.",
      "Reflog has no credential of its own for Graph. Every mode except passthrough needs one. Set {} and {}.",
    ],
    "Settings/SettingValues.swift": [
      "{} is empty. Set or unset it.",
      "{} is {}, but must be one of {}.",
      "{} is {}, but must be from {} to {} seconds.",
      "{} has a value of the wrong type{}",
      "Reflog does not know the variable {}. Unset or correct it.",
      "The configuration file {} can't be read.",
      "The configuration file {} must contain one JSON object.",
      "The configuration file {} is not JSON: {}.",
      "{} contains the member {}, which Reflog does not know. Remove or correct it.",
    ],
    "Settings/WebhookSettings.swift": [
      "it is missing, empty or not a file, or Reflog has no permission",
      "it is too large",
    ],
    "StartCheck.swift": [
      "{} exists, but its directory {} is missing. Restore that file.",
      "{} is missing",
      "{} contains no history",
      "{}, but {} exists. Restore the ledger. To begin a new ledger, move {} away.",
      "{} contains no tokens, and new ones can't be stored, because {} exists. Restore {}, or move {} away.",
    ],
    "TLS.swift": [
      "The certificate {} or the key {} can't be read: {}.",
      """
      The certificate {} and the key {} can't be used. Both must be readable PEM files, and the key must belong to \
      the certificate.
      """,
    ],
  ]
}
