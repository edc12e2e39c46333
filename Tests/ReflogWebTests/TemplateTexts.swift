/// The texts in the templates and the script of the pages.
///
/// In the table, `{}` marks the place of each value that the server inserts into a text.
enum TemplateTexts {
  /// The texts of each file: first the sentences, and then the attributes that a browser shows.
  static let all = [firstTemplates, lastTemplates, actorsAndConnectors].reduce(into: [:]) { all, texts in
    all.merge(texts) { first, _ in first }
  }

  private static let firstTemplates: [String: [String]] = [
    "arrow.mustache": ["→ to"],
    "change.mustache": [
      "Timeline",
      "Change {}",
      "{} of {}",
      "A connector",
      """
      Not every step that calls this connector is frozen: a freeze could not be placed, or the result of the edit is not \
      known yet.
      """,
      """
      The step is not frozen: the freeze could not be placed, or the result of the rollback is not known yet.
      """,
      "Place the freeze yourself.",
      "{} is frozen until",
      "The step is frozen until",
      "a person releases it",
      ", as you requested: freeze {}.",
      "{} was already frozen until",
      ", so no other freeze was placed there: freeze {}.",
      "{} of {} calls this connector.",
      """
      The result is not known yet. Reflog reads the directory again until the result is known. The step is locked \
      until then. Check again
      """,
      "Roll back …",
      "An operator can roll back this change.",
      "This change restored the earlier values of the connector.",
      "Restore the earlier values …",
      "Change {} restored the earlier values.",
      "Why this page does not restore the earlier values",
      "Freeze this step …",
      "This change was",
      ", which was",
      "rolled back by change {}",
      "All steps of this flow over time; all flows at the time of this change",
      "More about this connector; all changes of this connector and of the steps that called it",
      "Steps that called this connector then",
      "uncertain",
      "Uncertain: what the step called then is not recorded.",
      "… and {} more",
      """
      A deleted connector can't be restored, because its authentication is not recorded. Create another connector, \
      then point each of the steps at it:
      """,
      "reflog set FLOWTYPE/FLOW/STEP CONNECTOR --reason REASON",
      "For a frozen step, add --override REASON.",
      "No recorded step called this connector when the change was made.",
      "Details",
      "Changed properties",
      "Property",
      "Before",
      "After",
      "Restore the values before this edit",
      "Later edits wrote the same properties:",
      "change {}",
      ". The request also replaces what the later edits wrote.",
      "These values before the edit are not recorded, so the request does not restore them: {}.",
      """
      The query of the target URL is not recorded. In the request, replace ?\\u2026 with the query. Reflog refuses a \
      URL with this mark.
      """,
      "{} will be {}. The newest recorded value is",
      "not recorded",
      "Reason",
      "Replace what the later edits wrote too",
      "Reason for the override of the freeze. It is recorded and shown with the change.",
      "Freeze the steps that call this connector after the values are restored",
      "Duration of the freeze",
      "1 hour",
      "8 hours",
      "24 hours",
      "7 days",
      "until it is released",
      "Restore these values",
      "The request as a command. It reads your API token from REFLOG_TOKEN.",
      "The freeze refuses it, unless you add the header Reflog-Override with a reason.",
      "History of this connector",
      "History of this step",
      "All changes of this step",
      "Receipt: a file that proves, without this server, that the log contains this change.",
      "Command that points a step at a connector",
      "Table of changed properties",
      "The request",
    ],
    "conditions.mustache": ["Filter:"],
    "evidence.mustache": [
      "Evidence",
      """
      Downloads the changes of a period as a ZIP file that an auditor can check without Reflog and without the network. \
      Each download is recorded as a service event.
      """,
      """
      The signed manifest proves that the owner of the log's key wrote exactly these files, and that no row was \
      altered, removed or added since. The manifest does not show whether changes were removed from the log earlier. \
      To check that, compare the log with a checkpoint that you kept.
      """,
      "Period (UTC)",
      "Flow, full id",
      "A period is {}. Leave the flow empty for all flows.",
      "Download",
      """
      The file contains the changes and the service events in CSV and JSON Lines, the API tokens and their roles, the \
      retention policy, a summary for printing, the newest checkpoint, a signed manifest, a program that checks all \
      files, and an instruction.
      """,
      "On the command line:",
      "reflog evidence --period {}",
      "--flow {}",
      "FOLDER",
      "B2C_1_signup",
      "Command that writes the evidence",
    ],
    "export.mustache": [
      "Timeline",
      "Export",
      """
      Downloads the history as a file, oldest change first. The file contains the changes that are recorded when \
      the download starts. Each export is recorded as a service event.
      """,
      "Changes (leave all fields empty for all changes)",
      "Format",
      "Download",
      """
      On the command line, a signed manifest proves later that the file is unaltered since the server signed it, and \
      shows its filter:
      """,
      "reflog export --server URL --manifest --output FILE",
      "For an auditor: download a pack that can be checked without Reflog.",
      "Command that writes a file and its manifest",
    ],
    "filter.mustache": [
      "Text",
      "Flow",
      "Step",
      "Actor",
      "Connector",
      "Reason",
      "Request id",
      "Result",
      "any",
      "Kind",
      "name, id or reason",
      "part of an id",
      "part of a name",
      "part of a name, UPN or id",
      "part of a name or id",
      "part of a reason",
    ],
    "flow.mustache": [
      "Flows",
      "{}. All changes of this flow",
      ". Freeze this flow …",
      "This page shows the flow up to {}. Show now",
      "drift: set without Reflog",
      "connector edited or deleted",
      "No changes of this step are recorded in this period.",
      "since {} {},",
      "drift",
      "{}, since {}, {}",
      "now",
      "{} {} in change {} at {} {},",
      "Show as a table",
      "Called",
      "Since",
      "How",
      "No changes of this flow are recorded in this period. All flows",
      "Earlier",
      "Up to now",
      "Earlier changes are not printed.",
      "Later changes are not printed.",
    ],
    "flows.mustache": [
      "Flows",
      "As of ({})",
      "Compare with ({})",
      "Flow",
      "Show",
      "Show now",
      "A day means its first moment. Compare with a later time, or with now, to list only the differences.",
      "This is what each step called at {} {}. {}",
      "List only what differs from now",
      "Roll back all flows to this time …",
      "Nothing is shown, because a value in the form is not valid.",
      "Everything is",
      "Flows whose id contains '{}':",
      "Roll back this flow …",
      "drift",
      "uncertain",
      "Change {} is pending: its result is not known yet.",
      "A change was in progress.",
      "◆ The connector {} on {} {},",
      ". More edits",
      "unknown",
      "now",
      "◆ {}. Change {}",
      "unknown: no change of this step is recorded",
      "up to that time",
      "The flows on other pages are not printed.",
      "More flows",
      "No flow id contains this text. Show all flows",
      "No flow is recorded yet.",
      "Time",
      "part of the id",
      "What each step calls",
    ],
    "freezes.mustache": [
      "Freezes",
      """
      A freeze refuses changes of a step, of a flow or of everything. Operators can override a freeze with a reason, \
      which is recorded. To place a freeze on the command line: reflog freeze.
      """,
      "planned",
      "in force",
      "Freeze",
      "From",
      "Until",
      "a person releases it",
      "Placed by",
      "Reason",
      "Erased by",
      "service event {}",
      "Release freeze {}",
      "Nothing is frozen.",
      "Place a freeze",
      "What to freeze",
      "A step (B2C_1_signup/postFederationSignup), a flow (B2C_1_signup), or all: all steps and all connectors.",
      """
      A freeze of a step or a flow also refuses edits of the connectors that the frozen steps call. Edits of other \
      connectors are still possible.
      """,
      "From ({})",
      "Until ({})",
      """
      A time is 2026-12-24, 2026-12-24 14:00, today, or a duration from now such as 30m, 8h or 7d. For another time \
      zone, add Z or an offset such as +01:00. If Until is a day, that day is included. Without a start, the freeze \
      begins now. Without an end, it lasts until a person releases it.
      """,
      "Place the freeze",
    ],
    "froze.mustache": ["froze {} until", "a person releases it", ", with the reason:"],
    "frozen.mustache": [
      "frozen now by",
      "until",
      "a person releases it",
      ", with the reason: {} (freeze {})",
    ],
  ]
}
