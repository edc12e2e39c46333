extension OpenAPIOperations {
  private static let path = "/{version}/reflog/freezes"

  /// The operations for freezes.
  static let freezes: [OpenAPIOperation] = [
    .get(path, "Lists the freezes that are planned or in force.", returns: "List"),
    .post(path, "Freezes a step, a flow or everything. Operators only.", body: "Freeze", returns: "Entity"),
    .get(path + "/{freeze}", "Returns a freeze, even if the freeze is over.", returns: "Entity"),
    .delete(path + "/{freeze}", "Releases a freeze. Operators only."),
  ]
}
