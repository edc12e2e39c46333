import ReflogModel

extension OpenAPIOperations {
  /// The operation that downloads a pack for auditors: a ZIP file with the changes of a period.
  static let evidence = OpenAPIOperation.get(
    "/{version}/auditLogs/evidence",
    "Returns the changes of a period as a ZIP file that an auditor can check without the ledger.",
    query: [
      ("period", ["type": "string", "example": "2026-Q3"]), ("flow", ["type": "string", "example": "B2C_1_signup"]),
    ],
    returns: "Entity",
    contentType: "application/zip"
  )
}
