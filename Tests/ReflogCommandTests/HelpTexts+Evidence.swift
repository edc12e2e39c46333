extension HelpTexts {
  /// The help of the verbs that write and check evidence.
  static let evidence: [String: VerbHelp] = [
    "reflog evidence": VerbHelp(
      abstract: "Writes the changes of a period into a folder or a ZIP file that can be checked without the ledger.",
      discussion: """
        The pack contains the changes and the service events of the period in CSV and JSON Lines, the API tokens and \
        their roles, the retention policy and the legal holds, a summary for printing, the newest checkpoint, a signed \
        manifest of all files, a program in Python that checks the pack, and an instruction. A check finds files that \
        were altered, removed or added, and names the altered rows.

        The period is in UTC: 2026, 2026-Q3, 2026-07, 2026-07-14 or 2026-07-01..2026-09-30. Both dates are included. A \
        period in the future is refused.

        With --server, the server signs the pack. Without --server, the command signs it with the log's key, which is \
        next to the ledger's file. Then run the command as the server's user.

          reflog evidence --period 2026-Q3 audit-2026-Q3
          reflog evidence --period 2026-07-01..2026-09-30 --flow B2C_1_signup --server $REFLOG_SERVER audit.zip
          reflog verify --manifest audit-2026-Q3/evidence.manifest --key "$(cat key.txt)"
        """,
      options: [
        "<folder>": "The new folder, or the new ZIP file if the name ends in .zip.",
        "--period": "The period: 2026, 2026-Q3, 2026-07, 2026-07-14 or 2026-07-01..2026-09-30.",
        "--flow": "Only this flow and the connectors that it called: the id of the flow, with or without its type.",
        "--force": "Replace an existing ZIP file, or files in a folder that is not empty.",
      ]
    ),
    "reflog verify": VerbHelp(
      abstract: "Checks that the history was not altered after it was recorded and signed.",
      discussion: """
        It compares rows with entries, entries with the Merkle tree, and the tree with signed checkpoints. It reports \
        every difference. A server may run at the same time.

        Use a key and a checkpoint that you kept on another machine. Without --key, the key in the file itself is \
        trusted. The check then finds damage, but it can't find a forgery by a person who also replaced that key.

          reflog checkpoint > kept-elsewhere.txt
          reflog verify --key 'audit.contoso.example/reflog+1f2e3d4c+…' --since kept-elsewhere.txt
          reflog verify --key "$(cat key.txt)" --manifest quarter.csv.manifest
          reflog verify --key "$(cat key.txt)" --manifest audit-2026-Q3/evidence.manifest

        With --manifest it checks an exported file, or a pack that reflog evidence wrote, against the signed manifest. \
        This needs no ledger. With --database, or if REFLOG_DATABASE is set, it also checks the ledger, and compares \
        the rows of an exported file with the ledger. If a program saved a file in another form, for example a \
        spreadsheet, and the rows agree, the exit code is 3.

        It also checks the indexes and the schema, because an altered index or view hides rows from a query. These \
        parts of the ledger's file are not checked, because they are not part of the history: free pages, the last \
        observations of the directory, and the link from a purged entry to its purged change.

        It reads the ledger itself, so it does not use REFLOG_SERVER. To check a server's log without the ledger, use \
        the Python program that the server offers at /assets/verify_log.py, or reflog evidence.
        """,
      options: [
        "--server": "Not supported. With this option, a message tells how to check a server.",
        "--key": "A trusted key as a vkey, name+id+base64. After a rotation, repeat the option for each key.",
        "--anchor": "A file with the newest checkpoint. Default: <database>.anchor, if it exists.",
        "--since": "A file with a checkpoint that you kept. The history up to this checkpoint must be unaltered.",
        "--manifest": "The signed manifest of an exported file or of a pack. The files must be in the same folder.",
      ]
    ),
    "reflog checkpoint": VerbHelp(
      abstract: "Prints the newest signed checkpoint of the log.",
      discussion: """
        Keep the checkpoint, and the key that --format json shows, on another machine. With both you can prove later \
        that the history up to the checkpoint is unaltered: reflog verify --key KEY --since FILE.

          reflog checkpoint > checkpoint.txt
          reflog checkpoint --format json
        """,
      options: [
        "--format": "table shows only the checkpoint; json and csv also show the key."
      ]
    ),
  ]
}
