package import ReflogModel

/// The freezes that cover steps of a rollback to a time, and the override of these freezes.
package struct FrozenSteps: Sendable {
  /// The freeze of each frozen step.
  let freezes: [Address: Freeze]
  /// Whether the viewer may override freezes.
  let canOverride: Bool
  /// The text that the viewer has already typed as the reason for the override.
  let override: String

  /// The steps of a rollback if none of them is frozen.
  package static let none = FrozenSteps([:], canOverride: false)

  /// Creates the freezes of a rollback.
  ///
  /// - Parameters:
  ///   - freezes: the freeze of each frozen step.
  ///   - canOverride: whether the viewer may override freezes.
  ///   - override: the text that the viewer has already typed as the reason for the override.
  package init(_ freezes: [Address: Freeze], canOverride: Bool, override: String = "") {
    (self.freezes, self.canOverride, self.override) = (freezes, canOverride, override)
  }

  /// Returns whether a freeze prevents the rollback of a step, and there is no other problem.
  func isOnlyObstacle(_ step: TimeRollback.Item) -> Bool {
    step.problem == nil && step.change?.result != .applied && freezes[step.address] != nil
  }
}
