/// The texts in the templates and the script of the pages.
///
/// In the table, `{}` marks the place of each value that the server inserts into a text.
enum TemplateTexts {
  /// The texts of each file: its sentences, then the attributes that a browser shows.
  static let all: [String: [String]] = [
    "arrow.mustache": ["→ to"],
    "change.mustache": [
      "Timeline",
      "Change {}",
      "{} of {}",
      "A connector",
      """
      The result is not known yet. Reflog reads the directory again until the result is known. The step is locked \
      until then. Check again
      """,
      "Roll back …",
      "This change was rolled back by change {}.",
      "All steps of this flow over time; all flows at the time of this change",
      "Details",
      "Changed properties",
      "Property",
      "Before",
      "After",
      "History of this step",
      "Receipt: a file that proves, without this server, that the log contains this change.",
    ],
    "evidence.mustache": [
      "Evidence",
      """
      Downloads the changes of a period as a ZIP file that an auditor can check without Reflog and without the network. \
      Each download is recorded as a service event.
      """,
      "Period (UTC)",
      "Flow, full id",
      "A period is {}. Leave the flow empty for all flows.",
      "Download",
      """
      The file contains the changes and the service events in CSV and JSON Lines, the API tokens and their roles, the \
      retention policy, a summary for printing, the newest checkpoint, a signed manifest, a program that checks all \
      files, and an instruction. On the command line: reflog evidence --period {} FOLDER.
      """,
      "B2C_1_signup",
    ],
    "export.mustache": [
      "Export",
      """
      Downloads the history as a file, oldest change first. The file contains the changes that are recorded when \
      the download starts. Each export is recorded as a service event.
      """,
      "Changes (leave all fields empty for all changes)",
      "Format",
      "Download",
      "A signed manifest proves later that the file is complete and unaltered: reflog export --manifest.",
      "For an auditor: download a pack that can be checked without Reflog.",
    ],
    "filter.mustache": [
      "Flow",
      "Step",
      "Actor",
      "Connector",
      "Reason",
      "Result",
      "any",
      "Kind",
      "From (UTC)",
      "To (UTC)",
      "part of an id",
      "part of a name",
      "part of a name, UPN or id",
      "part of a name or id",
      "part of a reason",
    ],
    "flow.mustache": [
      "Flows",
      "{}. All changes of this flow",
      "drift: set without Reflog",
      "No changes of this step are recorded in this period.",
      "since {} {}, {}",
      "drift",
      "now",
      "Show as a table",
      "Called",
      "Since",
      "How",
      "No changes of this flow are recorded in this period. All flows",
      "Earlier",
      "Up to now",
    ],
    "flows.mustache": [
      "Flows",
      "As of (UTC)",
      "Flow",
      "Show",
      "Show now",
      "This is what each step called at {} {}. {}",
      "Roll back to this time",
      ", on all pages",
      "Roll back this flow …",
      "drift",
      "uncertain",
      "Change {} is pending: its result is not known yet.",
      "A change was in progress.",
      "unknown",
      "now",
      "More flows",
      "No flow id contains this text. Show all",
      "No flow is recorded yet.",
      "Time",
      "part of the id",
      "What each step calls",
    ],
    "integrity.mustache": [
      "Integrity",
      """
      Every change is an entry of a signed log. Keep a copy of a checkpoint and of the key on another machine. With \
      them you can prove later that the history up to the checkpoint is unaltered, even if you do not trust this \
      server or its disk.
      """,
      "The signing key was replaced",
      "The key that signs the log was lost, and was replaced on {} at {}. Reason: {}",
      "The log {} continues as {}.",
      """
      Confirm this only if your organization replaced the key on purpose. The confirmation is recorded with your name.
      """,
      "Confirm the replacement",
      "An administrator must confirm that the key was replaced on purpose.",
      "Newest checkpoint",
      "Download the checkpoint",
      "Key that verifies the checkpoint",
      "To verify the ledger or a copy of it: reflog verify --key KEY --since checkpoint.txt",
      "No checkpoint is signed yet. Load this page again in a moment.",
      "The ledger",
      "Tenant",
      "Newest change",
      "Log entries",
      "Pending changes",
      "Verified against the directory",
      "not yet",
      "Can't be read",
      "{} since {} {}: {}",
      "Service events",
      "Event",
      "Time",
      "Actor",
      "Details",
      "by service event {}",
      "Older",
      "The newest checkpoint",
      "The key",
      "Table of service events",
    ],
    "message.mustache": ["Change {}", "Request {}. Back to the timeline"],
    "move.mustache": ["and {} more"],
    "page.mustache": [
      "{} – Reflog",
      "Skip to content",
      "Reflog",
      "Sign out",
      "This server uses the embedded directory, for trials only. Real sign-ups do not use it.",
      "Directory: {}. All times are UTC.",
      "Pages",
    ],
    "redirect.mustache": ["Continue"],
    "reflog.js": [
      "You are signed out. Sign in to see new changes.",
      "More than ",
      "{}{} new {}. Show",
      "You are signed out. Sign in to see the result.",
    ],
    "rollback.mustache": [
      "Timeline / Change {}",
      "Roll back change {}",
      "{} of {} will call",
      "It now calls",
      ", which was set without Reflog",
      """
      That connector does not exist any more, so this change can't be rolled back. Point the step at another \
      connector instead.
      """,
      "{} of {} already calls",
      "There is nothing to roll back. Change {}",
      "Later changes of this step, which the rollback undoes too",
      "Later changes of this step",
      "Reason",
      "Undo the later changes too",
      "Roll back",
      "Cancel",
    ],
    "row.mustache": ["Change {}, {} {}", "{} of {}", "A connector", "[erased] by service event {}"],
    "sign-in.mustache": [
      "Sign in",
      "Reflog records who pointed which step of which user flow at which API connector, and rolls changes back.",
      "Sign in with Microsoft Entra",
      """
      This server accepts only tokens for Microsoft Graph, so you can't sign in here. An administrator can add \
      token or entra to REFLOG_AUTH_MODE.
      """,
      "API token",
      """
      An admin creates tokens with reflog token create. The server shows the first tokens at its first start, or \
      writes them to a file next to the ledger.
      """,
    ],
    "time-rollback-form.mustache": ["Reason"],
    "time-rollback-plan.mustache": [
      "Flows",
      "Roll back",
      "to",
      "Reflog could not check whether the connectors still exist: {}",
      "Every step has the same reference as at that time. There is nothing to roll back.",
      "The rollback does not undo changes that are made after this page was loaded.",
      "Roll back to this time",
      "Cancel",
      "None of these steps can be rolled back. All flows at that time",
    ],
    "time-rollback-progress.mustache": [
      "Flows",
      "Roll back",
      "to",
      "Check again",
      "Every step already had the same reference as at that time. There was nothing to roll back.",
      "Continue",
    ],
    "time-rollback-steps.mustache": [
      "{} of {} {}",
      "again instead of",
      ". It now calls",
      "Change {} is still pending here. Its result is not known yet.",
      "change {} {}",
    ],
    "timeline.mustache": [
      "Timeline",
      "Directory: {}.",
      "Verified against it at {} {}.",
      "Not verified against it yet.",
      "Not everything can be read",
      "Filter",
      "Show",
      "Show all changes",
      "No changes match this filter",
      "; {} without it",
      "No recorded name contains '{}'. Nearest names:",
      "No changes are recorded yet. Point a step at a connector to see the first one.",
      "Older changes",
      "Download",
      "the filtered changes",
      "all changes",
      "as CSV, CSV for Excel, JSON Lines, OCSF or ASIM. Each download is recorded. More options",
      "Filter changes",
    ],
  ]
}
