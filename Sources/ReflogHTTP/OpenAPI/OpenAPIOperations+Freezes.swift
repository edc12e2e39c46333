extension OpenAPIOperations {
  /// The operations for freezes.
  static let freezes: [OpenAPIOperation] = [
    .init(
      method: "GET",
      path: "/{version}/reflog/freezes",
      summary: "Lists the freezes that are planned or in force.",
      successes: [(200, "List")]
    ),
    .init(
      method: "POST",
      path: "/{version}/reflog/freezes",
      summary: "Freezes a step, a flow or everything. Operators only.",
      body: ("Freeze", true),
      successes: [(201, "Entity")]
    ),
    .init(
      method: "GET",
      path: "/{version}/reflog/freezes/{freeze}",
      summary: "Returns a freeze, even if the freeze is over.",
      successes: [(200, "Entity")]
    ),
    .init(
      method: "DELETE",
      path: "/{version}/reflog/freezes/{freeze}",
      summary: "Releases a freeze. Operators only.",
      successes: [(204, nil)]
    ),
  ]
}
