import ServiceLifecycle

extension Task where Success == Never, Failure == Never {
  /// Whether background work must end, because the service shuts down or another part of the process failed.
  ///
  /// If work ended with an error for this reason, it is not tried again.
  static var isEnding: Bool { isShuttingDownGracefully || isCancelled }
}
