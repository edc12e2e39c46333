extension HelpTexts {
  /// The help of the verbs for admins, such as the verbs for tokens, retention, keys and backups.
  static let administration: [String: VerbHelp] = [
    "reflog backup": VerbHelp(
      abstract: "Copies the whole ledger from a running server into one file, and verifies the copy.",
      discussion: """
        The copy is a complete ledger. The file appears only when it is complete. Every verb that reads accepts it as \
        --database.

        Also keep two more files, in different places. The key (<database>.key) is needed to sign new entries. The \
        anchor (<database>.anchor) or a later checkpoint shows which newer entries the copy does not contain.

        To restore the copy, stop the server, replace the ledger with the copy, delete the ledger's -wal and -shm \
        files, and start the server. If entries were signed after the backup, the start is refused. With \
        --accept-older-ledger the server starts anyway and records that.

          reflog backup /backups/reflog-2026-11-25.sqlite
        """,
      options: [
        "<file>": "The file to write.",
        "--force": "Replace an existing file. A file of a ledger is never replaced.",
      ]
    ),
    "reflog compact": VerbHelp(
      abstract: "Rewrites the ledger's file to remove all copies of purged or erased data.",
      discussion: """
        A purge or an erasure overwrites the data that it deletes. But SQLite sometimes moves rows within the file, \
        and older copies of these rows can remain. This verb removes the copies. Stop the server first. The verb \
        needs free disk space of the same size as the file, and about a minute for each gigabyte.

        The history, its signatures and the anchor are not changed.

          reflog compact --database /var/lib/reflog/reflog.sqlite
        """,
      options: ["--database": "The ledger's file. Default: REFLOG_DATABASE, else ./reflog.sqlite."]
    ),
    "reflog migrate-ledger": VerbHelp(
      abstract: "Copies a whole ledger into another database, between SQLite files and PostgreSQL.",
      discussion: """
        FROM and TO are values as for --database: the path of a SQLite file or the URL of a PostgreSQL database. \
        Stop the server that uses FROM first. FROM is only read. TO must not exist, or must be an empty database.

        The copy has the same name, entries, checkpoints and API tokens. At the end the verb compares every table of \
        the copy with FROM, and the entries of the copy with the signed checkpoint. If the verb was interrupted, run \
        it again: it continues. A server refuses a copy that is not complete.

        After the copy, use only one of the two ledgers. If both record changes, two different histories have the \
        same name and key.

          reflog migrate-ledger /var/lib/reflog/reflog.sqlite postgresql://reflog_owner@db.example/reflog
        """,
      options: [
        "<from>": "The ledger to copy: a file or a PostgreSQL URL.",
        "<to>": "The new ledger: a file or a PostgreSQL URL.",
      ]
    ),
    "reflog status": VerbHelp(
      abstract: "Shows the directory, the state of the ledger, and its newest change."
    ),
    "reflog token": VerbHelp(
      abstract: "Creates, lists and revokes API tokens.",
      discussion: """
        The file <database>.tokens contains all tokens, each with a hash of its secret. Run these verbs on the \
        server's machine. They read and change this file, before the first start of the server or while the server \
        runs.

          reflog token create --role reader --name auditor-2026 --expires 30
          reflog token revoke auditor-2026
        """
    ),
    "reflog token create": VerbHelp(
      abstract: "Creates a token and prints it on stdout. The token is shown only once.",
      options: [
        "--role": "reader, operator, admin or metrics.",
        "--name": "A name for the token, for example the name of the program that uses it.",
        "--expires": "The number of days until the token expires, 1 to 3650.",
      ]
    ),
    "reflog token list": VerbHelp(
      abstract: "Lists all tokens, including expired and revoked tokens."
    ),
    "reflog token revoke": VerbHelp(
      abstract: "Revokes a token. The token is invalid immediately.",
      options: [
        "<name>": "The token's name."
      ]
    ),
    "reflog retention": VerbHelp(
      abstract: "Shows and sets how long history is kept, and purges older history.",
      discussion: """
        If no number of days is set, history is kept for ever. A purge deletes older history. The age of a change \
        begins when it is settled, and the age of a service event when it is recorded. A purge never deletes held \
        changes (reflog hold), pending changes, or the last effective change of a step. After a purge the log can \
        still be verified. Show the plan first.

          reflog retention set --days 730
          reflog retention purge --dry-run
          reflog retention purge
        """
    ),
    "reflog retention show": VerbHelp(
      abstract: "Shows how long history is kept, and the newest purge."
    ),
    "reflog retention set": VerbHelp(
      abstract: "Sets the number of days for which history is kept. It deletes nothing.",
      options: [
        "--days": "The number of days, at least 400.",
        "--forever": "Keep history for ever.",
        "--override": "Allow fewer days than the minimum, for example if the law requires that.",
      ]
    ),
    "reflog retention purge": VerbHelp(
      abstract: "Shows a plan, and then deletes the history that is older than the retention policy requires.",
      discussion: """
        On a terminal you must confirm the purge. Without a terminal, use --yes. If the server stops during the \
        purge, it continues the purge at its next start.
        """
    ),
    "reflog hold": VerbHelp(
      abstract: "Places, lists and releases legal holds.",
      discussion: """
        Held history is neither purged nor erased until you release the hold. The age of the history does not matter, \
        and a hold has no end date.

          reflog hold place CASE-2026-7 --flow b2cUserFlows/B2C_1_signup --reason 'Litigation 2026-7'
          reflog hold release CASE-2026-7
        """
    ),
    "reflog hold place": VerbHelp(
      abstract: "Places a hold.",
      options: [
        "<name>": "A name for the hold.",
        "--flow": "The flow to hold, [FLOWTYPE/]FLOW. Without this option all history is held.",
      ]
    ),
    "reflog hold list": VerbHelp(
      abstract: "Lists all holds."
    ),
    "reflog hold release": VerbHelp(
      abstract: "Releases a hold.",
      options: [
        "<name>": "The hold's name."
      ]
    ),
    "reflog freeze": VerbHelp(
      abstract: "Refuses changes of a step, a flow or everything for a time.",
      discussion: """
        SCOPE is a step ([FLOWTYPE/]FLOW/STEP), a flow ([FLOWTYPE/]FLOW) or all. all also covers connectors: they \
        can't be created, edited or deleted. A freeze of a step or a flow also refuses edits and deletions of the \
        connectors that the frozen steps call. Other connectors can still be edited. A refused change is recorded as \
        denied. An operator can make a change in spite of a freeze with --override, which is recorded too.

          reflog freeze b2cUserFlows/B2C_1_signup/postFederationSignup --until 8h --reason INC0042
          reflog freeze all --from 2026-12-24 --until 2026-12-26 --reason 'Holidays'

        Times are 2026-12-24, 2026-12-24T14:00 or 2026-12-24T14:00:00Z. 30m, 2h and 7d mean 30 minutes, 2 hours \
        and 7 days from now. \
        If --until is a day, the freeze includes the day. Without --until, the freeze lasts until you release it with \
        reflog unfreeze.

        If Reflog knows no flow or no step with this name, it places the freeze and warns, because the name is possibly \
        misspelt.
        """,
      options: [
        "<scope>": "What to freeze: [FLOWTYPE/]FLOW/STEP, [FLOWTYPE/]FLOW or all.",
        "--from": "When the freeze begins. Without this option it begins now.",
        "--until": "When the freeze ends. Without this option it ends when you release it.",
        "--reason": "The reason, which is recorded and shown with each refused change.",
      ]
    ),
    "reflog unfreeze": VerbHelp(
      abstract: "Releases a freeze.",
      discussion: "  reflog unfreeze 17",
      options: [
        "<id>": "The id of the freeze, which reflog freezes lists."
      ]
    ),
    "reflog freezes": VerbHelp(
      abstract: "Lists the freezes that are planned or in force."
    ),
    "reflog erase": VerbHelp(
      abstract: "Erases the recorded personal data of a person, an application or an API token.",
      discussion: """
        Personal data is: names, UPN, IP addresses, reasons and statements. The changes and the id are kept, and the \
        log can still be verified. The personal data in held changes is kept until the hold is released. Erase again \
        after the release. On a terminal you must confirm the erasure. Without a terminal, use --yes.

          reflog erase --actor 8f6f2d6a-52a2-4a0e-9d7d-0c6f5f3a1b2c --dry-run
          reflog erase --token first-operator --yes
        """,
      options: [
        "--actor": "The id of a person (the oid in Entra), of an application or of an API token.",
        "--app": "The id of an application: its client id, or the object id of its service principal.",
        "--token": "The name or the id of an API token.",
        "--dry-run": "Show what would be erased, and change nothing.",
      ]
    ),
    "reflog key": VerbHelp(
      abstract: "Rotates the key that signs the log, or replaces a lost key."
    ),
    "reflog key rotate": VerbHelp(
      abstract: "Replaces the key that signs the log, and prints the new key.",
      discussion: """
        The rotation is recorded, and the next checkpoint is signed with the old and the new key. Keep both keys, \
        because older signatures need the old key. Use reflog verify --key OLD --key NEW.
        """
    ),
    "reflog key replace": VerbHelp(
      abstract: "Replaces a signing key that is lost. Stop the server first.",
      discussion: """
        A server does not start without the key that signed its ledger. First try to restore <database>.key from a \
        copy. If there is none, use this verb. The log gets a new name and a new key. The first entry under the new \
        name records the size and the root of the part that the lost key signed, and the reason.

        The pages and reflog status show the replacement until an administrator runs reflog key confirm. Keep the \
        public key of the lost key: reflog verify --key OLD --key NEW checks both parts.

          reflog key replace --lost --reason 'Disk failure, no copy of the key'
        """,
      options: [
        "--lost": "The key is lost and can't be restored.",
        "--reason": "Why the key is replaced. The reason is recorded and shown.",
        "--anchor": "The file with the newest checkpoint. Default: REFLOG_ANCHOR, else <database>.anchor.",
      ]
    ),
    "reflog key confirm": VerbHelp(
      abstract: "Confirms as an administrator that a lost key was replaced on purpose.",
      discussion: """
        The pages and reflog status show the replacement of a lost key until it is confirmed. The confirmation is \
        recorded.
        """
    ),
  ]
}
