/// The progress, the results and the errors that each verb shows.
///
/// In the table, `{}` marks the place of each value that the program inserts into a text. Single words in lower case,
/// such as the names of rows, are not listed.
enum CommandTexts {
  /// The texts of each file.
  static let all: [String: [String]] = [
    "Arguments/FreezeOptions.swift": [
      "--until needs --freeze.",
      "No step calls the connector, so no step was frozen.",
      "{} more {}",
      "{} But {} {} not frozen. ",
      "Freeze {} with: {}",
      "The server's answer does not name the step.",
      "until {}",
      "until you release it",
      "frozen {}: freeze {}.",
      "{} is already {}",
      "{} is {}",
    ],
    "Commands/Backup.swift": [
      "{} is complete. None of its entries is signed yet.",
      "changes and entries",
      "{} was written, but it failed verification. See {}",
      "{} was verified. It contains {} changes. Also keep copies of the key and of the anchor.",
    ],
    "Commands/Compact.swift": [
      """
      PostgreSQL compacts its tables itself. To remove the copies of deleted rows immediately, run VACUUM FULL as the \
      owner of the tables.
      """,
      "{} was rewritten: {} MB before, {} MB after.",
      "written {} of {} MB",
      "The compaction ended without a result.",
    ],
    "Commands/ConfirmKey.swift": ["nothing. No replacement of a key was waiting for a confirmation"],
    "Commands/Erase.swift": [
      "Use exactly one of --actor, --app and --token.",
      "more record",
      " A legal hold keeps the data in {}. Erase the data again after the hold is released.",
      "service event",
      "{} and {}",
      "No personal data of {} is left to erase: {}.{}",
      "This erases the personal data of {} in {}.{}",
      "Erase this data permanently?",
      "Nothing was erased. Use --yes to erase without a confirmation.",
      "application {}",
      "token {}",
      "done at {}",
      "in progress",
      "TYPE",
      "ACTOR",
      "CHANGES",
      "SERVICE EVENTS",
      "STATE",
      "service events",
    ],
    "Commands/Export.swift": [
      "--raw and --excel need --format csv.",
      "--follow needs --state, and --state needs --follow.",
      "--follow writes to stdout from the position in --state. Remove --output and --after.",
      "--manifest needs --output and a server (--server or REFLOG_SERVER).",
      "{}: {} Check the file with: {}",
    ],
    "Commands/Follower.swift": [
      "({}) and ",
      "{} does not contain a position. Move the file to start from the first change.",
    ],
    "Commands/Freezes.swift": [
      "ID",
      "STATE",
      "COVERS",
      "FROM (UTC)",
      "UNTIL (UTC)",
      "WHO",
      "REASON",
      "There are no freezes.",
      "Edits of the connectors that the frozen steps call are refused too. Edits of other connectors are still possible.",
      "Freeze {} is released.",
    ],
    "Commands/Hold.swift": [
      "all history",
      "NAME",
      "COVERS",
      "PLACED",
      "REASON",
      "There are no holds.",
      "The hold {} is released.",
    ],
    "Commands/Keys.swift": ["previous key"],
    "Commands/MigrateLedger.swift": [
      "{} is a file of the ledger {}. Name another file.",
      "{} is the ledger to copy. Name another database.",
      "{} is a complete copy of {}. The root {} of the first {} entries matches the signed checkpoint.",
      "The API tokens were copied.",
      "{} has no API tokens, so none were copied.",
      "the anchor {}, and, if it exists, the embedded directory {}",
      "Serve the copy with the same --files: the signing key and the anchor belong to the ledger.",
      """
      The files that {} has at its path --files were not copied: the signing key, the anchor, and, if it exists, the \
      embedded directory. Copy them to {}, {} and {}.
      """,
      "These files belong to the ledger and were not copied: the signing key {}, {}. Copy them to {}, {} and {}.",
      """
      These files belong to the ledger and stay where they are: the signing key {}, {}. Serve the copy with the new \
      URL as --database, and with --files {}.
      """,
      "Do not start a server on {} again. Two ledgers would continue the same log.",
    ],
    "Commands/ReplaceKey.swift": [
      "Use --lost to state that the key is lost. To change a key that you have: key rotate.",
      "The reason must have 1 to {} bytes.",
      """
      The log {} ends with {} entries. It continues as {}, with the key {}. Start the server, then confirm this \
      with reflog key confirm.
      """,
    ],
    "Commands/Retain.swift": [
      "{} days",
      "for ever",
      "of history before {}",
      "done at {}",
      "in progress",
      "Use --days or --forever.",
      "Delete this history permanently?",
      "Nothing was deleted. Use --yes to delete without a confirmation.",
      """
      This deletes {} changes and {} service events that were settled before {}. It keeps {} older changes that are \
      held, and {} older changes that are the last effective change of their step.
      """,
      "service events",
      "last effective",
    ],
    "Commands/Repetition.swift": ["{} Next attempt in {}."],
    "Commands/Restore.swift": [
      "{} Try again with: {}",
      "After the values before change {} were restored",
      "The values before change {} were restored (change {}).",
      ", … and {} more",
      "called by",
      "no step",
      " until {}",
      "{} calls the connector, and freeze {} covers this step",
      "freeze {} covers the connector",
      "The request would be refused, because {}{}. To restore anyway, use --override with a reason.",
      """
      The request would be refused, because later changes wrote the same properties: {}. To replace the values of \
      these changes too, use --force.
      """,
    ],
    "Commands/RollBack.swift": [
      "Give the id of a change, or use --step, --as-of or --batch.",
      "--flow needs --as-of.",
      "--yes needs --as-of.",
      "--force can't be used with --as-of or --batch. Remove --force.",
      "--freeze can't be used with --as-of or --batch. Use reflog freeze.",
      " Try again with: {}",
      "After the rollback of change {}",
      "Change {} was rolled back (change {}).",
      "No effective change of {} is recorded.",
      """
      The last change of {} is itself a rollback: change {} rolled back change {}. To roll back change {}, use its \
      id: {}
      """,
      "The rollback would be refused, because the connector that it restores does not exist any more.",
      " until {}",
      """
      The rollback would be refused, because freeze {} covers the step{}. To roll back anyway, use --override with a \
      reason.
      """,
      "The rollback would be refused because of later changes: {}. Roll back these changes first, or use --force.",
      "The rollback would be refused, because the step was changed without Reflog. To roll back anyway, use --force.",
      "No step is given.",
      "No change of {} is recorded.",
      "Change {} of {} is still pending: `{}`. Try again later.",
    ],
    "Commands/SetReference.swift": [
      "Give ADDRESS, and the id of a connector or --none.",
      """
      {} is not the address of a step. Use [FLOWTYPE/]FLOW/STEP, for example \
      b2cUserFlows/B2C_1_signup/postFederationSignup.
      """,
      "Give the id of a connector, or use --none.",
      "{} is not a valid id of a connector.",
      "No address is given.",
      "The server's answer does not contain the id of the change.",
      "Change {} was made. It can't be shown: {}",
    ],
    "Commands/ShowConfigurations.swift": [
      "--compare needs --as-of, the earlier of the two times.",
      "--compare is earlier than --as-of. Give the earlier time as --as-of.",
    ],
    "Commands/ShowConnectors.swift": [
      "Use --used or --unused, not both.",
      "--unused needs a server, because a ledger's file lists only connectors that a step calls. Use --server.",
      "The directory has no connectors.",
      "No recorded step calls a connector. A server lists all connectors; use --server.",
      "No step calls any of the {}. To list them: {}",
      "Steps call every connector ({}). To list them: {}",
      "CONNECTOR",
      "NAME",
      "TARGET URL",
      "CALLED BY",
      "(no step)",
    ],
    "Commands/ShowHistory.swift": [
      "--top must be a number from 1 to 1000.",
      "--around can't be used with --since or --until. Remove --since and --until.",
      "--around needs --top 2 or more.",
      "{} changes before and {} after the time are shown. For more: {}",
      "No changes are recorded yet.",
      "No changes match this filter, because none are recorded.",
      "; {} without it",
      "No changes match this filter{}.",
      "No recorded name contains '{}'. Did you mean {}?",
      "The newest {} of {} changes are shown.",
      "The newest {} changes are shown; there are more.",
      "{} For all of them: {}",
    ],
    "Commands/Tokens.swift": [
      "--expires must be a number of days from 1 to 3650.",
      "The token is valid for the ledger {}.",
      "NAME",
      "ROLE",
      "ID",
      "CREATED",
      "EXPIRES",
      "LAST USED",
      "REVOKED",
      "There are no tokens.",
      "There is no token named {}. List the tokens with `{}`.",
    ],
    "Commands/Verify.swift": [
      "REFLOG_SERVER is not used. reflog verify reads {}.",
      """
      reflog verify can't verify through a server, and {} is a server. If you have the ledger's file or a copy, use \
      --database FILE. To check the server's log from here, download {}, then: python3 verify_log.py {} --key KEY --old \
      CHECKPOINT. To check the changes of a period: {} --period PERIOD FOLDER, then reflog verify --manifest \
      FOLDER/evidence.manifest --key KEY.
      """,
      "The ledger failed verification: {}",
      "{} For a key in a file, use --key \"$(cat FILE)\".",
      "The ledger failed verification: {} Reading it failed: {}",
      "the manifest's checkpoint",
      "changes and entries",
      """
      {} is older than the export: it has {} entries, and {} were signed before the export. Compare the export with \
      a newer copy of the ledger.
      """,
      "{} contains no signed checkpoint, so the log's key is not known. Use --key.",
      "No --key is given, so the key in the file is trusted: {}",
      "The key in {} is not valid: {} Use --key to verify the file.",
      "the anchor",
      "The anchor {} does not exist. Reflog can't check that the newest entries are present.",
      "According to the file, the log was signed by {} and then by {}. Use --key for each key that you trust.",
      """
      The first {} entries were signed as {} with the key {}, which was lost. Since {} the log is {}, with the key \
      {}. Reason: {}. To check both parts, use --key for both keys.
      """,
      "Checked {} changes and {} entries. The first {} entries match the signed checkpoints.",
      " Newer entries that are not signed yet: {}.",
      "The records of {} entries were purged, as recorded.",
      "The personal data of {} records was erased, as recorded.",
      "The log has {} more problems, which are not listed.",
      "The ledger failed verification.",
    ],
    "Commands/WriteEvidence.swift": [
      "{} The pack is in {}. {}",
      "1 change",
      "{} changes",
      "The pack for {} contains {}.",
      "{} The period has not ended: the pack contains the changes until {}.",
    ],
  ]
}
