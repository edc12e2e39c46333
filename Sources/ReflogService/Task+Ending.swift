import ServiceLifecycle

extension Task where Success == Never, Failure == Never {
  /// Whether background work must end, because the service shuts down or another part of the process failed.
  ///
  /// Work that ended with an error for this reason is not tried again.
  static var isEnding: Bool { isShuttingDownGracefully || isCancelled }
}
