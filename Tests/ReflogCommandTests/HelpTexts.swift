/// The help of one verb.
struct VerbHelp {
  /// The summary of the verb.
  let abstract: String
  /// The explanation and the examples.
  var discussion = ""
  /// The help of the options and arguments that only this verb has, or whose help is different for this verb.
  var options: [String: String] = [:]
}

/// The texts of `--help` for each verb.
enum HelpTexts {
  /// The help of the options that several verbs have.
  ///
  /// If an option has different help texts for different verbs, the table contains all of these texts.
  static let shared: [String: [String]] = [
    "--version": ["Show the version."],
    "--help": ["Show help information."],
    "--server": [
      "Read from the server at this URL, with REFLOG_TOKEN, instead of from a file. Default: REFLOG_SERVER.",
      "The server's URL. Default: REFLOG_SERVER, else http://127.0.0.1:8080. REFLOG_TOKEN is the API token.",
    ],
    "--database": ["The ledger's file or PostgreSQL URL. Default: REFLOG_DATABASE, else ./reflog.sqlite."],
    "--filter": [#"An OData $filter, for example "initiatedBy/user/userPrincipalName eq 'a@b.example'"."#],
    "--flow": [
      "A part of a flow's id, in upper or lower case: signup. With a type, one flow: b2cUserFlows/B2C_1_signup."
    ],
    "--step": [
      "A part of a step's name, in upper or lower case: signup. Or the step of one flow: [FLOWTYPE/]FLOW/STEP."
    ],
    "--actor": ["A part of the actor's id, name or user principal name, in upper or lower case: adele."],
    "--connector": [
      "A part of a connector's id or name, before or after the change, in upper or lower case: fraud."
    ],
    "--since": [
      """
      Changes at or after this time: 2026-11-23, 2026-11-23T14:00, 2026-11-23T14:00:00Z, today, yesterday, or an \
      age such as 30m, 2h or 7d. A time without a zone is local.
      """
    ],
    "--until": [
      "Changes earlier than this time, in the format of --since. If it is a day, that day is included."
    ],
    "--result": ["pending, applied, rejected, denied, notApplied, superseded or unknown."],
    "--kind": ["update, rollback, drift or baseline."],
    "--flow-scope": [
      "With a filter on flows: steps shows only the changes of their steps; impact also shows the changes of "
        + "connectors that the steps called at that time."
    ],
    "--format": ["The format: table (for people), json (the body that the HTTP route returns) or csv."],
    "--wide": ["Show all columns of a table, even if they do not fit the terminal."],
    "--reason": ["The reason, which is recorded.", "A part of the reason, in upper or lower case: chg0042."],
    "--dry-run": ["Show the plan, and change nothing."],
    "--yes": ["Do not ask for a confirmation."],
  ]

  /// The help of all verbs.
  static let verbs = history.merging(administration) { own, _ in own }.merging(evidence) { own, _ in own }

  /// The verbs that read history and make changes.
  static let history: [String: VerbHelp] = [
    "reflog": VerbHelp(
      abstract: "Records who changed the API connector that a step of a user flow calls, and rolls changes back.",
      discussion: """
        Reflog is a proxy in front of Microsoft Graph. It accepts PUT \
        /identity/{b2cUserFlows|b2xUserFlows}/{flow}/apiConnectorConfiguration/{step}/$ref as Microsoft Graph does.

        Verbs that change something send requests to a server (--server or REFLOG_SERVER, with REFLOG_TOKEN). Verbs \
        that only read do the same if you use --server, or if REFLOG_SERVER is set and you do not use --database. \
        Otherwise they read the ledger's file, even while a server uses it. reflog verify always reads the ledger's \
        file, or the files of a manifest.

        If sign-up is broken, find the last change of the step, or of the connector that it calls:
          STEP=b2cUserFlows/B2C_1_signup/postFederationSignup
          reflog history --step $STEP

        To undo an edit of the connector, use reflog restore with its id. To undo a change of the step:
          reflog rollback --step $STEP --dry-run
          reflog rollback --step $STEP --reason INC0042

        Exit codes: 0 done, 1 refused or failed, 2 not found, 3 a file was saved in another form and its rows agree, 64 \
        wrong usage, 65 the ledger or a file failed verification, 70 internal error, 75 try again.
        """
    ),
    "reflog serve": VerbHelp(
      abstract: "Runs the server: the Graph routes, the history and the pages.",
      discussion: """
        The value of a setting is read from its flag, else from the environment, else from the JSON file that \
        --config names. These are the environment variables:

        {settings}

        The first start creates a token for each of the roles reader, operator and admin, valid for 90 days. It shows \
        the tokens on a terminal, or writes them to <database>.first-tokens. After a SIGTERM, the server finishes \
        running requests and ends. After a SIGHUP, it reads its certificate again, and the log level in the file of --config.

          reflog serve --directory embedded --sample
        """,
      options: [
        "--config": "A JSON file whose members are the settings."
      ]
    ),
    "reflog history": VerbHelp(
      abstract: "Shows the newest changes.",
      discussion: """
        The newest change is first. Each line shows who changed the connector of which step, and the earlier \
        reference. For changes that took effect: --result applied. The history of a flow also shows who edited or \
        deleted the connectors that its steps called at that time.

          reflog history --top 5
          reflog history --step b2cUserFlows/B2C_1_signup/postFederationSignup --result applied
          reflog history --flow signup --since 2026-03-01 --until 2026-03-31
          reflog history --actor adele --result denied
          reflog history --around 2026-03-03T02:00 --flow signup
          reflog history --filter "before/displayName eq 'Fraud check' and kind ne 'rollback'"
          reflog history --server https://reflog.contoso.example --format json
        """,
      options: [
        "--top": "The maximum number of changes, 1 to 1000.",
        "--around":
          "Show the changes before and after this time, half of --top each. The time has the format of --since.",
      ]
    ),
    "reflog watch": VerbHelp(
      abstract: "Shows changes as they are recorded, until you stop it.",
      discussion: """
        A change whose result is not known yet is shown again when it is settled. With --since, earlier changes are \
        shown first. For a program that must not miss a change, use reflog export --follow.

          reflog watch
          reflog watch --flow signup --since 1h
          reflog watch --format json | jq -r .id
        """,
      options: [
        "--format": "The format: table (one line for each change), json (JSON Lines) or csv."
      ]
    ),
    "reflog connectors": VerbHelp(
      abstract: "Lists the connectors: ids, names, target URLs, and the steps that call them.",
      discussion: """
        From a server, the list contains all connectors in the directory. From a ledger's file, it contains only the \
        connectors that a step calls.

          reflog connectors
          reflog connectors --used
          reflog connectors --unused
        """,
      options: [
        "--used": "Only connectors that a step calls.",
        "--unused": "Only connectors that no step calls.",
      ]
    ),
    "reflog export": VerbHelp(
      abstract: "Writes the complete or filtered history to a file or stdout, oldest change first.",
      discussion: """
        The format csv is RFC 4180 with a header row, in UTF-8. A cell that a spreadsheet would run as a formula gets \
        a leading apostrophe, unless you use --raw. The other formats write one JSON object per line: jsonl writes \
        changes as the history routes return them, ocsf writes OCSF 1.8.0 events, and asim writes Microsoft Sentinel \
        ASIM events. The output is written to stdout, or with --output to a file that appears only when it is \
        complete.

        --after POSITION continues an earlier export. It writes every change with an entry after POSITION. A change \
        that was pending in the earlier export is written again, so store changes by id.

        An existing file is replaced only with --force. A file of a ledger is never replaced.

        --follow runs without an end and writes each change when it is settled. It stores its position in the file \
        that --state names. After a restart it continues from that position.

          reflog export > history.csv
          reflog export --since 2026-01-01 --until 2026-04-01 --excel --output quarter.csv
          reflog export --server $REFLOG_SERVER --manifest --output quarter.csv
          reflog export --format ocsf --follow --state /var/lib/forwarder/reflog.state
        """,
      options: [
        "--format": "csv, jsonl, ocsf or asim.",
        "--raw": "Write CSV without the apostrophe in front of formulas.",
        "--excel": "Write CSV for Excel: with a byte order mark, and with times as yyyy-mm-dd hh:mm:ss.000 in UTC.",
        "--after": """
        Only changes with an entry after this position: SEQUENCE or SEQUENCE@LOG.
        """,
        "--output": "Write to this file. It appears only when it is complete.",
        "--force": "Replace existing output files.",
        "--manifest": "With --output FILE and --server: also write FILE.manifest, the signed hash of FILE.",
        "--follow": "Run without an end, and write each change when it is settled.",
        "--state": "The file in which --follow stores its position.",
      ]
    ),
    "reflog show": VerbHelp(
      abstract: "Shows all recorded facts about one change.",
      discussion: """
          reflog show 17
          reflog show 17 --proof receipt.tlog-proof

        --proof writes the change's receipt. With the receipt and the log's key, another program can prove that the \
        log contains the change.
        """,
      options: [
        "<id>": "The change's id.",
        "--proof": "Write the change's receipt (C2SP tlog-proof) to this file.",
        "--force": "Replace an existing receipt file.",
      ]
    ),
    "reflog config": VerbHelp(
      abstract: """
        Shows which connector each recorded step calls, now or at a time, or shows the differences between two times.
        """,
      discussion: """
        With --compare, it shows only the steps that differ between two times: steps with another connector, and \
        steps whose connector was edited or deleted in between. The lines in front of the table contain both exact times.

          reflog config
          reflog config --as-of 2026-03-03T02:00:00Z
          reflog config --as-of 2026-03-01 --compare 2026-03-31
          reflog config --as-of yesterday --compare now
        """,
      options: [
        "--as-of": """
        Show the connectors that the steps called at this time: 2026-11-23, 2026-11-23T14:00, 2026-11-23T14:00:00Z, \
        today, yesterday, or an age such as 30m, 2h or 7d. A day means its first moment.
        """,
        "--compare": """
        Show the differences between --as-of and this later time. The value now means the current references. A day \
        means its first moment, so the changes of that day are not included.
        """,
      ]
    ),
    "reflog set": VerbHelp(
      abstract: "Points a step of a user flow at a connector, or clears the step.",
      discussion: """
        ADDRESS is [FLOWTYPE/]FLOW/STEP. FLOWTYPE may be left out if FLOW begins with B2C_1_ or B2X_1_. The three \
        parts may also be written as three arguments.

          reflog set B2C_1_signup/postFederationSignup CONNECTOR
          reflog set b2cUserFlows/B2C_1_signup/postFederationSignup --none
        """,
      options: [
        "<address-and-connector>": "ADDRESS, then the connector's id or --none.",
        "--none": "Clear the step, so that it calls no connector.",
        "--override": "Make the change in spite of a freeze, for this reason, which is recorded. Operators only.",
      ]
    ),
    "reflog rollback": VerbHelp(
      abstract: "Rolls back a change, or all steps to the references that they had at a time.",
      discussion: """
        Give the id of the change, or use --step for the last effective change of a step. The rollback is refused if \
        the step has later changes, unless you use --force. It is also refused if the connector that it restores does \
        not exist any more. --dry-run exits with 1 if later changes, a freeze or a missing connector would stop the \
        rollback. If the role of your token does not allow the rollback, --dry-run says so, and its exit code does \
        not change.

          reflog rollback 17 --dry-run
          reflog rollback --step b2cUserFlows/B2C_1_signup/postFederationSignup
          reflog rollback 17 --reason INC0042 --freeze --until 8h

        An edit of a connector is not rolled back. reflog restore restores the values before the edit.

        --as-of restores the references that all steps had at a time; with --flow, only the steps of one user flow. \
        On a terminal, it asks for a confirmation; elsewhere, use --yes. If this command ends early, the server \
        continues the rollback. If some steps could not be rolled back, the command shows these steps and exits with \
        1. --batch continues such a rollback.

          reflog rollback --as-of 2026-11-23T02:00:00Z --dry-run
          reflog rollback --as-of 2026-11-23T02:00:00Z --flow b2cUserFlows/B2C_1_signup --reason CHG0042 --yes
        """,
      options: [
        "<id>": "The id of the change to roll back.",
        "--step": "Roll back the last effective change of this step, [FLOWTYPE/]FLOW/STEP.",
        "--as-of": """
        Restore the references that the steps had at this time: 2026-11-23, 2026-11-23T14:00, 2026-11-23T14:00:00Z, \
        today, yesterday, or an age such as 30m, 2h or 7d. A day means its first moment.
        """,
        "--flow": "With --as-of: only the steps of this flow, [FLOWTYPE/]FLOW.",
        "--yes": "With --as-of: do not ask for a confirmation.",
        "--batch": "Continue the rollback to a time that has this batch id.",
        "--force": "Roll back even if the step has later changes.",
        "--override": "Roll back in spite of a freeze, for this reason, which is recorded. Operators only.",
        "--freeze": "Freeze the step afterwards, or each step that calls the connector, at most 50 steps.",
        "--until": "With --freeze: when the freeze ends. Without this option it ends when you release it.",
      ]
    ),
    "reflog restore": VerbHelp(
      abstract: "Restores the values that a connector had before an edit.",
      discussion: """
        A rollback restores what a step calls. This command restores the name and the target URL of a connector: it \
        edits the connector again. Secret values are not recorded. If the edit changed a secret value, or a URL with a \
        query, the command is refused and says what is missing.

          reflog restore 17 --dry-run
          reflog restore 17 --reason INC0042 --freeze --until 8h

        If later edits wrote the same properties, the command is refused and names them, unless you use --force. \
        --dry-run exits with 1 if later edits, a freeze or a missing value would stop the command. If the role of \
        your token does not allow the restoration, --dry-run says so, and its exit code does not change. --freeze then \
        freezes each step that calls the connector, but at most 50 steps. If more steps call the connector, the \
        command says so and exits with 1. A step that is already frozen at least as long gets no other freeze.

        An edit that was made without Reflog also refuses the command: it is recorded, and then it is a later edit. If \
        a later edit already set the same values, the command sends nothing and shows that edit.
        """,
      options: [
        "<id>": "The id of the edit.",
        "--force": "Replace the values of later edits too.",
        "--override": "Restore in spite of a freeze, for this reason, which is recorded. Operators only.",
        "--freeze": "Freeze the step afterwards, or each step that calls the connector, at most 50 steps.",
        "--until": "With --freeze: when the freeze ends. Without this option it ends when you release it.",
      ]
    ),
  ]
}
