extension TemplateTexts {
  /// The texts of the files from `integrity.mustache` on, in the order of their names.
  static let lastTemplates: [String: [String]] = [
    "integrity.mustache": [
      "Integrity",
      """
      Every change is an entry of a signed log. Keep a copy of a checkpoint and of the key on another machine. With \
      them you can prove later that the history up to the checkpoint is unaltered, even if you do not trust this \
      server or its disk.
      """,
      "What this page checked now",
      "The log does not match: {}",
      """
      This page does not compare all changes with their entries. Reflog compares each change with its entry before it \
      shows, exports or rolls back the change. Each start checks that the newest 10,000 entries are complete. Only \
      reflog verify compares the whole history, and Reflog does not record when it was last used.
      """,
      "Verify the whole history",
      """
      On the server's machine, or with a copy of the ledger. Exit code 0 means that no signed entry was altered or \
      removed:
      """,
      "reflog verify --database FILE",
      "--key '{}'",
      "--since KEPT-CHECKPOINT",
      "From any machine with Python and its package cryptography, without Reflog: download the program, then",
      "python3 verify_log.py {}",
      "--key KEY",
      "--old KEPT-CHECKPOINT",
      """
      For an auditor: download the changes of a period as evidence, which can be checked without this server.
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
      "No checkpoint is signed. Check the ledger with reflog verify.",
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
      "Newer service events are not printed.",
      "Event",
      "Time",
      "Actor",
      "Details",
      "by service event {}",
      "Older service events",
      "Older service events are not printed.",
      "Command that verifies the ledger",
      "Command that verifies the log",
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
      "Search names, ids, reasons and target URLs",
      "Search",
      "Sign out",
      "This server uses the embedded directory, for trials only. Real sign-ups do not use it.",
      "Directory: {}. Times are in {}.",
      "Times with Z are in UTC.",
      "Reflog does not know this time zone. Use UTC or a name such as Europe/Berlin.",
      "Time zone",
      "Set the time zone",
      "Pages",
    ],
    "period.mustache": ["From ({})", "Until ({})", "If Until is a day, that day is included."],
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
      connector instead:
      """,
      "reflog set {} CONNECTOR --reason REASON",
      "{} of {} already calls",
      "There is nothing to roll back. Change {}",
      "◆ {}. The rollback does not restore the properties of the connector.",
      "Change {} shows how to restore the earlier values.",
      "Later changes of this step, which the rollback undoes too",
      "Later changes of this step",
      "{} (freeze {}). A rollback is refused unless you override the freeze.",
      "Reason",
      "Undo the later changes too",
      "Reason for the override of the freeze. It is recorded and shown with the change.",
      "Freeze this step after the rollback",
      "The freeze also refuses edits of the connector that the frozen step calls.",
      "Duration of the freeze",
      "1 hour",
      "8 hours",
      "24 hours",
      "7 days",
      "until it is released",
      "Roll back",
      "Cancel",
      "Command that points the step at a connector",
    ],
    "row.mustache": [
      "Change {}, {} {}",
      "{} of {}",
      "A connector",
      "◆ This connector was called by",
      "(uncertain)",
      "and {} more",
      ". More about this connector",
      "This change was",
      ", which was",
      "rolled back by change {}",
      "Freeze overridden: {}",
      "[erased] by service event {}",
    ],
    "sign-in.mustache": [
      "Sign in",
      "Reflog records who changed the API connector that a step of a user flow calls, and rolls changes back.",
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
    "time-forms.mustache": [
      """
      A time is 2026-11-23, 2026-11-23 14:00, today, yesterday, or an age such as 30m, 2h or 7d. For another time \
      zone, add Z or an offset such as +01:00.
      """
    ],
    "time-input.mustache": ["2026-11-23 14:00 or 2h"],
    "time-rollback-form.mustache": [
      "Reason",
      "Reason for the override of the freezes. It is recorded and shown with the changes of frozen steps.",
      "Leave it empty to leave frozen steps as they are.",
    ],
    "time-rollback-freezes.mustache": [
      "{} (freeze {}).",
      "Frozen steps are not rolled back unless you override the freezes.",
    ],
    "time-rollback-plan.mustache": [
      "Flows",
      "Roll back",
      "to",
      "Reflog could not check whether the connectors still exist: {}",
      "Connectors that were edited since",
      "A rollback restores the references of steps. It does not restore the properties of connectors.",
      "change {}",
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
      "Continue the rollback",
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
      "Newer changes are not printed.",
      "No older changes match this filter. Show all changes",
      "No changes match this filter",
      "; {} without it",
      "No recorded name contains '{}'. Nearest names:",
      "No changes are recorded yet. Point a step at a connector to see the first one.",
      "Search the request ids for {}",
      "No change found yet.",
      "The changes since {} were searched, but not the older ones.",
      "Search older changes",
      "Older changes",
      "Older changes are not printed.",
      "Download",
      "the filtered changes",
      "all changes",
      "as CSV, CSV for Excel, JSON Lines, OCSF or ASIM. Each download is recorded. More options",
      "Filter changes",
    ],
  ]
}
