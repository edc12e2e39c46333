import ServiceLifecycle

extension Task where Success == Never, Failure == Never {
  /// Whether background work must end: the service shuts down gracefully, or another part of the process failed.
  ///
  /// If work ends with an error for this reason, the work is not tried again.
  static var isEnding: Bool { isShuttingDownGracefully || isCancelled }
}
