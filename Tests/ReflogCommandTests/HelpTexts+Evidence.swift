extension HelpTexts {
  /// The help of the verb that writes packs for auditors.
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
          reflog verify --manifest audit-2026-Q3/evidence.manifest
        """,
      options: [
        "<folder>": "The new folder, or the new ZIP file if the name ends in .zip.",
        "--period": "The period: 2026, 2026-Q3, 2026-07, 2026-07-14 or 2026-07-01..2026-09-30.",
        "--flow": "Only this flow and the connectors that it called: the id of the flow, with or without its type.",
        "--force": "Replace an existing ZIP file, or files in a folder that is not empty.",
      ]
    )
  ]
}
