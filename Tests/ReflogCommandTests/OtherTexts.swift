/// The texts for callers and operators that no other test of Swift code contains.
///
/// In the table, `{}` marks the place of each value that the program inserts into a text.
enum OtherTexts {
  /// The texts of each file below `Sources`.
  static let all: [String: [String]] = [
    "ReflogDirectory/Embedded/EmbeddedConnectors.swift": ["No id could be generated."],
    "ReflogDirectory/Embedded/EmbeddedDirectory.swift": [
      "the embedded directory's commit failed: {}",
      "the embedded directory can't be written: {}",
      "the embedded directory can't be read: {}",
    ],
    "ReflogDirectory/Embedded/EmbeddedParts.swift": [
      "The object '{}' already exists.",
      "The body is not a JSON object.",
      "Invalid URL format specified in payload.",
      "An id must have 1 to 128 characters.",
    ],
    "ReflogDirectory/Embedded/EmbeddedProperty.swift": [
      "Could not find a property named '{}' on type 'microsoft.graph.{}'."
    ],
    "ReflogDirectory/Embedded/EmbeddedQuery.swift": [
      "Could not find a navigation property named '{}' on type 'microsoft.graph.{}'.",
      "Syntax error in $orderby: '{}'.",
      "${} has an empty item.",
      "Invalid value '{}' for ${}.",
      "The embedded directory does not support the query option $select here.",
    ],
    "ReflogDirectory/Graph/GraphConnection.swift": ["the URL can't be used: {}"],
    "ReflogEvidence/Zip/WaitingFile.swift": [
      "No temporary file can be created for the pack: {}. Check the folder TMPDIR."
    ],
    "ReflogHTTP/Administration/ErasureController.swift": [
      "Give exactly one of actor, app and token: the one whose data is to be erased."
    ],
    "ReflogHTTP/Errors/ErrorAnswer.swift": ["request refused"],
    "ReflogHTTP/Graph/LinkRewriting.swift": ["its answer has a link to another host"],
    "ReflogHTTP/HealthController.swift": [
      """
      not ready

      """
    ],
    "ReflogHTTP/History/EvidenceController.swift": ["period is missing. Use {}."],
    "ReflogHTTP/Limits/Admission.swift": ["Too many of your exports are in progress."],
    "ReflogHTTP/Limits/BodyMemory.swift": ["The bodies of the requests in progress are together too large."],
    "ReflogHTTP/Limits/Slots.swift": ["Too many of your requests are in progress."],
    "ReflogHTTP/Metrics/MetricHelp.swift": [
      "Seconds that a request for a change took, with the wait for its keyed lock.",
      "Settled changes, by kind and result.",
      "Changes made without Reflog, counted when they were found.",
      "Requests to Microsoft Graph and its login service, by status.",
      "Seconds that a request to Microsoft Graph or its login service took.",
      "Answered requests, by status.",
      "Requests for changes that were sent in spite of a freeze.",
      "Requests for changes that a freeze refused.",
      "Freezes that are in force.",
      "Changes made without Reflog, certainly or possibly during a freeze.",
      "Transactions that the ledger committed.",
      "Changes whose outcome is not known yet.",
      "The age of the oldest pending change in seconds; 0 if none is pending.",
      "1 if the ledger accepts changes, else 0.",
      "SQL statements that the ledger's writer ran.",
      "Sweeps that could not read everything.",
      "Unix time of the last complete sweep; 0 if there was none.",
      "Unix time of the next expiry of a valid token; 0 if none.",
      "Answers of /metrics that lack the metrics of tokens, because the tokens could not be read.",
      "Valid API tokens that expire within 14 days.",
      "Requests without a valid credential.",
      "Unix time since which a part of the directory can't be read; 0 if none.",
      "Lists and user flows that the last sweep could not read.",
      "Requests from a trusted proxy whose forwarding headers could not be read.",
      "The size of the ledger's write-ahead log in bytes.",
      "Unix time since which a webhook fails; 0 if it works.",
      "Failed attempts to send a message, by receiver of webhooks.",
      "Messages that were accepted, by receiver of webhooks.",
      "1 if a webhook gets no more messages until the next start, else 0.",
      "Entries of the log that wait for a webhook.",
    ],
    "ReflogModel/Change/ConnectorEdits.swift": ["the connector"],
    "ReflogModel/Directory/DirectoryAnswer.swift": [
      "The read was not sent, because the budget of reads is used up for {}"
    ],
    "ReflogHTTP/Request/JSONObject+Body.swift": [
      "{} contains the replacement character (U+FFFD), which stands for characters that could not be read. Send {} "
        + "as UTF-8."
    ],
    "ReflogHTTP/Request/QueryOptions.swift": ["The query has a value without a name. Write $filter=… for a condition."],
    "ReflogHTTP/Request/ReflogRequestContext+Body.swift": ["The body is not valid JSON: {}."],
    "ReflogHTTP/Request/Request+ChangeRequest.swift": [
      "Reflog-Override must contain the reason for the override.",
      "{} is given twice. Send one.",
    ],
    "ReflogService/ReasonIndexer.swift": [
      "The index of reasons can't be written, so searches for reasons are slower: {}.",
      """
      The index of reasons was damaged {} times, most recently at {}. Reflog \
      builds it again after {}. Until then, searches for reasons are slower. Check the disk.
      """,
      "the index of reasons could not be written, so searches for reasons are slower",
      "the index of reasons is damaged and is built again, so searches for reasons are slower",
    ],
    "ReflogService/Changes/ChangeReporter.swift": [
      "drift despite a freeze",
      "drift possibly despite a freeze",
    ],
    "ReflogWebhooks/Delivery/WebhookDelivery.swift": [
      "a webhook works again", "a webhook fails", "a webhook is stopped until the next start",
      "a read of the ledger took longer than {} seconds",
    ],
    "ReflogWebhooks/Webhooks.swift": [
      "a webhook begins", "a webhook does not begin", "the cursors of the webhooks can't be saved",
      "{} After a crash, messages are sent again.",
    ],
    "ReflogHTTP/Administration/FreezeController.swift": [
      "step must be the name of a step, such as postFederationSignup.",
      "The body names no flow. Send flowType and flowId, or \"scope\": \"all\" to freeze everything.",
      "step requires flowType and flowId.",
      "scope must be all, flow or address, and the body must name that flow or address.",
      "A freeze's id is a number, such as 17.",
    ],
    "ReflogModel/Freeze/Freeze+Drift.swift": [
      """
      Change {} was made without Reflog in spite of freeze {}. Find out who made it, and roll it back or release the \
      freeze.
      """,
      """
      Change {} was made without Reflog, possibly in spite of freeze {}. Find out who made it and when, and roll it back \
      or release the freeze.
      """,
    ],
    "ReflogHTTP/Request/RootResponder.swift": [
      "The request needs exactly one Host header, with a host and perhaps a port.",
      "Transfer-Encoding must be chunked, or left out.",
    ],
    "ReflogModel/Directory/Directory+References.swift": [
      "it has the user flow {}, but not the steps of the flow",
      "its answer is not a JSON object",
    ],
    "ReflogModel/Integrity/LogVerification+Finding.swift": [
      "{}: the checkpoint has the log's former name and covers {} entries, but only {} entries were signed under that "
        + "name."
    ],
    "ReflogModel/Pattern/PatternParser.swift": ["the pattern ends too early", "a group's name is not valid"],
    "ReflogModel/Query/FilterParser.swift": [
      "expected an operator. Use eq, ne, gt, ge, lt, le or in",
      "there is no operator '{}'. Use eq, ne, gt, ge, lt, le or in",
    ],
    "ReflogService/Access/Authentication.swift": ["rejected an Entra token"],
    "ReflogService/Access/Entra/EntraKeys.swift": [
      "the issuer's keys could not be fetched",
      "{} has no usable RSA key.",
      "{} belongs to another issuer, or has no jwks_uri.",
      "The keys are at {}. They must be at an https URL.",
    ],
    "ReflogService/Access/Entra/EntraSignIn.swift": ["The sign-in can't be encrypted."],
    "ReflogService/Access/Entra/EntraTokens.swift": [
      "it has no oid or tid",
      "it is not an access token",
      "it belongs to another sign-in",
      "it is from another tenant",
    ],
    "ReflogService/Access/TokenWatch.swift": [
      "changes to tokens could not be recorded", "uses of tokens could not be written",
    ],
    "ReflogService/Changes/ChangeService+Idempotency.swift": ["The directory refused the change."],
    "ReflogService/Changes/ChangeService+Reading.swift": ["it did not show whether it accepts the token (status {})"],
    "ReflogService/Changes/ChangeService+UnknownScopes.swift": [
      "Reflog has no record of a flow '{}' and has not read the whole directory. If the flow exists, the freeze "
        + "covers it.",
      "Reflog knows no flow '{}'. The freeze covers nothing until such a flow is created.",
      "Reflog knows no step '{}'. The freeze covers nothing until the flow gets such a step.",
      " Nearest names: {}.",
    ],
    "ReflogService/Changes/ChangeService.swift": [
      "the directory's answer could not be recorded. {}",
      "Other changes to the same step were applied first.",
    ],
    "ReflogService/Events/EventRecorder.swift": ["service events could not be recorded"],
    "ReflogService/Integrity/LogPublisher.swift": [
      "the checkpoint could not be published",
      "Another key rotation is in progress.",
      "The ledger has no signing key.",
      "The last key rotation is not finished yet.",
    ],
    "ReflogService/Preparation/Preparer+Rollback.swift": ["it returned no connector"],
    "ReflogService/Reconciliation/Reconciler.swift": [
      "pending changes can't be read",
      "a pending change can't be settled",
      "settled a pending change",
    ],
    "ReflogService/Reconciliation/Reconciliation.swift": [
      "Change {} could not be settled.",
      "the ledger's reference is not known. {}",
    ],
    "ReflogService/Retention/Retention.swift": [
      "an erasure",
      "a purge",
      "purges and erasures finished",
      "purges and erasures failed and are tried again",
      "{} failed and is tried again",
    ],
    "ReflogService/Sweep/Inventory.swift": [
      "it returned a user flow without an id",
      "it returned a connector without an id",
      "it did not show the name and the target URL of the connector {}",
      "its answer is not a list",
      "its list has an item that is not an object",
      "its list has a link that is not a text",
      "its list has more than {} pages",
    ],
    "ReflogService/Sweep/ReferenceCheck.swift": ["it did not show the references of these steps of {}: {}"],
    "ReflogService/Sweep/Sweep.swift": [
      "the sweep checked the whole directory",
      "a part of the directory could not be checked",
    ],
    "ReflogService/Sweep/Sweeper.swift": ["the sweep failed", "a changed step could not be checked"],
    "ReflogService/TimeRollbacks/TimeRollbacks.swift": [
      "a rollback to a time ended",
      "a rollback to a time ended early",
    ],
  ]
}
